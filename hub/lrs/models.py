"""Tables of the learning record store: statements as received, beside columns to find them by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Actor(Base):
    """An agent or identified group by its inverse functional identifier.

    identifier_id is the canonical name that learners are resolved by; None while no person acts
    under it.
    """

    __tablename__ = "actor"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ifi: Mapped[str] = mapped_column(unique=True)
    identifier_id: Mapped[int | None] = mapped_column(ForeignKey("identifier.id"), index=True)


class Verb(Base):
    """A verb's IRI as it came, and the merged display as JSON; None while none was given."""

    __tablename__ = "verb"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    iri: Mapped[str] = mapped_column(unique=True)
    display: Mapped[bytes | None] = mapped_column(LargeBinary)


class Statement(Base):
    """One statement. payload is the JSON as returned to clients, in UTF-8.

    seq is the order of storing. digest is the standard's equality (16 bytes). fact_id and version
    tell which fact of which source it states; NULL for pushed statements. actor_id is the person
    who acts, None for groups and voidings; activity_id is None when the object is no activity.
    target_id is the id of the statement that the object refers to.
    """

    __tablename__ = "statement"
    __table_args__ = (
        Index("ix_statement_actor_seq", "actor_id", "seq"),
        Index("ix_statement_activity_seq", "activity_id", "seq"),
        Index("ix_statement_verb_seq", "verb_id", "seq"),
        Index("ix_statement_registration_seq", "registration", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    stored: Mapped[datetime] = mapped_column(index=True)
    timestamp: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"))
    verb_id: Mapped[int] = mapped_column(ForeignKey("verb.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    registration: Mapped[UUID | None]
    target_id: Mapped[UUID | None] = mapped_column(index=True)
    authority: Mapped[str]
    """Who stored it: "vendor:<id>" or "source:<id>"."""
    voided: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    fact_id: Mapped[int | None] = mapped_column(index=True)
    version: Mapped[int | None]
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class StatementAgent(Base):
    """Every agent that the `agent` filter of a query matches a statement by."""

    __tablename__ = "statement_agent"

    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("statement.seq"), primary_key=True)
