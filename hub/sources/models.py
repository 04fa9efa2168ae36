"""The table of configured connectors."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Source(Base):
    """A connector that an admin has configured.

    config holds the open fields as JSON. secrets maps each secret field to its encrypted value.
    last_check is the outcome of the newest check as shown to an admin.
    """

    __tablename__ = "source"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    connector: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    config: Mapped[dict[str, Any]]
    secrets: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    last_check: Mapped[dict[str, Any] | None]
