"""The append-only list of (learner, course) keys whose evidence has changed.

Rooms below the projector write here; only the projector reads and clears it. Appending in the same
transaction as the change means that a crash loses neither or both.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, Session, mapped_column

from hub import clock
from hub.bulk import insert_many
from hub.database import Base, BigKey


class Touched(Base):
    """One key that must be projected again. An id is never given twice."""

    __tablename__ = "touched"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by the declarative base

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    learner_id: Mapped[UUID]
    course_id: Mapped[UUID]
    at: Mapped[datetime]


def touch(session: Session, keys: Iterable[tuple[UUID, UUID]]) -> None:
    """Append (learner id, course id) keys; doubles within one call are written once."""
    at = clock.now()
    rows = [(learner, course, at) for learner, course in dict.fromkeys(keys)]
    insert_many(session, Touched, ("learner_id", "course_id", "at"), rows)
