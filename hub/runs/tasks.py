"""The duties of this room: carry out queued runs, and give runs of dead workers a successor."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.database import database_now
from hub.extensions import Hub
from hub.jobs import bell
from hub.jobs.queue import ring
from hub.runs import lease, service
from hub.runs.models import Lease, Run
from hub.runs.pull import execute, holder_of

log = structlog.get_logger()

RING_AGAIN_AFTER = timedelta(seconds=60)
DEFECT_MESSAGE = "The run stopped because of a defect of the hub."
DEFECT_HINT = "Nothing that was stored is lost. The log has the details; please report it."


def execute_safely(hub: Hub, run_id: UUID) -> None:
    """Carry out a run; a defect ends it as failed with a sentence, never silently."""
    try:
        execute(hub, run_id, after_page=bell.ring)
    except Exception:
        log.exception("run_failed", run_id=str(run_id))
        with hub.database.transaction() as session:
            run = service.get_run(session, run_id)
            held = session.get(Lease, run.source_id)
            if held is not None and held.holder == holder_of(run_id):
                service.end(session, run_id, "failed", DEFECT_MESSAGE, DEFECT_HINT)
                held.holder = held.expires_at = None


def carry_out_next(hub: Hub) -> bool:
    """Carry out the run that has waited longest. Returns whether there was one."""
    with hub.database.reading() as session:
        run_id = service.next_queued(session)
    if run_id is None:
        return False
    execute_safely(hub, run_id)
    return True


def recover(hub: Hub) -> bool:
    """Queue successors for runs whose worker is dead, and ring again for what nobody took.

    Returns whether there were any of the first kind.
    """
    with hub.database.reading() as session:
        dead, forgotten = _dead(session), _forgotten(session)
    for run_id in forgotten:
        ring(hub, run_id)
    successors: list[UUID] = []
    for source_id in dead:
        with hub.database.transaction() as session:
            if lease.take_from_dead(session, source_id):
                successors += service.requeue_interrupted(session, source_id)
    for run_id in successors:
        ring(hub, run_id)
    return bool(successors)


def _dead(session: Session) -> list[UUID]:
    """Sources with a running run that nobody holds the lease of any more."""
    return list(
        session.scalars(
            select(Run.source_id)
            .join(Lease, Lease.source_id == Run.source_id)
            .where(Run.state == "running", lease.is_free(database_now(session)))
        )
    )


def _forgotten(session: Session) -> list[UUID]:
    """Runs that have waited for so long that their ring must have been lost."""
    before = clock.now() - RING_AGAIN_AFTER
    return list(
        session.scalars(select(Run.id).where(Run.state == "queued", Run.requested_at < before))
    )


def start_alone(hub: Hub) -> None:
    """What a process does first that knows itself to be the only one (SQLite): nobody else can be
    holding a lease, so interrupted runs go on at once.
    """
    with hub.database.transaction() as session:
        lease.forget_holders(session)
        service.requeue_interrupted(session)
