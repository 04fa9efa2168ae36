"""The duty of this room: project touched keys."""

import time

from hub.extensions import Hub
from hub.progress.projector import project_some
from hub.progress.waiting import anything_waits

GATHER_SECONDS = 0.1
"""After a round of few keys: many at once cost little more than one."""
FEW_KEYS = 100
GIVE_WAY = 4.0
"""While others write, this many times as long as the last round took: who stores comes first."""


def project_waiting(hub: Hub) -> bool:
    """Project some touched keys. Returns whether any were waiting."""
    with hub.database.reading() as session:
        if not anything_waits(session):
            return False
    began = time.monotonic()
    projected = project_some(hub.database)
    took = time.monotonic() - began
    rest = GIVE_WAY * took if hub.database.writers else 0.0
    time.sleep(max(rest, GATHER_SECONDS if projected < FEW_KEYS else 0.0))
    return projected > 0
