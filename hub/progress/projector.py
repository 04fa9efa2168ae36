"""Turns touched keys into progress rows: lock the key, read all its evidence, reduce, write.

Recomputes a key whole, so that voids, late arrivals, merges and re-mapping are one code path.
Clearing a key and writing its row are one transaction: a crash repeats work, it loses none.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from hub import clock
from hub.catalog.models import Activity, Course
from hub.catalog.service import activities_of
from hub.database import Database, lock_key
from hub.learners.models import Learner, Link
from hub.learners.service import suspended_at
from hub.lrs.models import Actor, AuthorityRow, Statement
from hub.progress.evidence import Evidence, StoredStatement, evidence_of
from hub.progress.models import Progress
from hub.progress.rollup import Part
from hub.progress.rules import POLICY_VERSION, Record, reduce
from hub.runs.models import Fact
from hub.touched import Touched, touch

KEYS_PER_ROUND = 200
"""Touched rows that one transaction clears at the most."""

Key = tuple[UUID, UUID]


def catch_up(database: Database) -> int:
    """Project every touched key; returns how many were projected."""
    projected = 0
    while done := project_some(database):
        projected += done
    return projected


def anything_waits(session: Session) -> bool:
    """Whether there are touched keys."""
    return session.scalars(select(Touched.id).limit(1)).first() is not None


def project_some(database: Database) -> int:
    """Project the oldest touched keys in one transaction; returns how many, 0 when none wait."""
    with database.transaction() as session:
        rows = session.execute(
            select(Touched.id, Touched.learner_id, Touched.course_id)
            .order_by(Touched.id)
            .limit(KEYS_PER_ROUND)
            # Projectors beside each other take different rows (SQLite has one writer anyway).
            .with_for_update(skip_locked=True)
        ).all()
        keys = sorted({(learner, course) for _, learner, course in rows}, key=str)
        for key in keys:
            lock_key(session, f"progress|{key[0]}|{key[1]}")
        for key in keys:
            project(session, key)
        session.execute(delete(Touched).where(Touched.id.in_([row[0] for row in rows])))
    return len(keys)


def project(session: Session, key: Key) -> None:
    """Recompute the row of one (learner, course); removes it when nothing is known any more.

    A key that was touched for a learner who was merged meanwhile is passed on to the survivor.
    """
    learner_id, course_id = key
    learner = session.get(Learner, learner_id)
    if learner is not None and learner.merged_into is not None:
        touch(session, [(learner.merged_into, course_id)])
    record = record_of(session, key)
    row = session.get(Progress, key)
    if record is None:
        if row is not None:
            session.delete(row)
        return
    course = session.get_one(Course, course_id)
    values = _columns(record, course)
    if row is None:
        session.add(
            Progress(learner_id=learner_id, course_id=course_id, updated_at=clock.now(), **values)
        )
    elif any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.updated_at = clock.now()
    session.flush()


def record_of(session: Session, key: Key) -> Record | None:
    """The progress record that all stored evidence of a key makes; None without evidence."""
    learner_id, course_id = key
    learner = session.get(Learner, learner_id)
    if learner is None or learner.status != "active":
        return None
    evidence = list(_evidence(session, key))
    if not evidence:
        return None
    suspended = {f"source:{source_id}" for source_id in suspended_at(session, learner_id)}
    flags = ["suspended"] if suspended & {item.source for item in evidence} else []
    return reduce(evidence, _parts(session, course_id), extra_flags=flags)


def _evidence(session: Session, key: Key) -> Iterable[Evidence]:
    learner_id, course_id = key
    rows = session.execute(
        select(
            Statement.payload,
            Statement.stored,
            AuthorityRow.key,
            Statement.fact_id,
            Statement.version,
        )
        .join(AuthorityRow, AuthorityRow.id == Statement.authority_id)
        .join(Actor, Actor.id == Statement.actor_id)
        .join(Link, Link.identifier_id == Actor.identifier_id)
        .join(Activity, Activity.id == Statement.activity_id)
        .outerjoin(Fact, Fact.id == Statement.fact_id)
        .where(
            Link.learner_id == learner_id,
            Link.valid_to.is_(None),
            Activity.course_id == course_id,
            Statement.voided.is_(False),
            # A fact's newest version speaks for it, also when that was voided or moved away.
            or_(Fact.id.is_(None), Fact.version == Statement.version),
        )
        .order_by(Statement.seq)
    )
    for payload, stored, authority, fact, version in rows:
        yield from evidence_of(
            StoredStatement(json.loads(payload), stored, authority, fact, version)
        )


def _parts(session: Session, course_id: UUID) -> list[Part]:
    activities = activities_of(session, course_id)
    iris = {activity.id: activity.iri for activity in activities}
    return [
        Part(
            iri=activity.iri,
            kind=activity.kind,
            title=activity.title,
            parent=iris.get(activity.parent_id or 0),
            required=activity.required,
            declared=activity.declared,
            decides=activity.decides,
            cancelled=activity.cancelled,
        )
        for activity in activities
    ]


def _columns(record: Record, course: Course) -> dict[str, Any]:
    state = record.state
    score = state.score
    return {
        "status": record.status,
        "completion": state.completion,
        "success": state.success,
        "score_scaled": score.scaled if score else None,
        "score_raw": score.raw if score else None,
        "score_min": score.min if score else None,
        "score_max": score.max if score else None,
        "percent": record.percent,
        "registered_at": state.registered_at,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "satisfied_at": state.satisfied_at,
        "valid_until": state.valid_until,
        "due_at": state.due_at,
        "attempts": state.attempts,
        "seconds": state.seconds,
        "modality": course.modality,
        "last_result": state.result,
        "flags": list(record.flags),
        "sources": list(record.sources),
        "parts": [dict(part) for part in record.parts],
        "evidence_count": record.evidence_count,
        "policy_version": POLICY_VERSION,
        "as_of": record.as_of,
    }


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: keys looked at, and those whose row was not as it should be."""

    keys: int
    different: tuple[Key, ...]


def all_keys(session: Session) -> set[Key]:
    """Every (learner, course) that has a row, or evidence for one."""
    having = {
        (row[0], row[1]) for row in session.execute(select(Progress.learner_id, Progress.course_id))
    }
    evident = session.execute(
        select(Link.learner_id, Activity.course_id)
        .select_from(Statement)
        .join(AuthorityRow, AuthorityRow.id == Statement.authority_id)
        .join(Actor, Actor.id == Statement.actor_id)
        .join(Link, Link.identifier_id == Actor.identifier_id)
        .join(Activity, Activity.id == Statement.activity_id)
        .where(Link.valid_to.is_(None), Activity.course_id.is_not(None))
        .distinct()
    )
    return having | {(learner, course) for learner, course in evident if course is not None}


def rebuild(database: Database) -> Rebuilt:
    """Recompute every row from the statements; the table is the same if nothing was wrong."""
    with database.reading() as session:
        keys = sorted(all_keys(session), key=str)
    different: list[Key] = []
    for start in range(0, len(keys), KEYS_PER_ROUND):
        with database.transaction() as session:
            for key in keys[start : start + KEYS_PER_ROUND]:
                lock_key(session, f"progress|{key[0]}|{key[1]}")
                before = _snapshot(session, key)
                project(session, key)
                session.flush()
                if _snapshot(session, key) != before:
                    different.append(key)
    return Rebuilt(len(keys), tuple(different))


def _snapshot(session: Session, key: Key) -> dict[str, Any] | None:
    row = session.get(Progress, key)
    if row is None:
        return None
    return {
        column.name: getattr(row, column.name)
        for column in Progress.__table__.columns
        if column.name != "updated_at"
    }
