"""One run from request to end: who may write, where a broken read goes on, how it ends."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from connectors.errors import NeedsAttention, Unavailable
from hub import clock
from hub.jobs import bell
from hub.runs import lease, service
from hub.runs.counts import Counts
from hub.runs.models import Cursor, Lease, Run
from hub.runs.pull import execute
from hub.runs.tasks import carry_out_next, execute_safely, recover, start_alone
from tests.hub.pulling import pull
from tests.hub.runs.scripted import NOON, ada, attendance, completion, rejected

ONE_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def request(hub, source_id, *, full=False):
    with hub.database.transaction() as session:
        return service.request_run(session, source_id, full=full, requested_by="test").id


def run_of(hub, run_id):
    with hub.database.reading() as session:
        return service.get_run(session, run_id)


def newest_run(hub, source_id):
    with hub.database.reading() as session:
        return service.list_runs(session, source_id, 1)[0]


def let_run_out(hub, source_id):
    """The lease as it is when its holder has been frozen for too long."""
    with hub.database.transaction() as session:
        long_ago = clock.now() - timedelta(hours=1)
        session.execute(
            update(Lease).where(Lease.source_id == source_id).values(expires_at=long_ago)
        )


def steal(hub, source_id):
    """Another worker takes the source over while the holder is frozen."""
    let_run_out(hub, source_id)
    assert recover(hub)


def test_two_who_ask_at_once_get_the_same_run(hub, source_id):
    assert request(hub, source_id) == request(hub, source_id)


def test_a_waiting_run_reads_everything_as_soon_as_one_asks_for_that(hub, source_id):
    run_id = request(hub, source_id)
    assert request(hub, source_id, full=True) == run_id
    assert run_of(hub, run_id).full


def test_a_worker_that_was_frozen_between_pages_writes_nothing_more(hub, script, source_id, stored):
    script.pages = [
        [attendance("attended", key="1")],
        lambda: steal(hub, source_id),
        [attendance("attended", key="2")],
    ]
    first = request(hub, source_id)
    execute(hub, first)

    assert run_of(hub, first).state == "abandoned"
    assert len(stored()) == 1
    successor = newest_run(hub, source_id)
    assert (successor.state, successor.requested_by) == ("queued", f"recovery of {first}")

    script.pages.pop(1)
    execute(hub, successor.id)
    assert run_of(hub, successor.id).state == "succeeded"
    assert len(stored()) == 2


def test_a_worker_that_was_taken_for_dead_does_not_spoil_the_run_of_its_successor(
    hub, script, source_id, stored
):
    def woken():
        steal(hub, source_id)
        successor = newest_run(hub, source_id).id
        script.pages = [[attendance("attended", key="1")]]
        execute(hub, successor)
        raise ZeroDivisionError

    script.pages = [woken]
    run_id = request(hub, source_id)
    execute_safely(hub, run_id)

    assert run_of(hub, run_id).state == "abandoned"
    assert newest_run(hub, source_id).state == "succeeded"
    assert len(stored()) == 1


def test_an_error_of_the_source_after_the_lease_was_lost_is_nobodys_failure(hub, script, source_id):
    script.pages = [lambda: steal(hub, source_id), Unavailable("Too late.")]
    run_id = request(hub, source_id)
    execute_safely(hub, run_id)

    assert run_of(hub, run_id).state == "abandoned"


def test_a_run_is_carried_out_once_however_often_it_is_rung(hub, script, source_id):
    script.pages = [[attendance("attended")]]
    run_id = request(hub, source_id)
    for _ in range(3):
        execute(hub, run_id)

    assert len(script.asked) == 1
    assert run_of(hub, run_id).counts["fetched"] == 1


def test_two_workers_at_once_carry_it_out_once(hub, script, source_id):
    both = threading.Barrier(2)
    script.pages = [[attendance("attended")]]
    run_id = request(hub, source_id)

    def work():
        both.wait()
        execute(hub, run_id)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(script.asked) == 1
    assert run_of(hub, run_id).state == "succeeded"


def test_a_waiting_run_whose_source_is_held_is_left_alone(hub, script, source_id):
    run_id = request(hub, source_id)
    with hub.database.transaction() as session:
        fence = lease.acquire(session, source_id, holder="somebody", seconds=60)

    assert carry_out_next(hub) is False
    assert run_of(hub, run_id).state == "queued"

    with hub.database.transaction() as session:
        lease.release(session, fence)
    assert carry_out_next(hub) is True
    assert run_of(hub, run_id).state == "succeeded"


def test_a_broken_read_goes_on_behind_the_last_stored_page(hub, script, source_id, stored):
    script.pages = [
        [attendance("attended", key="1")],
        Unavailable("The system is busy.", hint="It is tried again later."),
        [attendance("attended", key="2")],
    ]
    broken = pull(hub, source_id)
    assert (broken.state, broken.message) == ("failed", "The system is busy.")
    assert len(stored()) == 1

    script.pages.pop(1)
    again = pull(hub, source_id)
    assert script.asked == [(None, None), (None, 1)]
    assert again.counts["fetched"] == 1
    assert len(stored()) == 2


def test_a_broken_incremental_read_goes_on_with_the_same_since(hub, script, source_id):
    script.pages = [[attendance("attended")]]
    pull(hub, source_id)
    script.pages = [
        [attendance("attended", key="2", at=NOON + timedelta(hours=1))],
        Unavailable("Away."),
    ]
    pull(hub, source_id)
    script.pages = [[], [attendance("attended", key="3", at=NOON + timedelta(hours=2))]]
    pull(hub, source_id)

    since = NOON - timedelta(minutes=5)
    assert script.asked == [(None, None), (since, None), (since, 1)]
    script.pages = []
    pull(hub, source_id)
    assert script.asked[-1] == (NOON + timedelta(hours=2, minutes=-5), None)


def test_a_full_pull_does_not_go_on_with_a_smaller_one(hub, script, source_id):
    script.pages = [[attendance("attended")]]
    pull(hub, source_id)
    script.pages = [[attendance("attended")], Unavailable("Away.")]
    pull(hub, source_id)
    script.pages = [[attendance("attended")]]
    pull(hub, source_id, full=True)

    assert script.asked[-1] == (None, None)


@ONE_SQLITE
def test_a_source_whose_clock_is_ahead_is_not_asked_from_the_future(hub, script, source_id):
    before = clock.now()
    ahead = before + timedelta(hours=3)
    script.pages = [[attendance("attended", at=ahead)]]
    pull(hub, source_id)
    pull(hub, source_id)

    since, _ = script.asked[-1]
    assert since < before


@ONE_SQLITE
def test_a_record_of_the_future_is_set_aside_with_its_own_words(hub, script, source_id, set_aside):
    soon = clock.now() + timedelta(days=400)
    script.pages = [[attendance("attended", registration=None), completion(True, at=soon)]]
    run = pull(hub, source_id)

    assert run.counts["rejected"] == 1
    assert set_aside() == [("c1", "in_the_future", "open", 1)]


def test_a_defect_ends_the_run_with_a_sentence_and_frees_the_lease(
    hub, script, source_id, stored, capsys
):
    script.pages = [[attendance("attended", key="1")], ZeroDivisionError("canary detail")]
    run_id = request(hub, source_id)
    execute_safely(hub, run_id)

    run = run_of(hub, run_id)
    assert (run.state, run.message) == (
        "failed",
        "The run stopped because of a defect of the hub.",
    )
    assert "Nothing that was stored is lost" in run.hint
    assert run.counts["fetched"] == len(stored()) == 1
    with hub.database.reading() as session:
        assert session.get(Lease, source_id).holder is None
    script.pages.pop()
    assert pull(hub, source_id).state == "succeeded"


@pytest.mark.parametrize(
    "person",
    [
        ada(email="not an address"),
        ada(email="   "),
        ada(email=""),
    ],
)
@ONE_SQLITE
def test_a_record_without_a_learner_is_set_aside_and_the_others_pass(
    hub, says, stored, set_aside, person
):
    run = says(attendance("attended", key="1", person=person), attendance("attended", key="2"))

    assert (run.state, run.counts["rejected"], run.counts["new"]) == (
        "succeeded_with_warnings",
        1,
        1,
    )
    assert run.message == "1 statement stored. 1 of 2 records set aside."
    assert len(stored()) == 1
    ((key, code, state, _),) = set_aside()
    assert (key, state) == ("1", "open")
    assert code in {"no_learner", "unusable_identifier", "invalid_statement"}


def test_a_source_that_falls_silent_is_no_plain_success(hub, script, source_id, stored):
    script.pages = [[attendance("attended")]]
    pull(hub, source_id)
    script.pages = []
    run = pull(hub, source_id, full=True)

    assert run.state == "succeeded_with_warnings"
    assert "Nothing came where there was something before: Records." in run.message
    assert len(stored()) == 1


@ONE_SQLITE
def test_nothing_changed_is_a_plain_success(hub, script, source_id):
    script.pages = [[attendance("attended")]]
    pull(hub, source_id)
    script.pages = []

    assert pull(hub, source_id).state == "succeeded"


def test_a_run_whose_process_died_goes_on_at_the_next_start(hub, script, source_id, stored):
    run_id = request(hub, source_id)
    script.pages = [[attendance("attended", key="1")], KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        execute(hub, run_id)
    assert run_of(hub, run_id).state == "running"

    start_alone(hub)
    script.pages = [[], [attendance("attended", key="2")]]
    assert carry_out_next(hub) is True
    assert run_of(hub, run_id).state == "abandoned"
    assert newest_run(hub, source_id).state == "succeeded"
    assert script.asked[-1] == (None, 1)
    assert len(stored()) == 2


def test_recovery_leaves_a_living_worker_alone(hub, script, source_id):
    found = []
    script.pages = [lambda: found.append(recover(hub)), [attendance("attended")]]
    run = pull(hub, source_id)

    assert (found, run.state) == ([False], "succeeded")


def test_a_worker_of_this_process_hears_of_recovered_runs(hub, script, source_id):
    heard = bell.listen()
    script.pages = [lambda: steal(hub, source_id)]
    execute(hub, request(hub, source_id))
    bell.unlisten(heard)

    assert heard.is_set()


@ONE_SQLITE
def test_what_a_run_says_of_itself_is_told_page_by_page(hub, script, source_id):
    script.pages = [[attendance("attended")], [rejected("2")]]
    run = pull(hub, source_id)
    with hub.database.reading() as session:
        events = service.events_of(session, run.id)

    assert [event.kind for event in events] == [
        "queued",
        "started",
        "stream_started",
        "page_stored",
        "page_stored",
        "stream_finished",
        "ended",
    ]
    total = Counts()
    for event in events:
        if event.kind == "page_stored":
            total.add(Counts.read(event.data))
    assert total.as_json() == run.counts


@ONE_SQLITE
def test_the_cursor_stays_when_the_source_refuses(hub, script, source_id):
    script.pages = [NeedsAttention("Moodle refused the token.", hint="Make a new one.")]
    run = pull(hub, source_id)

    assert (run.state, run.message, run.hint) == (
        "failed",
        "Moodle refused the token.",
        "Make a new one.",
    )
    with hub.database.reading() as session:
        assert session.scalars(select(Cursor.seen_until)).one() is None
        assert session.scalars(select(Run.ended_at)).one() is not None
