"""Turns a statement into what the store needs to know of it. Pure: no clock, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.catalog.rules import Seen, is_about_learning, seen_in
from xapi.actors import IFI, agents_in, ifi_of
from xapi.compare import equality_digest
from xapi.errors import InvalidStatement
from xapi.formats import instant_of
from xapi.validate import validate
from xapi.vocabulary import VOIDED, canonical_verb


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid statement with its id, and the keys that it is found by.

    timestamp is None when the sender gave none. digest is the standard's equality. registration
    and target (of a StatementRef) are None when absent.
    """

    id: UUID
    statement: Mapping[str, Any]
    digest: bytes
    timestamp: datetime | None
    actor: IFI | None
    actor_name: str | None
    is_person: bool
    agents: tuple[IFI, ...]
    verb: str
    seen: Seen | None
    registration: UUID | None
    target: UUID | None
    voids: bool


def prepare(statement: object, *, new_id: UUID, version: str, index: int | None = None) -> Prepared:
    """Validate one statement. *new_id* is used when it has none.

    Raises InvalidStatement with every problem; *index* is its place in the batch.
    """
    problems = validate(statement, version=version)
    if problems:
        raise InvalidStatement(problems, index=index)
    assert isinstance(statement, Mapping)
    actor = statement["actor"]
    target = statement["object"]
    verb = statement["verb"]["id"]
    canonical = canonical_verb(verb)
    refers = target.get("objectType") == "StatementRef"
    registration = statement.get("context", {}).get("registration")
    named = ifi_of(actor)
    stamp = statement.get("timestamp")
    return Prepared(
        id=UUID(statement["id"]) if "id" in statement else new_id,
        statement=statement,
        digest=equality_digest(statement, version=version, ignore_timestamp=stamp is None),
        timestamp=instant_of(stamp) if stamp else None,
        actor=named,
        actor_name=actor.get("name"),
        is_person=actor.get("objectType", "Agent") == "Agent" and _names_somebody(named),
        agents=tuple(ifi for ifi in map(ifi_of, agents_in(statement)) if ifi is not None),
        verb=verb,
        seen=seen_in(statement, is_evidence=is_about_learning(statement)),
        registration=UUID(registration) if registration else None,
        target=UUID(target["id"]) if refers else None,
        voids=refers and canonical == VOIDED.id,
    )


def _names_somebody(ifi: IFI | None) -> bool:
    """An account may have an empty name by the standard; it is nobody in particular."""
    return ifi is not None and bool(ifi.value.strip())
