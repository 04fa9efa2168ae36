"""Agents of statements -> rows to find statements by, and the learners who act in them.

Groups, and agents whose identifier names nobody, are found by queries but are no learners.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.bulk import Lookup
from hub.database import insert_ignoring, known, learn
from hub.learners import service as learners
from hub.lrs.models import Actor
from hub.lrs.prepare import Prepared, name_of_person

_BY_IFI = Lookup(
    "SELECT ifi, id, identifier_id FROM actor WHERE ifi {among}",
    Actor.ifi,
    Actor.ifi,
    Actor.id,
    Actor.identifier_id,
)
_SHELF = "actors"


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts in a statement: the actor's row, and the learner that they are now."""

    actor_id: int
    learner_id: UUID


@dataclass(frozen=True, slots=True)
class _Row:
    """An actor's row, as it never changes again once it has an identifier."""

    id: int
    identifier_id: int | None


def intern_agents(session: Session, texts: Iterable[str]) -> dict[str, int]:
    """Ids of the actor rows of these ifi_texts, made where they are new."""
    rows = _intern_actors(session, dict.fromkeys(texts))
    return {text: row.id for text, row in rows.items()}


def resolve_people(session: Session, fresh: Sequence[Prepared], *, by: str) -> dict[str, Person]:
    """The persons who act in these statements, by ifi_text; a learner is made for who is new.

    *by* says on whose word. In sorted order, so that writers agree.
    """
    acting: dict[str, Prepared] = {}
    for item in fresh:
        if item.actor is not None and (
            item.actor not in acting or not acting[item.actor].person_name
        ):
            acting[item.actor] = item
    rows = {text: row for text in acting if (row := _known_person(session, text)) is not None}
    new = sorted(acting.keys() - rows.keys())
    if new:
        names = {text: name_of_person(item.person) for text in new if (item := acting[text]).person}
        ids = learners.intern_names(session, names.values())
        rows |= _intern_actors(session, {text: ids[name.key] for text, name in names.items()})
    linked = learners.learners_of(session, (row.identifier_id or 0 for row in rows.values()))
    newcomers = {
        row.identifier_id: acting[text].person_name
        for text, row in sorted(rows.items())
        if row.identifier_id is not None and row.identifier_id not in linked
    }
    linked |= learners.welcome(session, newcomers, by=by)
    return {
        text: Person(row.id, linked[row.identifier_id])
        for text, row in rows.items()
        if row.identifier_id is not None
    }


def _known_person(session: Session, text: str) -> _Row | None:
    row: _Row | None = known(session, _SHELF).get(text)
    return row if row is not None and row.identifier_id is not None else None


def _intern_actors(session: Session, wanted: Mapping[str, int | None]) -> dict[str, _Row]:
    """Actor rows by ifi_text; *wanted* gives the identifier of those who are persons."""
    shelf = known(session, _SHELF)
    rows: dict[str, _Row] = {}
    asked: list[str] = []
    for text, identifier_id in wanted.items():
        row = shelf.get(text)
        if row is None or (identifier_id is not None and row.identifier_id is None):
            asked.append(text)
        else:
            rows[text] = row
    if asked:
        found = _read(session, sorted(asked))
        missing = sorted(set(asked) - found.keys())
        if missing:
            values: list[dict[str, Any]] = [
                {"ifi": text, "identifier_id": wanted[text]} for text in missing
            ]
            insert_ignoring(session, Actor, values, unique=("ifi",))
            found |= _read(session, missing)
        for text in asked:
            identifier_id = wanted[text]
            if identifier_id is not None and found[text].identifier_id is None:
                found[text] = _Row(found[text].id, identifier_id)
                session.execute(
                    update(Actor)
                    .where(Actor.id == found[text].id)
                    .values(identifier_id=identifier_id)
                )
        learn(session, _SHELF, found)
        rows |= found
    return rows


def _read(session: Session, texts: Sequence[str]) -> dict[str, _Row]:
    rows = _BY_IFI.rows(session, texts)
    return {ifi: _Row(actor_id, identifier_id) for ifi, actor_id, identifier_id in rows}
