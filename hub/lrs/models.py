"""Tables of the learning record store: statements as received, beside columns to find them by.

Their keys to other tables are not declared as foreign keys: only the store writes them, and
checking each one would cost a look-up per row.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Actor(Base):
    """An agent or identified group by its inverse functional identifier (hub.lrs.prepare.ifi_text).

    identifier_id is the canonical name that learners are resolved by; None while no person acts
    under it.
    """

    __tablename__ = "actor"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    ifi: Mapped[str] = mapped_column(unique=True)
    identifier_id: Mapped[int | None] = mapped_column(ForeignKey("identifier.id"), index=True)


class Verb(Base):
    """A verb by its IRI (a long one shortened: hub.findable), and the merged display as JSON.

    display is None while none was given.
    """

    __tablename__ = "verb"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    iri: Mapped[str] = mapped_column(unique=True)
    display: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuthorityRow(Base):
    """On whose word statements are stored: "vendor:<id>", "source:<id>", "hub"."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)


class Statement(Base):
    """One statement. payload is the JSON as returned to clients (hub.lrs.payload).

    seq is the order of storing, and of becoming visible. fact_id and version tell which fact of
    which source it states; NULL for pushed statements. actor_id is the person who acts, None for
    groups and voidings; activity_id is None when the object is no activity. target_id is the id of
    the statement that the object refers to.
    """

    __tablename__ = "statement"
    __table_args__ = (
        Index("ix_statement_actor_activity", "actor_id", "activity_id"),
        Index(
            "ix_statement_target_id",
            "target_id",
            sqlite_where=text("target_id IS NOT NULL"),
            postgresql_where=text("target_id IS NOT NULL"),
        ),
        Index(
            "ix_statement_fact_id",
            "fact_id",
            sqlite_where=text("fact_id IS NOT NULL"),
            postgresql_where=text("fact_id IS NOT NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True)
    stored: Mapped[datetime] = mapped_column(index=True)
    timestamp: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    verb_id: Mapped[int] = mapped_column(BigKey)
    activity_id: Mapped[int | None] = mapped_column(BigKey)
    registration: Mapped[UUID | None]
    target_id: Mapped[UUID | None]
    authority_id: Mapped[int] = mapped_column(BigKey)
    voided: Mapped[bool] = mapped_column(default=False)
    voids_any: Mapped[bool] = mapped_column(default=False)
    """Of a voiding: its authority may void what others stored, also what arrives later."""
    fact_id: Mapped[int | None] = mapped_column(BigKey)
    version: Mapped[int | None]
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class StatementKey(Base):
    """What a statement itself is found by: one range of rows per filter, in the order of storing.

    kind is a hub.lrs.keys.Kind; key is the id of an actor, verb or activity, or the hash of a
    registration.
    """

    __tablename__ = "statement_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by the declarative base

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)


class ReferenceKey(Base):
    """What a statement is found by because it refers, directly or not, to the statement *via*."""

    __tablename__ = "reference_key"
    __table_args__ = (
        Index("ix_reference_key_via", "via"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    via: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
