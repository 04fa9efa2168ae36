"""The duty of this room: project touched keys."""

from hub.extensions import Hub
from hub.progress.projector import project_some
from hub.progress.waiting import anything_waits


def project_waiting(hub: Hub) -> bool:
    """Project some touched keys. Returns whether any were waiting."""
    with hub.database.reading() as session:
        if not anything_waits(session):
            return False
    return project_some(hub.database) > 0
