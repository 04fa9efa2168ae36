"""One writer at a time: who stores statements waits for its turn and keeps it until the commit.

So the order of seq is the order in which statements become visible, and of stored. A reader that
goes on behind a seq misses nothing, and writers cannot deadlock. SQLite has one writer by nature;
on PostgreSQL every storing transaction takes the same advisory lock before anything else.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import database_now, lock_key
from hub.lrs.models import Statement

_LOCK = "store"
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""Up to when a store without statements is surely complete."""


def take_turn(session: Session) -> None:
    """Wait until no other transaction stores statements; the turn ends with this transaction."""
    lock_key(session, _LOCK)


def next_place(session: Session) -> tuple[int, datetime]:
    """The seq and the stored time of the next statement. Needs the turn.

    The time is now, but later than that of everything stored, also when the clock was set back.
    """
    now = database_now(session)
    newest = session.execute(
        select(Statement.seq, Statement.stored).order_by(Statement.seq.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return 1, now
    return newest.seq + 1, max(now, newest.stored + timedelta(microseconds=1))
