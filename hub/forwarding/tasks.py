"""The duty of this room: one turn of the forwarder that was looked at longest ago."""

from datetime import timedelta

import structlog

from hub.database import database_now
from hub.extensions import Hub
from hub.forwarding import lease
from hub.forwarding.models import Forwarder
from hub.forwarding.rules import LONGEST_WAIT
from hub.forwarding.turn import carry_out, next_due

log = structlog.get_logger()

DEFECT_MESSAGE = "Sending stopped because of a defect of the hub."
DEFECT_HINT = "Nothing is lost; the hub tries again. The log has the details; please report it."


def forward_next(hub: Hub) -> bool:
    """Send some statements of one forwarder. Returns whether any had something to do."""
    with hub.database.reading() as session:
        due = next_due(session)
    if due is None:
        return False
    try:
        carry_out(hub, due)
    except Exception:
        log.exception("forwarding_failed", forwarder_id=str(due))
        with hub.database.transaction() as session:
            forwarder = session.get(Forwarder, due)
            if forwarder is not None:
                now = database_now(session)
                lease.take_away(forwarder)
                forwarder.failed_at, forwarder.tries = now, forwarder.tries + 1
                forwarder.next_try_at = now + timedelta(seconds=LONGEST_WAIT)
                forwarder.message, forwarder.hint = DEFECT_MESSAGE, DEFECT_HINT
    return True


def start_alone(hub: Hub) -> None:
    """What a process does first that knows itself to be the only one (SQLite): nobody else can be
    holding a lease, so forwarding goes on at once.
    """
    with hub.database.transaction() as session:
        lease.forget_holders(session)
