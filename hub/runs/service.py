"""Asks for runs, finds them, and tells what happened in them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub import clock
from hub.database import database_now
from hub.errors import NotFound
from hub.runs.counts import Counts
from hub.runs.lease import is_free
from hub.runs.models import ACTIVE, Lease, Run, RunEvent

ABANDONED = "The worker stopped in the middle; the next run went on from there."


def active_run(session: Session, source_id: UUID) -> Run | None:
    """The queued or running run of a source, or None."""
    return session.scalars(
        select(Run).where(Run.source_id == source_id, Run.state.in_(ACTIVE))
    ).one_or_none()


def request_run(session: Session, source_id: UUID, *, full: bool, requested_by: str) -> Run:
    """The active run of the source; a new one is queued when there is none.

    Two who ask at once get the same run. A run that is still waiting reads everything as soon as
    one of them asks for that.
    """
    run = active_run(session, source_id)
    if run is not None:
        if full and run.state == "queued":
            run.full = True
            session.flush()
        return run
    run = Run(
        id=uuid4(),
        source_id=source_id,
        state="queued",
        full=full,
        requested_by=requested_by,
        requested_at=clock.now(),
        counts=Counts().as_json(),
        message="",
        hint="",
    )
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError:
        other = active_run(session, source_id)
        if other is None:
            raise
        return other
    tell(session, run.id, "queued", by=requested_by)
    return run


def get_run(session: Session, run_id: UUID) -> Run:
    """The run. Raises NotFound."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound("There is no such run.")
    return run


def list_runs(session: Session, source_id: UUID, limit: int = 20) -> list[Run]:
    """The newest runs of a source, newest first."""
    return list(
        session.scalars(
            select(Run)
            .where(Run.source_id == source_id)
            .order_by(Run.requested_at.desc(), Run.id)
            .limit(limit)
        )
    )


def next_queued(session: Session) -> UUID | None:
    """The run that has waited longest and that nobody else is in the way of, or None."""
    return session.scalars(
        select(Run.id)
        .outerjoin(Lease, Lease.source_id == Run.source_id)
        .where(
            Run.state == "queued",
            or_(Lease.source_id.is_(None), is_free(database_now(session))),
        )
        .order_by(Run.requested_at, Run.id)
        .limit(1)
    ).first()


def start(session: Session, run_id: UUID) -> bool:
    """Mark a queued run as running; False when it is not queued any more."""
    started = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.state == "queued")
        .values(state="running", started_at=clock.now())
        .returning(Run.id)
    ).scalar_one_or_none()
    if started is not None:
        tell(session, run_id, "started")
    return started is not None


def end(session: Session, run_id: UUID, state: str, message: str, hint: str = "") -> bool:
    """Mark an active run as ended; False when it has ended already."""
    ended = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.state.in_(ACTIVE))
        .values(state=state, message=message, hint=hint, ended_at=clock.now())
        .returning(Run.id)
    ).scalar_one_or_none()
    if ended is not None:
        kind = "abandoned" if state == "abandoned" else "ended"
        tell(session, run_id, kind, state=state, message=message, hint=hint)
    return ended is not None


def tell(session: Session, run_id: UUID, kind: str, **data: Any) -> None:
    """Append an event to a run, in the transaction of what it reports."""
    session.add(RunEvent(run_id=run_id, at=clock.now(), kind=kind, data=data))


def events_of(session: Session, run_id: UUID, *, after: int = 0) -> Sequence[RunEvent]:
    """Events of a run in order, from behind the one with this id."""
    return session.scalars(
        select(RunEvent).where(RunEvent.run_id == run_id, RunEvent.id > after).order_by(RunEvent.id)
    ).all()


def requeue_interrupted(session: Session, source_id: UUID | None = None) -> list[UUID]:
    """Mark running runs whose worker is gone as abandoned, and queue a successor for each.

    The caller has made sure that their workers cannot write any more. The successor goes on from
    the cursor.
    """
    query = select(Run).where(Run.state == "running")
    if source_id is not None:
        query = query.where(Run.source_id == source_id)
    successors = []
    for run in session.scalars(query).all():
        if not end(session, run.id, "abandoned", ABANDONED):
            continue
        successor = request_run(
            session, run.source_id, full=run.full, requested_by=f"recovery of {run.id}"
        )
        successors.append(successor.id)
    return successors
