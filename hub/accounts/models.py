"""Tables of people who sign in, machines that hold keys, and what they did."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey

ROLES = ("admin", "reporting", "learner")


class User(Base):
    """A person who signs in. email is canonical and unique."""

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint(f"role in {ROLES!r}", name="known_role"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class ApiToken(Base):
    """A reporting tool's bearer token; only a keyed hash of it is kept."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    """The part of the token that finds this row; not secret."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Vendor(Base):
    """An LMS vendor that pushes statements with Basic credentials (key and secret).

    intake: "strict" (a bad statement refuses its whole request) or "set-aside" (it is kept apart,
    the rest is stored). lenient: what older clients do beside the standard is no error, namely
    parameters that it does not know, and new profiles without preconditions in 1.0.3.
    """

    __tablename__ = "vendor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    intake: Mapped[str] = mapped_column(default="strict", server_default="strict")
    lenient: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what, and when. Append-only."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    detail: Mapped[dict[str, Any]]
