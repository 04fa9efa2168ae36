"""The doorbell: tells workers that there is work. It carries a run id at the most."""

from uuid import UUID

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from hub.extensions import Hub
from hub.jobs import bell

QUEUE = "hub"
JOB = "hub.jobs.rq_jobs.execute_run"
"""The only function that a worker carries out."""


def ring(hub: Hub | None = None, run_id: UUID | None = None) -> None:
    """Say that there is work: by Redis where it is configured, else within this process.

    Losing the ring loses nothing: workers look into the database by themselves.
    """
    bell.ring()
    if hub is not None and run_id is not None and hub.settings.redis_url:
        with Redis.from_url(hub.settings.redis_url) as connection:
            Queue(QUEUE, connection=connection, serializer=JSONSerializer).enqueue(
                JOB, str(run_id), job_timeout=-1, result_ttl=0
            )
