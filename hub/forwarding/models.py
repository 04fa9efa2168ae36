"""Tables of forwarders, and of statements that the other side did not take."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Forwarder(Base):
    """Another LRS that new statements are sent to, and how far that has come.

    config holds the open fields of hub.forwarding.schemas as JSON, secret the encrypted password.
    position is the seq of the last statement that is done with: accepted over there, listed as a
    dead letter, or not chosen by the filter. Instants are the database's, where they are compared.
    """

    __tablename__ = "forwarder"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    config: Mapped[dict[str, Any]]
    secret: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger)
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many statements the other side took; a repeated one counts again."""
    batch_limit: Mapped[int]
    """Most statements in one request: halved when the other side finds a request too large."""
    refused_in_a_row: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(default="")
    """The last error, in words for an admin; kept after it has passed."""
    hint: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    """Failed tries since the last success."""
    next_try_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    """Set when no try helps before an admin has changed something."""
    holder: Mapped[str | None]
    fence: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]


class DeadLetter(Base):
    """A statement that the other side refused, too large for it, or there already and different.

    message is the other system's answer. again: an admin asked to send it once more.
    """

    __tablename__ = "dead_letter"
    __table_args__ = (UniqueConstraint("forwarder_id", "seq"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    forwarder_id: Mapped[UUID] = mapped_column(ForeignKey("forwarder.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    statement_id: Mapped[UUID]
    kind: Mapped[str]
    message: Mapped[str]
    at: Mapped[datetime]
    again: Mapped[bool] = mapped_column(default=False)
