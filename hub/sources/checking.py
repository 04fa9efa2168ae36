"""Checks a source and keeps the outcome: what was found, or why the system could not be asked.

The outcome is the same in the database, on the page and on the command line.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import Settings
from connectors.base import Connector, Grant
from connectors.errors import ConnectorError
from hub import clock
from hub.database import Database
from hub.keyring import Keyring
from hub.sources.models import Source
from hub.sources.service import connector_for, source_by_id


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check found. *message* is set when the system could not be asked at all."""

    at: datetime
    system: str = ""
    grants: tuple[Grant, ...] = ()
    message: str = ""
    hint: str = ""
    field: str | None = None

    @property
    def ok(self) -> bool:
        return not self.message and all(grant.ok is not False for grant in self.grants)

    @property
    def reason(self) -> str:
        """The first thing that is wrong, in one sentence; "" when nothing is."""
        missing = next((grant for grant in self.grants if grant.ok is False), None)
        return self.message or ((missing.detail or missing.name) if missing else "")

    def as_json(self) -> dict[str, Any]:
        """What is stored of it."""
        return {**asdict(self), "at": self.at.isoformat()}


def outcome_of(stored: Mapping[str, Any] | None) -> CheckOutcome | None:
    """A stored outcome; None when the source was never checked."""
    if stored is None:
        return None
    return CheckOutcome(
        at=datetime.fromisoformat(stored["at"]),
        system=stored["system"],
        grants=tuple(Grant(**grant) for grant in stored["grants"]),
        message=stored["message"],
        hint=stored["hint"],
        field=stored["field"],
    )


def run_check(opened: Callable[[], Connector]) -> CheckOutcome:
    """Ask the system now; an answer that is an error is an outcome too.

    *opened* makes the connector, which can already fail for the same reasons.
    """
    try:
        connector = opened()
        with closing(connector.http):
            result = connector.check()
    except ConnectorError as error:
        return CheckOutcome(clock.now(), message=error.message, hint=error.hint, field=error.field)
    return CheckOutcome(clock.now(), result.system, result.grants)


def check_source(
    database: Database, keyring: Keyring, settings: Settings, source_id: UUID
) -> CheckOutcome:
    """Check a saved source and store the outcome. No transaction is open while the system is asked.

    Raises NotFound, BadConfiguration, KeysUnusable.
    """
    with database.reading() as session:
        source = source_by_id(session, source_id)
    outcome = run_check(lambda: connector_for(source, keyring, settings, hurried=True))
    with database.transaction() as session:
        store_outcome(source_by_id(session, source_id), outcome)
    return outcome


def store_outcome(source: Source, outcome: CheckOutcome) -> None:
    """Remember the outcome as the newest."""
    source.last_check = outcome.as_json()
    source.checked_at = outcome.at
