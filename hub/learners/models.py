"""Tables of people and the names by which systems know them. Links have a history."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Learner(Base):
    """One human. A merged learner points to the one that it became part of."""

    __tablename__ = "learner"
    __table_args__ = (
        CheckConstraint("status in ('active', 'merged', 'erased')", name="known_status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active")
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("learner.id"))
    created_at: Mapped[datetime]


class Identifier(Base):
    """A name of a person in one scope. scope and canonical are compared, raw is shown."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("kind", "scope", "canonical"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    kind: Mapped[str]
    scope: Mapped[str]
    canonical: Mapped[str]
    raw: Mapped[str]
    created_at: Mapped[datetime]


class Link(Base):
    """An identifier belonged to a learner from one instant to another; one open row at most."""

    __tablename__ = "link"
    __table_args__ = (
        Index(
            "uq_link_open",
            "identifier_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    identifier_id: Mapped[int] = mapped_column(ForeignKey("identifier.id"))
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), index=True)
    rule: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("identity_event.id"))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class IdentityEvent(Base):
    """A change of who is who, with what is needed to reverse it. Append-only."""

    __tablename__ = "identity_event"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]]
    once: Mapped[str | None] = mapped_column(unique=True)
    """A key for events that are written once however often they are found, such as conflicts."""


class SourceAccount(Base):
    """A user record of a source: which identifier it is, its name there, whether it is active."""

    __tablename__ = "source_account"

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    identifier_id: Mapped[int] = mapped_column(ForeignKey("identifier.id"), index=True)
    name: Mapped[str | None]
    active: Mapped[bool]
