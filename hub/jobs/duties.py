"""What a worker does: callables that app registers, each doing one piece of work at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.extensions import Hub

Duty = Callable[[Hub], bool]
"""Does one piece of work. Returns whether there was any, so that the worker asks again at once."""


@dataclass(slots=True)
class Duties:
    """The work of this deployment, by name."""

    by_name: dict[str, Duty] = field(default_factory=dict)

    def register(self, name: str, duty: Duty) -> None:
        """Add a duty. Raises ValueError when the name is taken."""
        if name in self.by_name:
            raise ValueError(f"duty {name} is registered already")
        self.by_name[name] = duty

    def without(self, name: str) -> "Duties":
        """The same work but for one duty, which somebody else has."""
        return Duties({known: duty for known, duty in self.by_name.items() if known != name})
