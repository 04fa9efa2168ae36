"""The embedded worker: a thread per duty, and a heartbeat that others can see.

Threads start after any fork, in the process that answers requests.
"""

import os
import socket
import threading
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from hub.database import database_now, upsert
from hub.extensions import Hub
from hub.jobs import bell
from hub.jobs.duties import Duties, Duty
from hub.jobs.models import Worker

LOOK_EVERY_SECONDS = 1.0
BEAT_EVERY_SECONDS = 5.0
ALIVE_FOR = timedelta(seconds=20)
"""A worker that has been silent for longer is taken for dead."""

log = structlog.get_logger()


class EmbeddedWorker:
    """Carries out duties in threads of this process until it is stopped."""

    def __init__(self, hub: Hub, duties: Duties) -> None:
        self._hub = hub
        self._duties = duties
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.name = f"{socket.gethostname()}:{os.getpid()}"

    def start(self) -> None:
        """Start the threads."""
        for name, duty in self._duties.by_name.items():
            self._spawn(name, self._carry_out, name, duty)
        self._spawn("heartbeat", self._beat)

    def _spawn(self, name: str, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the threads to end and wait for them, in seconds."""
        self._stopping.set()
        bell.ring()
        for thread in self._threads:
            thread.join(timeout)

    def _carry_out(self, name: str, duty: Duty) -> None:
        rung = bell.listen(name)
        try:
            while not self._stopping.is_set():
                rung.clear()
                if not self._once(name, duty):
                    rung.wait(LOOK_EVERY_SECONDS)
        finally:
            bell.unlisten(rung)

    def _once(self, name: str, duty: Duty) -> bool:
        try:
            return duty(self._hub)
        except Exception:
            log.exception("duty_failed", duty=name)
            return False

    def _beat(self) -> None:
        while True:
            try:
                with self._hub.database.transaction() as session:
                    note_alive(session, self.name, kind="embedded")
            except SQLAlchemyError as error:  # it may be back at the next beat
                log.warning("worker_not_noted", reason=type(error).__name__)
            if self._stopping.wait(BEAT_EVERY_SECONDS):
                break
        with self._hub.database.transaction() as session:
            forget_worker(session, self.name)


def note_alive(session: Session, name: str, *, kind: str) -> None:
    """Record that a worker is alive, by the database's clock."""
    now = database_now(session)
    row = {"name": name, "kind": kind, "started_at": now, "seen_at": now}
    known = session.get(Worker, name)
    if known is not None:
        row["started_at"] = known.started_at
    upsert(session, Worker, row, unique=("name",))


def worker_kind(settings: Settings) -> str:
    """The kind of worker that carries out pulls in this deployment."""
    return "rq" if settings.queue_url else "embedded"


def forget_worker(session: Session, name: str) -> None:
    """It has stopped."""
    session.execute(delete(Worker).where(Worker.name == name))


def workers_alive(session: Session, *, kind: str | None = None) -> int:
    """How many workers, of this kind or of any, were heard of lately."""
    query = select(func.count()).select_from(Worker)
    query = query.where(Worker.seen_at >= database_now(session) - ALIVE_FOR)
    if kind is not None:
        query = query.where(Worker.kind == kind)
    return session.scalars(query).one()
