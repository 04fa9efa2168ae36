"""RQ beside the database: a worker that carries out one function only, by run id."""

from collections.abc import Callable
from uuid import UUID

from redis import Redis
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from hub.errors import Invalid
from hub.extensions import Hub
from hub.jobs.queue import JOB, QUEUE

_carry_out: Callable[[UUID], None] | None = None


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

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        if job.func_name != JOB:
            self.handle_job_failure(job, queue, exc_string=f"{job.func_name} is not allowed here")
            return False
        return super().perform_job(job, queue, execution)


def work(hub: Hub, *, burst: bool = False) -> None:
    """Work until told to stop. Raises Invalid without HUB_REDIS_URL."""
    if not hub.settings.redis_url:
        raise Invalid(
            "There is no queue: HUB_REDIS_URL is not set.",
            hint="Without Redis, `hub serve` carries out pulls in its own threads.",
        )
    connection = Redis.from_url(hub.settings.redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    OneJobWorker([queue], connection=connection, serializer=JSONSerializer).work(burst=burst)
