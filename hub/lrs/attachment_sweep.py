"""Removes files of attachments that nothing refers to, left by an erasure or a crash.

A file is removed only in the turn of the store, while nobody can keep a content, and only when no
row has its name.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.database import Database
from hub.extensions import Hub
from hub.lrs.attachment_models import Attachment
from hub.lrs.attachment_storage import Storage, storage_of
from hub.lrs.turn import take_turn

EVERY = timedelta(hours=6)
WRITTEN_WITHIN = timedelta(hours=1)
"""An unfinished file that is older belongs to a process that is dead."""
_NAMES_PER_QUERY = 400


class Sweeper:
    """The duty: a sweep when the worker starts, and then every few hours."""

    def __init__(self) -> None:
        self._due: datetime | None = None

    def __call__(self, hub: Hub) -> bool:
        """Sweep when it is time. Never asks to be called again at once."""
        now = clock.now()
        if self._due is None or now >= self._due:
            self._due = now + EVERY
            sweep(hub.database, storage_of(hub.settings), now)
        return False


def sweep(database: Database, storage: Storage, now: datetime) -> int:
    """Remove what is left over. Returns how many files."""
    removed = 0
    for path in list(storage.unfinished()):
        if now - _written(path, now) > WRITTEN_WITHIN:
            path.unlink(missing_ok=True)
            removed += 1
    for _, group in groupby(sorted(storage.contents()), key=lambda path: path.parent):
        files = list(group)
        for start in range(0, len(files), _NAMES_PER_QUERY):
            removed += _remove_unnamed(database, files[start : start + _NAMES_PER_QUERY])
    return removed


def _remove_unnamed(database: Database, files: Sequence[Path]) -> int:
    with database.reading() as session:
        suspects = _unnamed(session, files)
    if not suspects:  # as nearly always: then nobody who stores has to wait
        return 0
    with database.transaction() as session:
        take_turn(session)
        left = _unnamed(session, suspects)
        for path in left:
            path.unlink(missing_ok=True)
    return len(left)


def _unnamed(session: Session, files: Sequence[Path]) -> list[Path]:
    by_name = {path.name: path for path in files}
    known = set(session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(by_name))))
    return [path for name, path in by_name.items() if name not in known]


def _written(path: Path, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
    except FileNotFoundError:  # its writer has finished in between
        return now
