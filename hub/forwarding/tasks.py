"""The duty of this room: one turn of the forwarder that was looked at longest ago."""

import time
from datetime import timedelta
from enum import Enum

import structlog

from hub.database import database_now
from hub.extensions import Hub
from hub.forwarding import lease
from hub.forwarding.models import Forwarder
from hub.forwarding.rules import LONGEST_WAIT
from hub.forwarding.turn import carry_out, next_due

log = structlog.get_logger()

REST_SECONDS = 0.2

DEFECT_MESSAGE = "Sending stopped because of a defect of the hub."
DEFECT_HINT = "Nothing is lost; the hub tries again. The log has the details; please report it."


class Found(Enum):
    """How much there was to do."""

    NOTHING = "nothing"
    SOME = "some"
    MUCH = "much"


class Forwarding:
    """The duty as workers have it: unless much waits it rests for a moment after each turn.

    Workers are rung at every commit; under load, statements had better gather into batches.
    """

    def __init__(self, rest: float = REST_SECONDS) -> None:
        self._rest = rest
        self._rests_until = 0.0

    def __call__(self, hub: Hub) -> bool:
        """One turn, unless it rests. Returns whether to be asked again at once."""
        if time.monotonic() < self._rests_until:
            return False
        much = forward_next(hub) is Found.MUCH
        self._rests_until = 0.0 if much else time.monotonic() + self._rest
        return much


def forward_next(hub: Hub) -> Found:
    """Send some statements of one forwarder, if any has something to do."""
    with hub.database.reading() as session:
        due = next_due(session)
    if due is None:
        return Found.NOTHING
    try:
        return Found.MUCH if carry_out(hub, due) else Found.SOME
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
    return Found.SOME


def start_alone(hub: Hub) -> None:
    """What a process does first that knows itself to be the only one (SQLite): nobody else can be
    holding a lease, so forwarding goes on at once.
    """
    with hub.database.transaction() as session:
        lease.forget_holders(session)
