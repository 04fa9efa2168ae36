"""Turns a statement into what the store needs to know of it. Pure: no clock, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, cast
from uuid import UUID

from connectors.records import Identifier
from hub.catalog.rules import Seen, is_about_learning, seen_in
from hub.findable import findable
from hub.learners.rules import Name, name_of
from xapi import json as xapi_json
from xapi.activities import activities_in, verbs_in
from xapi.actors import IFI, agents_in, canonical_email, ifi_of, related_agents_in
from xapi.errors import InvalidStatement
from xapi.formats import instant_of
from xapi.validate import validate
from xapi.vocabulary import VOIDED

IfiKind = Literal["mbox", "mbox_sha1sum", "openid", "account"]


@dataclass(frozen=True, slots=True)
class FoundBy:
    """What the filters of the standard match a statement by, as texts (hub.findable).

    agents and related_agents are ifi_texts, the related ones without those that are strict.
    activity is None when the object is no activity.
    """

    agents: frozenset[str]
    related_agents: frozenset[str]
    verb: str
    activity: str | None
    related_activities: frozenset[str]
    registration: UUID | None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a statement says of an activity or a verb; mark is equal for equal ones.

    iri is what it is found by (hub.findable).
    """

    iri: str
    body: Mapping[str, Any]
    mark: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid statement with its id, and the keys that it is found by.

    timestamp is None when the sender gave none. target is the id
    in a StatementRef. person is who acts, under the ifi_text actor; None for groups, for a voiding,
    and for an agent whose identifier names nobody. authority is the agent to keep as the
    statement's authority; None: the one that stores it.
    """

    id: UUID
    statement: Mapping[str, Any]
    timestamp: datetime | None
    actor: str | None
    person: Identifier | None
    person_name: str | None
    found_by: FoundBy
    seen: Seen | None
    definitions: tuple[Definition, ...]
    displays: tuple[Definition, ...]
    target: UUID | None
    voids: bool
    authority: Mapping[str, Any] | None = None


def prepare(
    statement: object,
    *,
    new_id: UUID,
    version: str,
    index: int | None = None,
    keep_authority: bool = False,
) -> Prepared:
    """Validate one statement. *new_id* is used when it has none.

    *keep_authority*: its authority is believed. Raises InvalidStatement with every problem; *index*
    is its place in the batch.
    """
    problems = validate(statement, version=version)
    if problems:
        raise InvalidStatement(problems, index=index)
    assert isinstance(statement, Mapping)
    target = statement["object"]
    refers = target.get("objectType") == "StatementRef"
    stamp = statement.get("timestamp")
    authority = statement.get("authority") if keep_authority else None
    voids = refers and statement["verb"]["id"] == VOIDED.id
    actor, person = (None, None) if voids else _person(statement["actor"])
    return Prepared(
        id=UUID(statement["id"]) if "id" in statement else new_id,
        statement=statement,
        timestamp=instant_of(stamp) if stamp else None,
        actor=actor,
        person=person,
        person_name=statement["actor"].get("name") if person else None,
        found_by=found_by_of(statement, authority=authority),
        seen=seen_in(statement, is_evidence=is_about_learning(statement)),
        definitions=tuple(
            _definition(iri, body) for iri, body, _ in activities_in(statement) if body
        ),
        displays=tuple(_definition(iri, body) for iri, body in verbs_in(statement) if body),
        target=UUID(target["id"]) if refers else None,
        voids=voids,
        authority=authority,
    )


def found_by_of(
    statement: Mapping[str, Any], *, authority: Mapping[str, Any] | None = None
) -> FoundBy:
    """What a valid statement is found by under this authority; its own is not believed."""
    if "authority" in statement:
        statement = {name: value for name, value in statement.items() if name != "authority"}
    if authority is not None:
        statement = {**statement, "authority": authority}
    agents = _texts(agents_in(statement))
    activity: str | None = None
    related = set()
    for iri, _, place in activities_in(statement):
        if place == "object":
            activity = findable(iri)
        else:
            related.add(findable(iri))
    related.discard(activity or "")
    registration = statement.get("context", _NOTHING).get("registration")
    return FoundBy(
        agents=agents,
        related_agents=_texts(related_agents_in(statement)) - agents,
        verb=findable(statement["verb"]["id"]),
        activity=activity,
        related_activities=frozenset(related),
        registration=UUID(registration) if registration else None,
    )


def ifi_text(ifi: IFI) -> str:
    """The identifier as one text, unique among actors; e-mail and hashes without regard to case.

    Each of its parts can be shortened (hub.findable), so that they can be told apart again.
    """
    value = ifi.value
    if ifi.kind == "mbox":
        try:
            value = canonical_email(value)
        except ValueError:
            value = ifi.value  # a mailto by the standard that is no usable address: only itself
    elif ifi.kind == "mbox_sha1sum":
        value = value.lower()
    return f"{ifi.kind}|{findable(ifi.home_page)}|{findable(value)}"


def name_of_person(person: Identifier) -> Name:
    """The name that a person who acts is known by."""
    return _name_of(person.kind, person.value, person.scope)


_NOTHING: Mapping[str, Any] = {}


@lru_cache(maxsize=20_000)
def _text_of(kind: str, value: str, home_page: str) -> str:
    return ifi_text(IFI(kind, value, home_page))


@lru_cache(maxsize=20_000)
def _name_of(kind: IfiKind, value: str, scope: str) -> Name:
    return name_of(Identifier(kind=kind, value=value, scope=scope))


def _texts(agents: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(
        _text_of(ifi.kind, ifi.value, ifi.home_page)
        for ifi in map(ifi_of, agents)
        if ifi is not None
    )


def _person(actor: Mapping[str, Any]) -> tuple[str | None, Identifier | None]:
    """Who acts. By the standard an account may have an empty name and an mbox no usable domain."""
    ifi = ifi_of(actor)
    if ifi is None or actor.get("objectType", "Agent") != "Agent":
        return None, None
    kind = cast("IfiKind", ifi.kind)
    try:
        _name_of(kind, ifi.value, ifi.home_page)
    except ValueError:
        return None, None
    text = _text_of(ifi.kind, ifi.value, ifi.home_page)
    return text, Identifier(kind=kind, value=ifi.value, scope=ifi.home_page)


def _definition(iri: str, body: Mapping[str, Any]) -> Definition:
    return Definition(findable(iri), body, hash((iri, xapi_json.dumps(body))))
