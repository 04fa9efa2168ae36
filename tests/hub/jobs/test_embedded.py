"""The worker inside the server: it starts, beats, works, survives a bad duty, and stops."""

import threading

import pytest
from sqlalchemy import select

from hub.jobs import alone, bell
from hub.jobs.duties import Duties
from hub.jobs.models import Worker
from hub.jobs.worker import EmbeddedWorker, workers_alive


def alive(hub):
    with hub.database.reading() as session:
        return workers_alive(session)


@pytest.fixture
def worker_with(hub):
    """Starts a worker with these duties; all are stopped in the end."""
    workers = []

    def start(**by_name):
        duties = Duties()
        for name, duty in by_name.items():
            duties.register(name, duty)
        worker = EmbeddedWorker(hub, duties)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()


def test_it_beats_while_it_runs_and_is_gone_when_it_stopped(hub, worker_with):
    worked = threading.Event()

    def duty(_hub):
        if alive(hub):
            worked.set()
        return False

    worker = worker_with(work=duty)
    assert worked.wait(20)
    with hub.database.reading() as session:
        assert session.scalars(select(Worker.kind)).all() == ["embedded"]
    worker.stop()
    assert alive(hub) == 0


def test_a_ring_wakes_it_at_once_and_it_works_until_nothing_is_left(hub, worker_with):
    left = [True, True, True]
    empty = threading.Event()

    def duty(_hub):
        if left:
            left.pop()
            return True
        empty.set()
        return False

    worker_with(work=duty)
    assert empty.wait(20)
    empty.clear()
    left.append(True)
    bell.ring()
    assert empty.wait(20)
    assert left == []


def test_a_duty_that_fails_is_tried_again_and_hurts_no_other(hub, worker_with):
    tries = []
    again = threading.Event()

    def bad(_hub):
        tries.append(1)
        if len(tries) > 1:
            again.set()
        raise ZeroDivisionError

    worker_with(bad=bad)
    bell.ring()
    assert again.wait(20)


def test_two_duties_of_one_name_are_refused():
    duties = Duties()
    duties.register("work", lambda _hub: False)
    with pytest.raises(ValueError, match="registered already"):
        duties.register("work", lambda _hub: False)
    assert duties.without("work").by_name == {}


def test_one_process_holds_a_hub(tmp_path):
    with alone.held(tmp_path), pytest.raises(alone.HubHeld):
        alone.hold(tmp_path)
    with alone.held(tmp_path):
        pass
