"""The duties of this room: carry out queued runs, and give runs of dead workers a successor."""

from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub import clock
from hub.database import database_now
from hub.extensions import Hub
from hub.jobs import bell
from hub.runs import lease, service
from hub.runs.models import Lease, Run
from hub.runs.pull import execute

log = structlog.get_logger()

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
            run.state, run.ended_at = "failed", clock.now()
            run.message, run.hint = DEFECT_MESSAGE, DEFECT_HINT
            service.tell(session, run_id, "ended", state="failed", message=DEFECT_MESSAGE)
            held = session.get(Lease, run.source_id)
            if held is not None and (held.holder or "").endswith(str(run_id)):
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
    """Queue successors for running runs whose lease has run out. Returns whether there were any."""
    with hub.database.reading() as session:
        if not _expired(session):
            return False
    with hub.database.transaction() as session:
        successors = [
            run_id
            for source_id in _expired(session)
            for run_id in service.requeue_interrupted(session, source_id)
        ]
    bell.ring()
    return bool(successors)


def _expired(session: Session) -> list[UUID]:
    now = database_now(session)
    return list(
        session.scalars(
            select(Run.source_id)
            .join(Lease, Lease.source_id == Run.source_id)
            .where(
                Run.state == "running",
                or_(Lease.holder.is_(None), Lease.expires_at < now),
            )
        )
    )


def start_alone(hub: Hub) -> None:
    """What a process does first that knows itself to be the only one (SQLite): nobody else can be
    holding a lease, so interrupted runs go on at once.
    """
    with hub.database.transaction() as session:
        lease.forget_holders(session)
        service.requeue_interrupted(session)
