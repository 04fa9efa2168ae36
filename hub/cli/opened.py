"""Opens the hub that the settings describe, if it is ready for work; creates nothing."""

from pathlib import Path

from sqlalchemy import make_url

from config import Settings
from hub.app import create_hub
from hub.errors import Conflict
from hub.extensions import Hub
from hub.migrations import pending

FIX = "Run `hub init`."


def missing_database_file(settings: Settings) -> Path | None:
    """Where SQLite's file should be and is not. Merely connecting would create an empty one."""
    if not settings.embedded:
        return None
    path = Path(make_url(settings.effective_database_url).database or "")
    return None if path.exists() else path


def open_hub(settings: Settings) -> Hub:
    """A hub with its keys and an up-to-date database. Raises KeysUnusable or Conflict."""
    hub = create_hub(settings)
    missing = missing_database_file(settings)
    if missing is not None:
        raise Conflict(f"There is no database at {missing}.", hint=FIX)
    if pending(hub.database.engine):
        raise Conflict("The database is empty or older than this hub.", hint=FIX)
    return hub
