"""The touched keys that wait: which come next, and that they are done.

A key that was touched many times is projected once. The order is that of the oldest touch.
"""

from dataclasses import dataclass

from sqlalchemy import CTE, delete, func, select, tuple_
from sqlalchemy.orm import Session

from hub.progress.keys import Key, free, key_table
from hub.progress.models import Progress
from hub.touched import Touched

WINDOW = 10_000
"""Touched rows that are looked at together; a key's touches among them are cleared at once."""
KEYS_PER_ROUND = 500
EVIDENCE_PER_ROUND = 2_000
"""About how many statements a round reads: it bounds the memory and the time of a round."""


@dataclass(frozen=True, slots=True)
class Round:
    """Keys to project now. touches is how many rows up to the id *until* have touched them."""

    keys: tuple[Key, ...]
    until: int
    touches: int


def anything_waits(session: Session) -> bool:
    """Whether there are touched keys."""
    return session.scalars(select(Touched.id).limit(1)).first() is not None


def next_round(session: Session) -> Round | None:
    """The keys that have waited longest, None without any.

    On PostgreSQL the transaction holds their locks, and what another one holds is passed over.
    """
    chosen = _free_keys(session)
    rows = session.execute(
        select(
            chosen.c.learner_id,
            chosen.c.course_id,
            chosen.c.last,
            chosen.c.touches,
            func.coalesce(Progress.evidence_count, 0),
        )
        .outerjoin_from(
            chosen,
            Progress,
            (Progress.learner_id == chosen.c.learner_id)
            & (Progress.course_id == chosen.c.course_id),
        )
        .order_by(chosen.c.first)
    )
    keys: list[Key] = []
    until = touches = evidence = 0
    for learner_id, course_id, last, times, known in rows:
        evidence += known + times
        if keys and evidence > EVIDENCE_PER_ROUND:
            break
        keys.append((learner_id, course_id))
        until = max(until, last)
        touches += times
    return Round(tuple(keys), until, touches) if keys else None


def _free_keys(session: Session) -> CTE:
    window = (
        select(Touched.id, Touched.learner_id, Touched.course_id)
        .order_by(Touched.id)
        .limit(WINDOW)
        .cte("touches")
    )
    first = func.min(window.c.id).label("first")
    waiting = (
        select(
            window.c.learner_id,
            window.c.course_id,
            first,
            func.max(window.c.id).label("last"),
            func.count().label("touches"),
        )
        .group_by(window.c.learner_id, window.c.course_id)
        .order_by(first)
        .cte("waiting")
    )
    return (
        select(waiting)
        .where(free(session, waiting.c.learner_id, waiting.c.course_id))
        .limit(KEYS_PER_ROUND)
        .cte("chosen")
    )


def clear(session: Session, these: Round) -> int:
    """Remove the touches of a round; returns how many were still there."""
    key = key_table(session, these.keys)
    gone = session.connection().execute(
        delete(Touched).where(
            Touched.id <= these.until,
            tuple_(Touched.learner_id, Touched.course_id).in_(
                select(key.c.learner_id, key.c.course_id)
            ),
        )
    )
    return int(gone.rowcount)
