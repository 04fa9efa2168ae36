"""The table of workers that are alive."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Worker(Base):
    """A process that carries out jobs, and when it was last heard of (database time)."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
