"""The duty of this room: project touched keys."""

import time

from hub.extensions import Hub
from hub.progress.projector import project_some
from hub.progress.waiting import anything_waits

GIVE_WAY_SECONDS = 0.005
"""Between two rounds of a long list, so that those who store and answer come first."""


def project_waiting(hub: Hub) -> bool:
    """Project some touched keys. Returns whether any were waiting."""
    with hub.database.reading() as session:
        if not anything_waits(session):
            return False
    projected = project_some(hub.database)
    time.sleep(GIVE_WAY_SECONDS)
    return projected > 0
