"""Only one worker sends for a forwarder at a time: holder, fence and expiry in its row.

By the database's clock. A worker that lost the lease finds out with its next write; what it sent
meanwhile is sent again, which the ids of the statements make harmless.
"""

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from hub.database import database_now
from hub.forwarding.models import Forwarder

HELD_FOR = timedelta(seconds=150)
"""Longer than one request can take (hub.forwarding.client); prolonged before each of them."""


class LeaseLost(Exception):
    """The forwarder was changed, paused or taken over; nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to write for a forwarder, as long as the database agrees."""

    forwarder_id: UUID
    number: int

    @property
    def ours(self) -> tuple[ColumnElement[bool], ...]:
        return (Forwarder.id == self.forwarder_id, Forwarder.fence == self.number)


def is_free(now: Any) -> ColumnElement[bool]:
    """The condition that nobody holds the lease."""
    return or_(Forwarder.holder.is_(None), Forwarder.expires_at < now)


def acquire(session: Session, forwarder_id: UUID) -> Fence | None:
    """Take the lease; None when somebody was faster."""
    now = database_now(session)
    number = session.execute(
        update(Forwarder)
        .where(Forwarder.id == forwarder_id, is_free(now))
        .values(
            holder=f"{socket.gethostname()}:{os.getpid()}",
            fence=Forwarder.fence + 1,
            expires_at=now + HELD_FOR,
            tried_at=now,
        )
        .returning(Forwarder.fence)
    ).scalar_one_or_none()
    return None if number is None else Fence(forwarder_id, number)


def confirm(session: Session, fence: Fence) -> None:
    """Prolong the lease before a request. Raises LeaseLost, also when it was paused meanwhile."""
    kept = session.execute(
        update(Forwarder)
        .where(*fence.ours, Forwarder.paused_at.is_(None))
        .values(expires_at=database_now(session) + HELD_FOR)
        .returning(Forwarder.id)
    ).scalar_one_or_none()
    if kept is None:
        raise LeaseLost


def write(session: Session, fence: Fence, *, release: bool, **values: Any) -> None:
    """Change the row, if the lease is still ours, and give it back. Raises LeaseLost."""
    if release:
        values |= {"holder": None, "expires_at": None}
    kept = session.execute(
        update(Forwarder).where(*fence.ours).values(**values).returning(Forwarder.id)
    ).scalar_one_or_none()
    if kept is None:
        raise LeaseLost


def take_away(forwarder: Forwarder) -> None:
    """Nobody holds it any more: what a worker still has in hand cannot be written."""
    forwarder.fence += 1
    forwarder.holder = forwarder.expires_at = None


def forget_holders(session: Session) -> None:
    """Free every lease. Only for a process that knows itself to be alone (SQLite)."""
    session.execute(update(Forwarder).values(holder=None, expires_at=None))
