"""Agents of statements -> rows to find statements by, and the learners who act in them.

Groups, and agents whose identifier names nobody, are found by queries but are no learners.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import insert_ignoring
from hub.learners import service as learners
from hub.learners.rules import name_of
from hub.lrs.models import Actor
from hub.lrs.prepare import Prepared
from xapi.actors import IFI, canonical_email

_IFIS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts in a statement: the actor's row, and the learner that they are now."""

    actor_id: int
    learner_id: UUID


@dataclass(frozen=True, slots=True)
class People:
    """Ids of actor rows by ifi_text, and the persons who act by statement id."""

    actors: Mapping[str, int]
    acting: Mapping[UUID, Person]


def ifi_text(ifi: IFI) -> str:
    """The identifier as one text, unique among actors; e-mail and hashes without regard to case."""
    value = ifi.value
    if ifi.kind == "mbox":
        try:
            value = canonical_email(value)
        except ValueError:
            value = ifi.value  # a mailto by the standard that is no usable address: only itself
    elif ifi.kind == "mbox_sha1sum":
        value = value.lower()
    return f"{ifi.kind}|{ifi.home_page}|{value}"


def intern_people(session: Session, fresh: Sequence[Prepared], *, by: str) -> People:
    """Make what is missing: actor rows of all agents, a learner for each person who acts.

    *by* says on whose word. In sorted order, so that writers agree.
    """
    acting = {item.id: ifi_text(item.agents[0]) for item in fresh if item.person}
    persons = {
        acting[item.id]: item
        for item in sorted(fresh, key=lambda item: bool(item.person_name))
        if item.person
    }
    names = {text: name_of(item.person) for text, item in persons.items() if item.person}
    ids = learners.intern_names(session, names.values())
    everybody = sorted({ifi_text(ifi) for item in fresh for ifi in item.agents})
    actors = _intern_actors(
        session,
        {text: ids[names[text].key] if text in names else None for text in everybody},
    )
    linked = learners.learners_of(session, ids.values())
    for text, item in sorted(persons.items()):
        identifier_id = ids[names[text].key]
        if identifier_id not in linked and item.person:
            resolved = learners.resolve(session, [item.person], name=item.person_name, by=by)
            linked[identifier_id] = resolved.learner_id
    return People(
        actors,
        {
            statement_id: Person(actors[text], linked[ids[names[text].key]])
            for statement_id, text in acting.items()
        },
    )


def _intern_actors(session: Session, wanted: Mapping[str, int | None]) -> dict[str, int]:
    """Ids of actor rows by ifi_text; *wanted* gives the identifier of those who are persons."""
    found = _actors(session, wanted)
    rows: list[dict[str, Any]] = [
        {"ifi": text, "identifier_id": identifier_id}
        for text, identifier_id in wanted.items()
        if text not in found
    ]
    if rows:
        insert_ignoring(session, Actor, rows, unique=("ifi",))
        found |= _actors(session, [row["ifi"] for row in rows])
    for text, identifier_id in wanted.items():
        if identifier_id is not None and found[text].identifier_id is None:
            found[text].identifier_id = identifier_id
    return {text: actor.id for text, actor in found.items()}


def _actors(session: Session, wanted: Iterable[str]) -> dict[str, Actor]:
    texts = list(wanted)
    found: dict[str, Actor] = {}
    for start in range(0, len(texts), _IFIS_PER_QUERY):
        chunk = texts[start : start + _IFIS_PER_QUERY]
        found.update((a.ifi, a) for a in session.scalars(select(Actor).where(Actor.ifi.in_(chunk))))
    return found
