"""The table that reports and transcripts are read from. Derived: it can be rebuilt at any time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Progress(Base):
    """What one learner has done in one course.

    score_scaled is -1..1, the other scores are as the source counts; percent is 0..100.

    parts is a list of the course's parts in the same words. sources lists the ids of the sources
    and vendors whose evidence counted. as_of is when the newest evidence was stored.
    """

    __tablename__ = "progress"
    __table_args__ = (Index("ix_progress_updated", "updated_at", "learner_id", "course_id"),)

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learner.id"), primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)
    status: Mapped[str]
    completion: Mapped[bool | None]
    success: Mapped[bool | None]
    score_scaled: Mapped[float | None]
    score_raw: Mapped[float | None]
    score_min: Mapped[float | None]
    score_max: Mapped[float | None]
    percent: Mapped[int]
    registered_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    satisfied_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    attempts: Mapped[int]
    seconds: Mapped[float | None]
    modality: Mapped[str | None]
    last_result: Mapped[str | None]
    flags: Mapped[list[str]]
    sources: Mapped[list[str]]
    parts: Mapped[list[Any]]
    evidence_count: Mapped[int]
    policy_version: Mapped[int]
    as_of: Mapped[datetime | None]
    updated_at: Mapped[datetime]
