"""The table of what was set aside."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Rejection(Base):
    """A record of a source that could not be taken in: one row per record and reason.

    payload is the raw record, encrypted. state: "open", "fixed" (the record passed later) or
    "ignored".
    """

    __tablename__ = "rejection"
    __table_args__ = (UniqueConstraint("source_id", "stream", "record_key", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source_id: Mapped[UUID] = mapped_column(index=True)
    stream: Mapped[str]
    record_key: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    hint: Mapped[str]
    pointer: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="open")
    times: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
