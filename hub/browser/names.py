"""What the hub calls the people, activities and verbs of a few statements. Only reads small tables.

The number of queries does not depend on the number of statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.browser.finding import Row
from hub.browser.wording import Names, Sentence, chosen, sentence
from hub.catalog.definitions import definitions_of
from hub.catalog.models import Activity, Course
from hub.findable import findable
from hub.learners.models import Learner, Link
from hub.lrs import payload
from hub.lrs.models import Actor
from hub.lrs.verbs import displays_of
from xapi.activities import activities_in, verbs_in
from xapi.languages import Languages

NAMED = 2000
"""Activities of one page that are looked up."""


@dataclass(frozen=True, slots=True)
class Person:
    """A learner as statements are linked to them. name is None while no system has told it."""

    id: UUID
    name: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A stored statement with its sentence, and the learner who acts in it."""

    row: Row
    statement: Mapping[str, Any]
    sentence: Sentence
    learner: Person | None


def tell(session: Session, rows: Sequence[Row], languages: Languages) -> list[Told]:
    """The statements in plain words, in the same order."""
    statements = [payload.decode(row.payload) for row in rows]
    names = names_in(session, statements, languages)
    people = people_of(session, {row.actor_id for row in rows if row.actor_id is not None})
    told = []
    for row, statement in zip(rows, statements, strict=True):
        learner = people.get(row.actor_id) if row.actor_id is not None else None
        said = sentence(statement, names, learner.name if learner else None)
        told.append(Told(row, statement, said, learner))
    return told


def names_in(
    session: Session, statements: Iterable[Mapping[str, Any]], languages: Languages
) -> Names:
    """The names of every activity and verb that these statements name."""
    kept = list(statements)
    # A statement may name thousands; beyond these, what it says itself stands.
    activities = sorted({iri for one in kept for iri, _, _ in activities_in(one)})[:NAMED]
    verbs = {iri for one in kept for iri, _ in verbs_in(one)}
    plain = Names(languages=languages)
    titles = {
        iri: chosen(definition.get("name"), plain)
        for iri, definition in definitions_of(session, activities).items()
    }
    keys = {findable(iri): iri for iri in activities}
    known = session.execute(
        select(Activity.iri, Activity.title).where(
            Activity.iri.in_(keys), Activity.title.is_not(None)
        )
    )
    titles |= {keys[key]: title for key, title in known if title and title != key}
    return Names(titles, displays_of(session, verbs), languages)


def people_of(session: Session, actor_ids: Iterable[int]) -> dict[int, Person]:
    """The learners behind actors, as they are linked now, by the actor's id."""
    rows = session.execute(
        select(Actor.id, Learner.id, Learner.name)
        .join(Link, Link.identifier_id == Actor.identifier_id)
        .join(Learner, Learner.id == Link.learner_id)
        .where(Actor.id.in_(set(actor_ids)), Link.valid_to.is_(None))
    )
    return {actor_id: Person(learner_id, name) for actor_id, learner_id, name in rows}


def course_of(session: Session, activity_id: int | None) -> Course | None:
    """The course that an activity belongs to, or None."""
    if activity_id is None:
        return None
    return session.scalars(
        select(Course)
        .join(Activity, Activity.course_id == Course.id)
        .where(Activity.id == activity_id)
    ).one_or_none()
