"""Up to which instant every stored statement can be read (xAPI Communication 2.1.3, 3.3).

Writers stand in line (hub.lrs.turn) and stamp their statements in their turn. So who finds nobody
in turn, after looking at the clock, knows that whatever is not visible yet will be stamped later.
While somebody is in turn, it is what is visible that counts.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Database
from hub.lrs.models import Statement
from hub.lrs.turn import BEFORE_ALL


def complete_until(database: Database, session: Session) -> datetime:
    """The instant up to which what *session* reads is complete. To be called before reading."""
    quiet = database.quiet_instant("store")
    if quiet is not None:
        return quiet
    newest = session.scalars(
        select(Statement.stored).order_by(Statement.seq.desc()).limit(1)
    ).one_or_none()
    return newest.astimezone(UTC) if newest is not None else BEFORE_ALL
