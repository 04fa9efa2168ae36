"""The one row that makes this deployment different from every other: its random namespace."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub import clock
from hub.database import Base
from hub.errors import Conflict


class Deployment(Base):
    """Exactly one row. The namespace is part of every statement id and never changes."""

    __tablename__ = "deployment"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    namespace: Mapped[UUID]
    created_at: Mapped[datetime]


def found_deployment(session: Session) -> Deployment:
    """Create the row unless it is there; returns it."""
    deployment = session.get(Deployment, 1)
    if deployment is None:
        deployment = Deployment(id=1, namespace=uuid4(), created_at=clock.now())
        session.add(deployment)
        session.flush()
    return deployment


def namespace_of(session: Session) -> UUID:
    """The namespace of statement ids. Raises Conflict before `hub init`."""
    deployment = session.get(Deployment, 1)
    if deployment is None:
        raise Conflict("This hub has no deployment record.", hint="Run `hub init` once.")
    return deployment.namespace
