"""Puts the parts of a statement together: actor, source, context, activities as JSON. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from connectors import records as r
from xapi import vocabulary as v
from xapi.actors import IFI, agent_of
from xapi.build import statement

EMPLOYEE_HOME_PAGE = v.BASE + "employee-id"
"""homePage of an actor who is known by an employee number alone."""

ACTIVITY_TYPES: Mapping[r.ActivityKind, str] = {
    r.ActivityKind.COURSE: v.TYPE_COURSE,
    r.ActivityKind.MODULE: v.TYPE_MODULE,
    r.ActivityKind.LESSON: v.TYPE_LESSON,
    r.ActivityKind.RUN: v.TYPE_EVENT,
    r.ActivityKind.SESSION: v.TYPE_MEETING,
    r.ActivityKind.CERTIFICATE: v.TYPE_CERTIFICATE,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Which source a record comes from: its id, connector, and the hub's namespace."""

    namespace: UUID
    source_id: UUID
    connector: str
    platform: str
    """The system's name on statements: the connector's title."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The record that a statement is made of, where it comes from, and the enrolment's UUID."""

    record: Any
    origin: Origin
    registration: str | None = None


def activity_json(ref: r.ActivityRef) -> dict[str, Any]:
    """An activity as xAPI JSON."""
    definition: dict[str, Any] = {"type": ACTIVITY_TYPES[ref.kind]}
    if ref.title:
        definition["name"] = {"en": ref.title}
    return {"id": ref.iri, "definition": definition}


def actor_identifier(person: r.PersonRef) -> r.Identifier:
    """The identifier that names the actor; an employee number becomes an account of the hub's."""
    first = person.identifiers[0]
    if first.kind == "employee_id":
        return r.Identifier("account", first.value, EMPLOYEE_HOME_PAGE)
    return first


def actor_json(person: r.PersonRef) -> dict[str, Any]:
    """The actor of a statement."""
    named = actor_identifier(person)
    assert named.kind != "employee_id"
    return agent_of(IFI(named.kind, named.value, named.scope), person.name)


def statement_of(  # noqa: PLR0913 - the parts of a statement, by name
    subject: Subject,
    *,
    verb: v.Verb,
    target: Mapping[str, Any],
    result: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    parent: Sequence[Mapping[str, Any]] = (),
    grouping: Sequence[Mapping[str, Any]] = (),
    category: Sequence[Mapping[str, Any]] = (v.CATEGORY_HUB,),
    extensions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A statement without id, carrying the source's native key."""
    record, origin = subject.record, subject.origin
    around = {"parent": parent, "grouping": grouping, "category": category}
    source = {
        "source": str(origin.source_id),
        "connector": origin.connector,
        "native": record.key,
    }
    context: dict[str, Any] = {
        "platform": origin.platform,
        "contextActivities": {name: list(items) for name, items in around.items() if items},
        "extensions": {v.EXT_SOURCE: source, **(extensions or {})},
    }
    if subject.registration:
        context["registration"] = subject.registration
    return statement(
        actor=actor_json(record.person),
        verb=verb,
        object=dict(target),
        result=dict(result) if result else None,
        context=context,
        timestamp=at,
    )
