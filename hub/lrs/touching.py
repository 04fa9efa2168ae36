"""Marks which (learner, course) keys a change concerns, found through the stored statements."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.catalog.models import Activity
from hub.learners.models import Link
from hub.lrs.keys import Kind
from hub.lrs.models import Actor, Statement, StatementKey
from hub.touched import touch

IDS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""


def keys_of_statements(session: Session, condition: Any) -> list[tuple[UUID, UUID]]:
    """The (learner, course) keys of the statements that meet a condition."""
    rows = session.execute(
        select(Link.learner_id, Activity.course_id)
        .select_from(Statement)
        .join(Actor, Actor.id == Statement.actor_id)
        .join(Link, Link.identifier_id == Actor.identifier_id)
        .join(Activity, Activity.id == Statement.activity_id)
        .where(condition, Link.valid_to.is_(None), Activity.course_id.is_not(None))
        .distinct()
    )
    return [(learner_id, course_id) for learner_id, course_id in rows if course_id is not None]


def touch_moved(session: Session, moved: Iterable[tuple[int, UUID | None]]) -> None:
    """Mark the keys of activities whose course has changed, in the old course and the new."""
    keys: list[tuple[UUID, UUID]] = []
    for activity_id, old_course in moved:
        now = keys_of_statements(session, _about(Activity.id == activity_id))
        keys.extend(now)
        if old_course is not None:
            keys.extend((learner_id, old_course) for learner_id, _ in now)
    touch(session, keys)


def touch_learner(session: Session, learner_id: UUID, *absorbed: UUID) -> None:
    """Mark every course of a learner, for it and for those that were merged into it."""
    keys = keys_of_statements(session, Link.learner_id == learner_id)
    touch(session, [(who, course) for _, course in keys for who in (learner_id, *absorbed)])


def touch_course(session: Session, course_id: UUID) -> None:
    """Mark everybody in a course."""
    touch(session, keys_of_statements(session, _about(Activity.course_id == course_id)))


def _about(activity: ColumnElement[bool]) -> ColumnElement[bool]:
    """Statements whose object is one of these activities, found through their keys."""
    return Statement.seq.in_(
        select(StatementKey.seq)
        .join(Activity, Activity.id == StatementKey.key)
        .where(StatementKey.kind == Kind.ACTIVITY, activity)
    )


def touch_statements(session: Session, ids: Sequence[UUID]) -> None:
    """Mark the keys of these statements: what followed from them may follow no more."""
    for start in range(0, len(ids), IDS_PER_QUERY):
        chunk = ids[start : start + IDS_PER_QUERY]
        touch(session, keys_of_statements(session, Statement.id.in_(chunk)))
