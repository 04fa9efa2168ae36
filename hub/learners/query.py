"""Reads learners for those who ask: by name, by id, all of them, each with what it absorbed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import NotFound
from hub.learners.models import Identifier, Learner, Link

_IDS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Known:
    """A learner, the names it has now, and the ids of the learners that were merged into it."""

    learner: Learner
    identifiers: tuple[Identifier, ...]
    merged: tuple[UUID, ...]


def surviving_id(session: Session, learner_id: UUID) -> UUID:
    """The id of the learner that this one has become part of; the same id when of none."""
    learner = session.get(Learner, learner_id)
    while learner is not None and learner.merged_into is not None:
        learner = session.get(Learner, learner.merged_into)
    return learner_id if learner is None else learner.id


def present_learner(session: Session, learner_id: UUID) -> Learner:
    """The learner with this id, or the one that it has become part of. Raises NotFound."""
    learner = session.get(Learner, surviving_id(session, learner_id))
    if learner is None:
        raise NotFound(
            f"There is no learner {learner_id}.",
            hint="Find the id with /api/v1/learners?identifier=mailto:...",
        )
    return learner


def active_learners(session: Session, *, after: UUID | None, limit: int) -> list[Learner]:
    """Learners by id, those after *after*; merged and erased ones are not listed."""
    query = select(Learner).where(Learner.status == "active").order_by(Learner.id).limit(limit)
    if after is not None:
        query = query.where(Learner.id > after)
    return list(session.scalars(query))


def describe(session: Session, learners: Sequence[Learner]) -> list[Known]:
    """The same learners in the same order, with their names and what they absorbed."""
    ids = [learner.id for learner in learners]
    names = _names(session, ids)
    merged = _merged(session, ids)
    return [
        Known(learner, tuple(names[learner.id]), tuple(sorted(merged[learner.id])))
        for learner in learners
    ]


def _pieces(ids: Iterable[UUID]) -> list[list[UUID]]:
    ordered = list(ids)
    return [ordered[i : i + _IDS_PER_QUERY] for i in range(0, len(ordered), _IDS_PER_QUERY)]


def _names(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Identifier]]:
    found: dict[UUID, list[Identifier]] = defaultdict(list)
    for piece in _pieces(ids):
        rows = session.execute(
            select(Link.learner_id, Identifier)
            .join(Identifier, Identifier.id == Link.identifier_id)
            .where(Link.learner_id.in_(piece), Link.valid_to.is_(None))
            .order_by(Identifier.id)
        )
        for learner_id, identifier in rows:
            found[learner_id].append(identifier)
    return found


def _merged(session: Session, ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Also what was merged into a learner that was merged itself."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    survivor_of = {learner_id: learner_id for learner_id in ids}
    while survivor_of:
        below: dict[UUID, UUID] = {}
        for piece in _pieces(survivor_of):
            rows = session.execute(
                select(Learner.id, Learner.merged_into).where(Learner.merged_into.in_(piece))
            )
            below.update((learner_id, survivor_of[into]) for learner_id, into in rows if into)
        for learner_id, survivor in below.items():
            found[survivor].add(learner_id)
        survivor_of = below
    return found
