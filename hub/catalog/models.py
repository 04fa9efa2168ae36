"""Tables of courses and of the activities that belong to them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Course(Base):
    """What a learner can complete. One course may be known to several systems."""

    __tablename__ = "course"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str]
    code: Mapped[str | None]
    modality: Mapped[str | None]
    created_at: Mapped[datetime]


class Activity(Base):
    """An activity by the IRI of its own system (a long one shortened: hub.findable).

    parent_id is the activity directly above it.

    kind is a connectors.records.ActivityKind or None while unknown. required: whether the course's
    completion depends on it; None means that no source has said so. declared: a source listed it as
    a part; an activity that was only seen in statements is not.
    """

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    iri: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str | None]
    title: Mapped[str | None]
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("course.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    required: Mapped[bool | None]
    declared: Mapped[bool] = mapped_column(default=False)
    decides: Mapped[bool] = mapped_column(default=False)
    """Of a course: its own system says when it is completed, so that nothing is inferred."""
    position: Mapped[int] = mapped_column(default=0)
    modality: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    location: Mapped[str | None]
    cancelled: Mapped[bool] = mapped_column(default=False)
    definition: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The merged definition as JSON; None while no statement has defined the activity."""
