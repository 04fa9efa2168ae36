"""How far each stream has been read, and where a broken read goes on.

The next read begins at the newest modification time seen, less the stream's look-back, and never
later than the moment the last read began. Both ends are inclusive: a record is read twice rather
than missed, and its digest shows that nothing changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connectors.base import Stream
from hub import clock
from hub.runs.models import Cursor, Run


@dataclass(frozen=True, slots=True)
class Reading:
    """A read to be done: since when (None: everything), and from where in it."""

    since: datetime | None
    resume: Any
    newest: datetime | None


def begin_read(session: Session, run: Run, stream: Stream) -> Reading:
    """Where this run starts in a stream; a read that broke is gone on with."""
    cursor = session.get(Cursor, (run.source_id, stream.name))
    if cursor is None:
        cursor = Cursor(source_id=run.source_id, stream=stream.name)
        session.add(cursor)
    if cursor.begun_at is not None and cursor.resume is not None:
        wider = run.full and cursor.reading_since is not None
        if not wider:
            cursor.run_id = run.id
            session.flush()
            return Reading(cursor.reading_since, cursor.resume, cursor.newest)
    since = None
    if cursor.seen_until is not None and not run.full and not stream.snapshot:
        since = cursor.seen_until - stream.look_back
    cursor.run_id, cursor.begun_at = run.id, clock.now()
    cursor.reading_since, cursor.resume, cursor.newest = since, None, None
    session.flush()
    return Reading(since, None, None)


def checkpoint(
    session: Session, run: Run, stream: Stream, *, resume: Any, newest: datetime | None
) -> None:
    """Remember that everything up to *resume* is stored."""
    cursor = session.get_one(Cursor, (run.source_id, stream.name))
    cursor.resume, cursor.newest = resume, newest
    session.flush()


def finish_read(session: Session, run: Run, stream: Stream, *, newest: datetime | None) -> datetime:
    """The stream was read to its end; returns when the read began."""
    cursor = session.get_one(Cursor, (run.source_id, stream.name))
    began = cursor.begun_at or clock.now()
    reached = [moment for moment in (cursor.seen_until, newest) if moment is not None]
    cursor.seen_until = min(max(reached, default=began), began)
    cursor.read_at = began
    cursor.begun_at = cursor.run_id = None
    cursor.reading_since = cursor.resume = cursor.newest = None
    session.flush()
    return began
