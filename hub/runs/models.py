"""Tables of pulling: runs and events, the lease, cursors, what is known of each record."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey

ACTIVE = ("queued", "running")
STATES = (*ACTIVE, "succeeded", "succeeded_with_warnings", "failed", "abandoned", "cancelled")


class Run(Base):
    """One pull of one source. At most one is active per source.

    counts: {"fetched", "new", "unchanged", "superseded", "rejected", "ignored", "statements",
    "voided"}, in records but for the last two. A run is only a success when its numbers add up.
    """

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint(f"state in {STATES!r}", name="known_state"),
        Index(
            "uq_run_active",
            "source_id",
            unique=True,
            sqlite_where=text("state IN ('queued', 'running')"),
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), index=True)
    state: Mapped[str] = mapped_column(default="queued")
    full: Mapped[bool] = mapped_column(default=False)
    """Read everything again instead of what changed."""
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    message: Mapped[str] = mapped_column(default="")
    hint: Mapped[str] = mapped_column(default="")


class RunEvent(Base):
    """What happened in a run, in order. Append-only; written in the transaction that it reports."""

    __tablename__ = "run_event"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]


class Lease(Base):
    """Who may write for a source. fence rises with every holder; expires_at is database time."""

    __tablename__ = "lease"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    holder: Mapped[str | None]
    fence: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]


class Cursor(Base):
    """How far a stream of a source has been read.

    seen_until is the newest modification time of the last finished read. While a read is under
    way, reading_since (None: everything), resume and newest say where it stands.
    """

    __tablename__ = "cursor"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    seen_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    """When the last finished read began."""
    run_id: Mapped[UUID | None]
    """The run whose read is under way; a broken run hands it to the next."""
    reading_since: Mapped[datetime | None]
    resume: Mapped[Any | None] = mapped_column(JSON)
    newest: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]


class SourceRecord(Base):
    """The last state of a record that was taken in."""

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("source_id", "stream", "record_key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    source_id: Mapped[UUID]
    stream: Mapped[str]
    record_key: Mapped[str]
    digest: Mapped[str]
    modified_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Fact(Base):
    """One fact that a record states, and the statement that says so now.

    version rises when the digest of the fact changes. statement_id is None while the source does
    not state the fact (any more). observed_at is when it was first seen in this version: the
    timestamp where the source gives none.
    """

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("record_id", "name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("source_record.id"))
    name: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    statement_id: Mapped[UUID | None]
    observed_at: Mapped[datetime]
