"""Who may write for a source: holder, fence number and expiry, by the database's clock.

A worker that lost its lease (it was frozen, or thought dead) cannot write: the last statement of
every page asks for the fence and rolls the page back when it is no longer ours.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.database import Database, database_now, insert_ignoring
from hub.runs.models import Lease

log = structlog.get_logger()


class LeaseLost(Exception):
    """Somebody else holds the source now; nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to write for a source, as long as the database agrees."""

    source_id: UUID
    holder: str
    number: int
    seconds: int


def acquire(session: Session, source_id: UUID, *, holder: str, seconds: int) -> Fence | None:
    """Take the lease if it is free or has run out; None when somebody holds it."""
    insert_ignoring(session, Lease, [{"source_id": source_id, "fence": 0}], unique=("source_id",))
    now = database_now(session)
    taken = session.execute(
        update(Lease)
        .where(Lease.source_id == source_id, is_free(now))
        .values(holder=holder, fence=Lease.fence + 1, expires_at=now + timedelta(seconds=seconds))
        .returning(Lease.fence)
    ).scalar_one_or_none()
    return None if taken is None else Fence(source_id, holder, taken, seconds)


def confirm(session: Session, fence: Fence) -> None:
    """Prolong the lease in the caller's transaction. Raises LeaseLost when it is not ours."""
    expires_at = database_now(session) + timedelta(seconds=fence.seconds)
    kept = session.execute(
        update(Lease)
        .where(
            Lease.source_id == fence.source_id,
            Lease.fence == fence.number,
            Lease.holder == fence.holder,
        )
        .values(expires_at=expires_at)
        .returning(Lease.source_id)
    ).scalar_one_or_none()
    if kept is None:
        raise LeaseLost


def release(session: Session, fence: Fence) -> None:
    """Give the lease back; does nothing when it is not ours any more."""
    session.execute(
        update(Lease)
        .where(
            Lease.source_id == fence.source_id,
            Lease.fence == fence.number,
            Lease.holder == fence.holder,
        )
        .values(holder=None, expires_at=None)
    )


def take_from_dead(session: Session, source_id: UUID) -> bool:
    """Take the lease away from a holder that let it run out; whether there was something to take.

    Whoever held it cannot write any more from this moment, even if it wakes up.
    """
    taken = session.execute(
        update(Lease)
        .where(Lease.source_id == source_id, is_free(database_now(session)))
        .values(holder=None, expires_at=None)
        .returning(Lease.source_id)
    ).scalar_one_or_none()
    return taken is not None


def is_free(now: datetime) -> ColumnElement[bool]:
    """The condition that nobody holds a lease at this instant of the database's clock."""
    return or_(Lease.holder.is_(None), Lease.expires_at < now)


def forget_holders(session: Session) -> None:
    """Free every lease. Only for a process that knows itself to be alone (SQLite)."""
    session.execute(update(Lease).values(holder=None, expires_at=None))


@contextmanager
def kept_alive(database: Database, fence: Fence) -> Iterator[None]:
    """Prolong the lease from a thread of its own while the block runs.

    When it is lost the thread ends; the block finds out with its next write.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(fence.seconds / 3):
            try:
                with database.transaction() as session:
                    confirm(session, fence)
            except LeaseLost:
                return
            except SQLAlchemyError as error:  # the database may be back before the lease runs out
                log.warning("lease_not_prolonged", reason=type(error).__name__)

    thread = threading.Thread(target=beat, name=f"lease-{fence.source_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
