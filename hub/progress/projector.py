"""Turns touched keys into progress rows: many keys at once, each from all its evidence.

Recomputes a key whole, so that voids, late arrivals, merges and re-mapping are one code path.
Clearing keys and writing their rows are one transaction: a crash repeats work, it loses none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.catalog.models import Activity
from hub.database import Database
from hub.learners.models import Link
from hub.lrs.models import Actor, Statement
from hub.progress.gathering import Found, gather
from hub.progress.keys import Key, key_table, lock_keys
from hub.progress.models import Progress
from hub.progress.rows import remove_rows, write_rows
from hub.progress.rules import Record
from hub.progress.waiting import KEYS_PER_ROUND, clear, next_round
from hub.touched import touch


class _Overtaken(Exception):
    """Another projector has cleared keys of the round since its evidence was read."""


def catch_up(database: Database) -> int:
    """Project every touched key; returns how many were projected."""
    projected = 0
    while done := project_some(database):
        projected += done
    return projected


def project_some(database: Database) -> int:
    """Project the keys that have waited longest; returns how many, 0 when none wait."""
    if database.engine.dialect.name == "postgresql":
        return _project_locked(database)
    while True:
        try:
            return _project_ahead(database)
        except _Overtaken:
            continue


def _project_locked(database: Database) -> int:
    """Lock keys, then read their evidence: what comes after that touches them again."""
    with database.transaction() as session:
        these = next_round(session)
        if these is None:
            return 0
        clear(session, these)
        _write(session, these.keys, gather(session, these.keys))
    return len(these.keys)


def _project_ahead(database: Database) -> int:
    """Work everything out beside the writers, and write it if nobody was faster.

    SQLite lets one transaction write at a time, so that it should be short. Whoever changes
    evidence touches its key: rows from an older view are right until that touch is projected.
    """
    with database.reading() as session:
        these = next_round(session)
        if these is None:
            return 0
        found = gather(session, these.keys)
    with database.transaction() as session:
        if clear(session, these) != these.touches:
            raise _Overtaken
        _write(session, these.keys, found)
    return len(these.keys)


def _write(session: Session, keys: Sequence[Key], found: Found) -> None:
    """A key touched for a learner who was merged meanwhile is passed on to the survivor."""
    touch(session, found.survivors)
    remove_rows(session, [key for key in keys if key not in found.records])
    write_rows(session, found.records, found.modalities)


def record_of(session: Session, key: Key) -> Record | None:
    """The progress record that all stored evidence of a key makes; None without evidence."""
    return gather(session, [key]).records.get(key)


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
        some = keys[start : start + KEYS_PER_ROUND]
        with database.transaction() as session:
            lock_keys(session, some)
            before = _snapshot(session, some)
            _write(session, some, gather(session, some))
            after = _snapshot(session, some)
        different.extend(key for key in some if before.get(key) != after.get(key))
    return Rebuilt(len(keys), tuple(different))


def _snapshot(session: Session, keys: Sequence[Key]) -> dict[Key, tuple[Any, ...]]:
    """What the rows of these keys say."""
    key = key_table(session, keys)
    said = [column for column in Progress.__table__.columns if column.name != "updated_at"]
    rows = session.execute(
        select(Progress.learner_id, Progress.course_id, *said).where(
            tuple_(Progress.learner_id, Progress.course_id).in_(
                select(key.c.learner_id, key.c.course_id)
            )
        )
    )
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}
