"""Finds the connectors: built-in ones by their folder, others by the entry point hub.connectors."""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from connectors.base import Connector

FOLDERS = ("connectors.lms", "connectors.tms", "connectors.files")


@dataclass(frozen=True, slots=True)
class BrokenConnector:
    """A connector from outside that could not be imported, and why."""

    name: str
    reason: str


def _classes_in(module_name: str) -> list[type[Connector]]:
    module = importlib.import_module(module_name)
    return [
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, Connector)
        and item.__module__ == module_name
        and hasattr(item, "key")
    ]


def _built_in() -> list[type[Connector]]:
    found: list[type[Connector]] = []
    for folder in FOLDERS:
        package = importlib.import_module(folder)
        for module in pkgutil.iter_modules(package.__path__, prefix=f"{folder}."):
            found.extend(_classes_in(module.name))
    return found


@cache
def _discover() -> tuple[dict[str, type[Connector]], tuple[BrokenConnector, ...]]:
    known = {connector.key: connector for connector in _built_in()}
    broken: list[BrokenConnector] = []
    for entry in entry_points(group="hub.connectors"):
        try:
            connector = entry.load()
        except (ImportError, AttributeError, SyntaxError) as error:
            broken.append(BrokenConnector(entry.name, f"{type(error).__name__}: {error}"))
            continue
        known.setdefault(connector.key, connector)
    return dict(sorted(known.items())), tuple(broken)


def connectors() -> dict[str, type[Connector]]:
    """All usable connectors by key, sorted by key."""
    return _discover()[0]


def broken_connectors() -> tuple[BrokenConnector, ...]:
    """Connectors of other distributions that failed to import."""
    return _discover()[1]


def find_connector(key: str) -> type[Connector] | None:
    """The connector class with this key, or None."""
    return connectors().get(key)
