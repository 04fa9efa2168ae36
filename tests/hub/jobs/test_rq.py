"""Redis only rings: hub worker carries out the run that the database holds, and nothing else."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, update

from hub import clock
from hub.errors import Invalid
from hub.extensions import Hub
from hub.jobs.queue import JOB, QUEUE, ring
from hub.jobs.rq_jobs import on_run, work
from hub.jobs.worker import workers_alive
from hub.keyring import create_keyring
from hub.progress.models import Progress
from hub.runs.models import Lease, Run
from hub.runs.service import get_run, request_run
from hub.runs.tasks import execute_safely, recover
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay
from tests.hub.pulling import add
from tests.hub.runs.scripted import attendance

POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
pytestmark = POSTGRESQL


@pytest.fixture
def rung(hub, redis_url) -> Hub:
    """The hub with Redis."""
    return replace(hub, settings=replace(hub.settings, redis_url=redis_url))


def queue(redis_url):
    return Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer)


def request(hub, source_id):
    with hub.database.transaction() as session:
        return request_run(session, source_id, full=False, requested_by="test").id


def state_of(hub, run_id):
    with hub.database.reading() as session:
        return get_run(session, run_id).state


def burst(hub):
    """Everything that is rung is done, as `hub worker` does it."""
    on_run(lambda run_id: execute_safely(hub, run_id))
    work(hub, between=recover, burst=True)


def test_a_rung_run_is_carried_out(rung, redis_url, script, source_id, stored):
    script.pages = [[attendance("attended")]]
    run_id = request(rung, source_id)
    ring(rung, run_id)
    job = queue(redis_url).jobs[0]
    assert (job.func_name, list(job.args)) == (JOB, [str(run_id)])

    burst(rung)
    assert state_of(rung, run_id) == "succeeded"
    assert stored() == [("attended", False)]
    assert queue(redis_url).count == 0


def test_ringing_twice_is_ringing_once_and_again_later_is_allowed(
    rung, redis_url, script, source_id
):
    run_id = request(rung, source_id)
    ring(rung, run_id)
    ring(rung, run_id)
    assert queue(redis_url).count == 1
    burst(rung)
    ring(rung, run_id)
    assert queue(redis_url).count == 1


def test_any_other_function_is_refused(rung, redis_url, tmp_path):
    witness = tmp_path / "witness"
    queue(redis_url).enqueue("os.system", f"touch {witness}")
    queue(redis_url).enqueue("pathlib.Path.touch", str(witness))
    burst(rung)
    assert not witness.exists()
    assert queue(redis_url).count == 0


def test_a_lost_ring_is_repeated(rung, redis_url, script, source_id):
    run_id = request(rung, source_id)
    recover(rung)
    assert queue(redis_url).count == 0
    with rung.database.transaction() as session:
        session.execute(update(Run).values(requested_at=clock.now() - timedelta(minutes=2)))
    recover(rung)
    recover(rung)
    assert queue(redis_url).count == 1
    burst(rung)
    assert state_of(rung, run_id) == "succeeded"


def test_a_run_of_a_dead_worker_is_rung_for_its_successor(rung, redis_url, script, source_id):
    script.pages = [KeyboardInterrupt()]
    run_id = request(rung, source_id)
    with pytest.raises(KeyboardInterrupt):
        execute_safely(rung, run_id)
    with rung.database.transaction() as session:
        session.execute(update(Lease).values(expires_at=clock.now() - timedelta(hours=1)))
    script.pages = []
    assert recover(rung) is True
    burst(rung)
    assert state_of(rung, run_id) == "abandoned"
    with rung.database.reading() as session:
        states = session.scalars(select(Run.state)).all()
    assert sorted(states) == ["abandoned", "succeeded"]


def test_without_redis_a_pull_is_asked_for_all_the_same(hub, script, source_id):
    gone = replace(hub, settings=replace(hub.settings, redis_url="redis://127.0.0.1:1/0"))
    run_id = request(gone, source_id)
    ring(gone, run_id)
    assert state_of(gone, run_id) == "queued"
    with pytest.raises(Invalid, match="Redis does not answer"):
        work(gone, between=recover)
    with pytest.raises(Invalid, match="HUB_REDIS_URL is not set"):
        work(hub, between=recover)


def test_hub_worker_pulls_a_real_source_and_brings_progress_up_to_date(rung, redis_url, tmp_path):
    keyring = create_keyring(tmp_path / "keys.json")
    mine = replace(rung, keyring=keyring)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("HUB_")}
    environment |= {
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_DATABASE_URL": rung.settings.database_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    with serve_replay(recording()) as address:
        source_id = add(mine, "moodle", "academy", base_url=address, token=TOKEN)
        run_id = request(mine, source_id)
        ring(mine, run_id)
        worker = subprocess.Popen([sys.executable, "-m", "hub.cli", "worker"], env=environment)
        try:
            end = time.monotonic() + 60
            while not _finished(mine, run_id) and time.monotonic() < end:
                time.sleep(0.1)
            with mine.database.reading() as session:
                assert workers_alive(session, kind="rq") == 1
        finally:
            worker.terminate()
            assert worker.wait(30) == 0
    assert state_of(mine, run_id) == "succeeded"
    with mine.database.reading() as session:
        assert workers_alive(session) == 0


def _finished(hub, run_id):
    with hub.database.reading() as session:
        shown = session.scalars(select(Progress.learner_id).limit(1)).first()
    return shown is not None and state_of(hub, run_id) == "succeeded"
