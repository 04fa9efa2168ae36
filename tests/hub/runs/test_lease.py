"""One holder at a time, by the database's clock."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from hub import clock
from hub.runs import lease
from hub.runs.models import Lease


def acquire(hub, source_id, holder="one"):
    with hub.database.transaction() as session:
        return lease.acquire(session, source_id, holder=holder, seconds=3)


def expires_at(hub, source_id):
    with hub.database.reading() as session:
        return session.get(Lease, source_id).expires_at


def run_out(hub):
    with hub.database.transaction() as session:
        session.execute(update(Lease).values(expires_at=clock.now() - timedelta(hours=1)))


def test_only_one_holds_it(hub, source_id):
    assert acquire(hub, source_id) is not None
    assert acquire(hub, source_id, "two") is None
    assert acquire(hub, source_id) is None


def test_the_fence_rises_with_every_holder(hub, source_id):
    first = acquire(hub, source_id)
    with hub.database.transaction() as session:
        lease.release(session, first)
    second = acquire(hub, source_id, "two")
    run_out(hub)
    third = acquire(hub, source_id, "three")

    assert first.number < second.number < third.number


def test_a_holder_that_was_replaced_can_neither_confirm_nor_release(hub, source_id):
    first = acquire(hub, source_id)
    run_out(hub)
    second = acquire(hub, source_id, "two")

    with pytest.raises(lease.LeaseLost), hub.database.transaction() as session:
        lease.confirm(session, first)
    with hub.database.transaction() as session:
        lease.release(session, first)
        lease.confirm(session, second)


def test_a_dead_holder_loses_it_before_anybody_takes_it_over(hub, source_id):
    first = acquire(hub, source_id)
    with hub.database.transaction() as session:
        assert lease.take_from_dead(session, source_id) is False
    run_out(hub)
    with hub.database.transaction() as session:
        assert lease.take_from_dead(session, source_id) is True

    with pytest.raises(lease.LeaseLost), hub.database.transaction() as session:
        lease.confirm(session, first)


def test_a_heartbeat_prolongs_it_while_the_work_lasts(hub, source_id):
    fence = acquire(hub, source_id)
    before = expires_at(hub, source_id)
    until = time.monotonic() + 20
    with lease.kept_alive(hub.database, fence):
        while expires_at(hub, source_id) == before and time.monotonic() < until:
            time.sleep(0.05)
    assert expires_at(hub, source_id) > before
