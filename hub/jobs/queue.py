"""The doorbell: tells workers that there is work. It carries a run id at the most."""

from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from hub.extensions import Hub
from hub.jobs import bell

QUEUE = "hub"
JOB = "hub.jobs.rq_jobs.execute_run"
"""The only function that a worker carries out."""
FORGET_FAILED_SECONDS = 60
"""Until then a job that failed keeps its run from being rung again."""

log = structlog.get_logger()


def ring(hub: Hub | None = None, run_id: UUID | None = None) -> None:
    """Say that there is work in this process; and that a run waits, by Redis if it is configured.

    Losing the ring loses nothing: the run waits in the database, and workers ring again.
    """
    bell.ring()
    if hub is None or run_id is None or not hub.settings.queue_url:
        return
    try:
        with Redis.from_url(hub.settings.queue_url) as connection:
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            queue.enqueue(
                JOB,
                str(run_id),
                job_id=f"run-{run_id}",
                unique=True,
                job_timeout=-1,
                result_ttl=0,
                failure_ttl=FORGET_FAILED_SECONDS,
            )
    except DuplicateJobError:
        log.debug("rung_already", run_id=str(run_id))
    except RedisError as error:
        log.warning("not_rung", run_id=str(run_id), reason=str(error))
