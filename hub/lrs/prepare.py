"""Turns a statement into what the store needs to know of it. Pure: no clock, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from connectors.records import Identifier
from hub.catalog.rules import Seen, is_about_learning, seen_in
from hub.learners.rules import name_of
from xapi.actors import IFI, agents_in, ifi_of
from xapi.compare import equality_digest
from xapi.errors import InvalidStatement, Problem
from xapi.formats import instant_of
from xapi.validate import validate
from xapi.vocabulary import VOIDED

IfiKind = Literal["mbox", "mbox_sha1sum", "openid", "account"]

LONGEST = 2000
"""Bytes of an identifier that statements are found by; PostgreSQL indexes at most 2704."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid statement with its id, and the keys that it is found by.

    timestamp is None when the sender gave none. digest is the standard's equality. registration
    and target (of a StatementRef) are None when absent. person is who acts; None for groups, for a
    voiding, and for an agent whose identifier names nobody.
    """

    id: UUID
    statement: Mapping[str, Any]
    digest: bytes
    timestamp: datetime | None
    person: Identifier | None
    person_name: str | None
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
    target = statement["object"]
    verb = statement["verb"]["id"]
    refers = target.get("objectType") == "StatementRef"
    registration = statement.get("context", {}).get("registration")
    stamp = statement.get("timestamp")
    agents = tuple(ifi for ifi in map(ifi_of, agents_in(statement)) if ifi is not None)
    seen = seen_in(statement, is_evidence=is_about_learning(statement))
    problems = [*_too_long(verb, agents, seen)]
    if problems:
        raise InvalidStatement(problems, index=index)
    voids = refers and verb == VOIDED.id
    person = None if voids else _person(statement["actor"])
    return Prepared(
        id=UUID(statement["id"]) if "id" in statement else new_id,
        statement=statement,
        digest=equality_digest(statement, version=version, ignore_timestamp=stamp is None),
        timestamp=instant_of(stamp) if stamp else None,
        person=person,
        person_name=statement["actor"].get("name") if person else None,
        agents=agents,
        verb=verb,
        seen=seen,
        registration=UUID(registration) if registration else None,
        target=UUID(target["id"]) if refers else None,
        voids=voids,
    )


def identifier_of(ifi: IFI) -> Identifier:
    """The name of a person that an IFI is."""
    return Identifier(kind=cast("IfiKind", ifi.kind), value=ifi.value, scope=ifi.home_page)


def _person(actor: Mapping[str, Any]) -> Identifier | None:
    """Who acts. By the standard an account may have an empty name and an mbox no usable domain."""
    ifi = ifi_of(actor)
    if ifi is None or actor.get("objectType", "Agent") != "Agent":
        return None
    identifier = identifier_of(ifi)
    try:
        name_of(identifier)
    except ValueError:
        return None
    return identifier


def _too_long(verb: str, agents: tuple[IFI, ...], seen: Seen | None) -> Iterator[Problem]:
    places = (seen, seen.parent, seen.course) if seen else ()
    named = [
        ("/verb/id", "Data 2.4.3", verb),
        *(("/actor", "Data 2.4.2.3", ifi.home_page + ifi.value) for ifi in agents),
        *(("/object/id", "Data 2.4.4.1", place.iri) for place in places if place),
    ]
    for pointer, section, text in named:
        size = len(text.encode())
        if size > LONGEST:
            message = f"An identifier has {size} bytes; this store finds by at most {LONGEST}."
            yield Problem(pointer, "too_long", message, section)
