"""The structure of JSON answers: which keys always and sometimes stand where, with which types."""

from collections import defaultdict
from dataclasses import dataclass, field


def _type(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


@dataclass
class Shape:
    """types: path -> types seen; always: path of an object -> keys that every such object has."""

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    always: dict[str, set[str]] = field(default_factory=dict)

    def add(self, value, path="$"):
        self.types[path].add(_type(value))
        if isinstance(value, dict):
            known = self.always.get(path)
            self.always[path] = set(value) if known is None else known & set(value)
            for key, one in value.items():
                self.add(one, f"{path}.{key}")
        elif isinstance(value, list):
            for one in value:
                self.add(one, f"{path}[]")
        return self


def shape_of(*values):
    shape = Shape()
    for value in values:
        shape.add(value)
    return shape
