"""What a connector's test must say about it, so that the contract tests can run for it.

Every connector in the registry needs a file ``contract_<key>.py`` in tests/connectors/ or a folder
below, with ``CASE = Case(...)``; it is found by its name, nothing else is to be edited. A connector
that reads files has ``config_at=None``: the tests about HTTP are left out for it.
"""

import importlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connector
from connectors.http import HttpSession
from connectors.registry import find_connector
from tests.connectors.simulator import LOOPBACK


@dataclass(frozen=True)
class Case:
    """One connector and a system (or file) that answers well.

    opened: a context manager that gives the configuration, as an admin enters it, of a source that
    can be checked and read while the block runs.
    config_at: the configuration for a system at a base address; None if the connector has no HTTP.
    secrets: the values in the configuration that may appear nowhere.
    small_pages: makes the connector give several pages for what *opened* serves.
    base_url: where requests go, taken from a loaded configuration.
    """

    key: str
    opened: Callable[[], AbstractContextManager[Mapping[str, Any]]]
    config_at: Callable[[str], Mapping[str, Any]] | None
    secrets: tuple[str, ...] = ()
    small_pages: Callable[[pytest.MonkeyPatch], None] = lambda monkeypatch: None
    base_url: Callable[[Mapping[str, Any]], str] = lambda config: config["base_url"]

    def connector(self, entered: Mapping[str, Any], **limits: Any) -> Connector:
        """The connector with this configuration, as a run makes it."""
        found = find_connector(self.key)
        assert found is not None
        config = found.Config().load(dict(entered))
        limits = {"sleep": lambda seconds: None, "tries": 2} | limits
        base_url = self.base_url(config) if self.config_at else "https://no-http.invalid"
        return found(config, HttpSession(base_url, allow_networks=LOOPBACK, **limits))


def cases() -> dict[str, Case]:
    """The cases by connector key."""
    here = Path(__file__).parent
    found = {}
    for file in sorted(here.rglob("contract_*.py")):
        dotted = ".".join(file.relative_to(here.parent.parent).with_suffix("").parts)
        case = importlib.import_module(dotted).CASE
        found[case.key] = case
    return found
