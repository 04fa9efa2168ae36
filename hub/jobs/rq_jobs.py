"""RQ beside the database: a worker that carries out one function only, by run id.

Each job runs in a process of its own. The worker itself has no threads (it forks), so it does its
own duties whenever it tells Redis that it is alive: it says so in the database too.
"""

import os
import socket
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from hub.errors import Invalid
from hub.extensions import Hub
from hub.jobs.queue import JOB, QUEUE
from hub.jobs.worker import BEAT_EVERY_SECONDS, forget_worker, note_alive

TTL_SECONDS = 20
"""RQ waits for a job for 15 seconds less than this, and then says that it is alive."""

_carry_out: Callable[[UUID], None] | None = None

log = structlog.get_logger()


def on_run(carry_out: Callable[[UUID], None]) -> None:
    """Say what a rung run id means; done once per process by whoever starts the worker."""
    global _carry_out  # noqa: PLW0603 - RQ finds a job by its import path, so it needs a place
    _carry_out = carry_out


def execute_run(run_id: str) -> None:
    """The one job: carry out the run, if it is still to be done."""
    assert _carry_out is not None
    _carry_out(UUID(run_id))


class OneJobWorker(Worker):
    """Refuses every job but ours: whoever can write to Redis must not run code here."""

    def __init__(self, hub: Hub, between: Callable[[Hub], object], *args: Any, **more: Any) -> None:
        self._hub = hub
        self._between = between
        self._beaten_at = 0.0
        self.alive_as = f"{socket.gethostname()}:{os.getpid()}"
        super().__init__(*args, **more)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Fork for our own job; set any other aside without looking at its function."""
        if job.func_name != JOB:
            log.error("job_refused", function=job.func_name)
            job.delete(remove_from_queue=True)
            return
        super().execute_job(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """In the forked process: the parent's database connections are not ours."""
        self._hub.database.engine.dispose(close=False)
        return super().perform_job(job, queue, execution)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell Redis, and every few seconds the database, that this worker is alive."""
        super().heartbeat(timeout, pipeline)
        if time.monotonic() - self._beaten_at < BEAT_EVERY_SECONDS:
            return
        self._beaten_at = time.monotonic()
        try:
            with self._hub.database.transaction() as session:
                note_alive(session, self.alive_as, kind="rq")
            self._between(self._hub)
        except SQLAlchemyError as error:
            log.warning("worker_not_noted", reason=type(error).__name__)


def work(hub: Hub, *, between: Callable[[Hub], object], burst: bool = False) -> None:
    """Work until told to stop; *between* is called every few seconds.

    Raises Invalid without Redis, or with SQLite, which one process has to itself.
    """
    if hub.settings.embedded:
        raise Invalid(
            "SQLite belongs to one process, so `hub serve` carries out the pulls.",
            hint="Set HUB_DATABASE_URL to PostgreSQL to have workers of their own.",
        )
    if not hub.settings.queue_url:
        raise Invalid(
            "There is no queue: HUB_REDIS_URL is not set.",
            hint="Without Redis, `hub serve` carries out pulls in its own threads.",
        )
    connection = Redis.from_url(hub.settings.queue_url)
    try:
        connection.ping()
    except RedisError as error:
        raise Invalid(
            f"Redis does not answer: “{error}”.",
            hint="Check HUB_REDIS_URL. Nothing is lost: runs wait in the database.",
        ) from error
    worker = OneJobWorker(
        hub,
        between,
        [Queue(QUEUE, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=TTL_SECONDS,
        job_monitoring_interval=round(BEAT_EVERY_SECONDS),
    )
    try:
        worker.work(burst=burst, logging_level="WARNING")
    finally:
        with hub.database.transaction() as session:
            forget_worker(session, worker.alive_as)
