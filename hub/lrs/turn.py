"""One writer at a time: who stores statements waits for its turn and keeps it until the commit.

So the order of seq is the order in which statements become visible, and of stored. A reader that
goes on behind a seq misses nothing, and writers cannot deadlock. SQLite has one writer by nature;
on PostgreSQL every storing transaction takes the same advisory lock before anything else.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hub.bulk import select_rows
from hub.database import database_now, lock_key
from hub.lrs.models import Statement

_LOCK = "store"
_NEWEST = "SELECT seq, stored FROM statement ORDER BY seq DESC LIMIT 1"
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""Up to when a store without statements is surely complete."""


def take_turn(session: Session) -> None:
    """Wait until no other transaction stores statements; the turn ends with this transaction."""
    lock_key(session, _LOCK)


def next_place(session: Session) -> tuple[int, datetime]:
    """The seq and the stored time of the next statement. Needs the turn.

    The time is now, but later than that of everything stored, also when the clock was set back.
    """
    for seq, stored in select_rows(session, _NEWEST, (), (Statement.seq, Statement.stored)):
        return seq + 1, max(database_now(session), stored + timedelta(microseconds=1))
    return 1, database_now(session)
