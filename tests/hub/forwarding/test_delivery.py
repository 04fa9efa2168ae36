"""Statements arrive over there once and in order, whatever happens on the way."""

import threading
from datetime import timedelta

import pytest

from hub.database import database_now
from hub.forwarding import lease, service
from hub.forwarding.rules import BATCH_LIMIT, REFUSED_IN_A_ROW
from hub.forwarding.tasks import Forwarding, Found, forward_next
from hub.forwarding.turn import carry_out, next_due
from tests.hub.forwarding.conftest import CANARY
from tests.hub.forwarding.other import served
from tests.hub.lrs.speaking import voiding


class Killed(Exception):
    """The process is gone."""


def kill():
    raise Killed


def test_everything_arrives_in_a_second_hub_in_order(forward_to, push, second_hub, second_address):
    there = forward_to(second_address, key=second_hub.key, secret=second_hub.secret)
    ids = push(230) + push(3)
    there.run()
    assert second_hub.find(ascending="true", limit="500") == ids
    assert there.row.accepted == 233
    assert there.letters == []


def test_what_arrives_is_the_same_statement_with_the_authority_of_the_credential_there(
    forward_to, push, door, second_hub, second_address
):
    there = forward_to(second_address, key=second_hub.key, secret=second_hub.secret)
    (sent,) = push(1, result={"score": {"scaled": 0.5}, "extensions": {"urn:x:y": None}})
    there.run()
    ours, theirs = door.one(sent), second_hub.one(sent)
    changed = {name for name in ours if ours[name] != theirs[name]}
    assert changed == {"stored", "authority"}


def test_a_statement_of_another_line_of_the_standard_gets_the_version_of_the_other_store(
    forward_to, push, second_hub, second_address
):
    there = forward_to(
        second_address, key=second_hub.key, secret=second_hub.secret, version="2.0.0"
    )
    (sent,) = push(1)
    there.run()
    assert second_hub.one(sent)["version"] == "2.0.0"


def test_a_voiding_voids_over_there_too(forward_to, push, door, second_hub, second_address):
    there = forward_to(
        second_address,
        key=second_hub.key,
        secret=second_hub.secret,
        activities="https://lms.example.org/*",
    )
    (sent,) = push(1)
    door.store(voiding(sent))
    there.run()
    assert second_hub.get(statementId=sent).status_code == 404
    assert second_hub.get(voidedStatementId=sent).status_code == 200


def test_killed_between_the_answer_and_the_commit_it_loses_and_doubles_nothing(
    hub, forward_to, push, second_hub, second_address
):
    there = forward_to(second_address, key=second_hub.key, secret=second_hub.secret)
    ids = push(5)
    with pytest.raises(Killed):
        carry_out(hub, there.row.id, after_answer=kill)
    assert second_hub.find(ascending="true") == ids
    assert there.row.position == 0
    with hub.database.transaction() as session:
        lease.forget_holders(session)  # what a start does on SQLite; elsewhere the lease runs out
    more = push(2)
    there.run()
    assert second_hub.find(ascending="true") == ids + more
    assert there.letters == []


def test_while_one_worker_holds_it_no_other_sends(hub, forwarding, other, push):
    push(1)
    with hub.database.transaction() as session:
        assert lease.acquire(session, forwarding.row.id)
    assert forward_next(hub) is Found.NOTHING
    carry_out(hub, forwarding.row.id)
    assert other.posts == []


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_writes_no_more(
    hub, forwarding, other, push
):
    push(1)
    with hub.database.transaction() as session:
        lost = lease.acquire(session, forwarding.row.id)
        service.get_forwarder(session, "Group LRS").expires_at = database_now(session) - timedelta(
            seconds=1
        )
    forwarding.run()
    assert len(other.ids) == 1
    with pytest.raises(lease.LeaseLost), hub.database.transaction() as session:
        lease.write(session, lost, release=True, position=0)
    assert forwarding.row.position > 0


def test_many_workers_together_send_everything_once(hub, forwarding, other, push):
    ids = [one for _ in range(8) for one in push(3)]
    threads = [threading.Thread(target=forwarding.run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forwarding.run()
    assert other.ids == ids


def test_the_bad_statement_is_found_and_set_aside_and_the_rest_goes_on(forwarding, other, push):
    ids = push(20)
    other.judge = lambda batch: (
        (400, "scale is no number") if any(one["id"] == ids[13] for one in batch) else None
    )
    forwarding.run()
    assert other.ids == ids[:13] + ids[14:]
    (letter,) = forwarding.letters
    assert (str(letter.statement_id), letter.kind) == (ids[13], "refused")
    assert letter.message == "scale is no number"
    assert forwarding.row.stopped_at is None


def test_a_dead_letter_is_sent_again_when_asked_and_leaves_the_list(forwarding, other, push):
    other.judge = lambda batch: (400, "not today")
    ids = push(1)
    forwarding.run()
    forwarding.do(service.send_again)
    forwarding.run()
    (still,) = forwarding.letters
    assert not still.again
    other.judge = lambda batch: None
    forwarding.do(service.send_again)
    forwarding.run()
    assert other.ids == ids
    assert forwarding.letters == []


def test_a_dropped_dead_letter_is_forgotten(forwarding, other, push, door):
    other.judge = lambda batch: (400, "no")
    (sent,) = push(1)
    forwarding.run()
    forwarding.do(service.drop, forwarding.letters[0].id)
    forwarding.run()
    assert forwarding.letters == []
    assert door.one(sent)["id"] == sent


def test_a_store_that_refuses_everything_stops_instead_of_filling_the_list(forwarding, other, push):
    other.judge = lambda batch: (400, "what is xAPI?")
    push(100)
    forwarding.run()
    assert len(forwarding.letters) == REFUSED_IN_A_ROW
    row = forwarding.row
    assert row.stopped_at is not None
    assert "what is xAPI?" in row.message
    other.judge = lambda batch: None
    forwarding.do(service.retry)
    forwarding.do(service.send_again)
    forwarding.run()
    assert len(other.ids) == 100


def test_what_is_there_already_and_different_is_listed_and_the_rest_arrives(
    forwarding, other, push
):
    ids = push(9)
    other.judge = lambda batch: (
        (409, "another one has this id") if any(one["id"] == ids[4] for one in batch) else None
    )
    forwarding.run()
    assert other.ids == ids[:4] + ids[5:]
    (letter,) = forwarding.letters
    assert letter.kind == "there already, and different"


def test_a_store_that_calls_the_same_statement_a_conflict_is_not_believed(
    hub, forwarding, other, push
):
    ids = push(3)
    other.judge = lambda batch: (
        (409, "known") if set(other.ids) & {b["id"] for b in batch} else None
    )
    with pytest.raises(Killed):
        carry_out(hub, forwarding.row.id, after_answer=kill)
    forwarding.do(service.retry)
    forwarding.run()
    assert other.ids == ids
    assert forwarding.letters == []


def test_requests_that_are_too_large_get_smaller_and_grow_again(forwarding, other, push):
    other.judge = lambda batch: (413, "too much") if len(batch) > 30 else None
    ids = push(120)
    forwarding.run()
    assert other.ids == ids
    assert forwarding.row.batch_limit < BATCH_LIMIT
    other.judge = lambda batch: None
    for _ in range(25):
        ids += push(40)
        forwarding.run()
    assert other.ids == ids
    assert forwarding.row.batch_limit > 30


def test_a_statement_too_large_for_the_other_store_is_set_aside(forwarding, other, push):
    ids = push(3)
    other.judge = lambda batch: (413, "") if any(one["id"] == ids[1] for one in batch) else None
    forwarding.run()
    assert other.ids == [ids[0], ids[2]]
    assert [letter.kind for letter in forwarding.letters] == ["too large"]


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_what_only_an_admin_can_mend_stops_until_a_retry(forwarding, other, push, status):
    other.judge = lambda batch: (status, "the badge is blue")
    ids = push(2)
    forwarding.run()
    row = forwarding.row
    assert row.stopped_at is not None
    assert "the badge is blue" in row.message
    assert row.hint
    assert len(other.posts) == 1
    assert forwarding.letters == []
    other.judge = lambda batch: None
    assert forwarding.run() == 0
    forwarding.do(service.retry)
    forwarding.run()
    assert other.ids == ids


def test_a_web_page_that_answers_200_counts_for_nothing(forwarding, other, push):
    other.judge = lambda batch: (200, "<html><title>Sign in</title></html>")
    push(2)
    forwarding.run()
    assert forwarding.row.position == 0
    assert "Sign in" in forwarding.row.message


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_what_passes_by_itself_is_tried_again_later_without_a_thread_that_waits(
    hub, forwarding, other, push, status
):
    other.judge = lambda batch: (status, "out for lunch")
    ids = push(2)
    assert forwarding.run() == 1
    row = forwarding.row
    assert (row.tries, row.holder, row.stopped_at) == (1, None, None)
    assert "out for lunch" in row.message
    with hub.database.reading() as session:
        assert row.next_try_at > database_now(session)
        assert next_due(session) is None
    forwarding.come_due()
    forwarding.run()
    assert forwarding.row.tries == 2
    other.judge = lambda batch: None
    forwarding.come_due()
    forwarding.run()
    assert other.ids == ids
    assert forwarding.row.tries == 0


def test_a_batch_that_makes_the_other_store_stumble_gets_through_in_parts(forwarding, other, push):
    ids = push(8)
    other.judge = lambda batch: (500, "oops") if len(batch) > 1 else None
    for _ in range(30):
        forwarding.come_due()
        forwarding.run()
    assert other.ids == ids
    assert forwarding.letters == []


def test_an_admin_can_set_aside_the_statement_that_the_other_store_fails_at(
    forwarding, other, push
):
    ids = push(3)
    other.judge = lambda batch: (500, "oops") if batch[0]["id"] == ids[0] else None
    forwarding.run()
    assert forwarding.do(service.set_next_aside)
    forwarding.run()
    assert other.ids == ids[1:]
    (letter,) = forwarding.letters
    assert str(letter.statement_id) == ids[0]
    assert "oops" in letter.message


def test_retry_after_is_honoured(hub, forwarding, other, push):
    other.judge = lambda batch: (429, "slower", {"Retry-After": "600"})
    push(1)
    forwarding.run()
    with hub.database.reading() as session:
        wait = forwarding.row.next_try_at - database_now(session)
    assert timedelta(seconds=580) < wait <= timedelta(seconds=600)


def test_a_store_that_is_away_is_waited_for(hub, forward_to, push, other):
    with served(other) as address:
        pass
    there = forward_to(address)
    push(1)
    there.run()
    assert there.row.tries == 1
    assert "refused the connection" in there.row.message


def test_an_answer_in_the_middle_of_a_batch_keeps_what_came_before(forwarding, other, push):
    ids = push(8)
    bad = {ids[1]: (400, "bad"), ids[6]: (503, "busy")}

    def judge(batch):
        return next((bad[one["id"]] for one in batch if one["id"] in bad), None)

    other.judge = judge
    forwarding.run()
    assert other.ids == [ids[0], *ids[2:4]]
    other.judge = lambda batch: None
    forwarding.come_due()
    forwarding.run()
    assert other.ids == [ids[0], *ids[2:]]


def test_a_paused_forwarder_sends_nothing_and_goes_on_where_it_stood(forwarding, other, push):
    first = push(1)
    forwarding.run()
    forwarding.do(service.pause)
    second = push(2)
    assert forwarding.run() == 0
    assert other.ids == first
    forwarding.do(service.resume)
    forwarding.run()
    assert other.ids == first + second


def test_pausing_in_the_middle_of_a_turn_ends_it_before_the_next_request(
    hub, forwarding, other, push
):
    ids = push(4)
    other.judge = lambda batch: (413, "") if len(batch) > 2 else None
    carry_out(hub, forwarding.row.id, after_answer=lambda: forwarding.do(service.pause))
    assert other.posts == [4]
    forwarding.do(service.resume)
    forwarding.run()
    assert other.ids == ids


def test_the_secret_goes_to_the_other_store_alone(hub, forwarding, other, push):
    push(1)
    other.judge = lambda batch: (500, f"your password is {CANARY}")
    forwarding.run()
    assert other.requests[0].authorization.password == CANARY
    assert CANARY not in forwarding.row.message
    with hub.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select * from forwarder").all()
    assert CANARY not in repr(rows)


def test_a_turn_that_takes_long_ends_and_the_next_goes_on_where_it_was(
    hub, forwarding, other, push
):
    ids = push(8)
    other.judge = lambda batch: (413, "") if len(batch) > 2 else None
    carry_out(hub, forwarding.row.id, seconds=0)
    assert (other.posts, forwarding.row.batch_limit) == ([8], 4)
    carry_out(hub, forwarding.row.id, seconds=0)
    assert other.posts == [8, 4]
    forwarding.run()
    assert other.ids == ids


def test_the_duty_rests_after_a_turn_unless_much_waits(hub, forwarding, other, push):
    duty = Forwarding(rest=1000)
    ids = push(BATCH_LIMIT + 1)
    assert duty(hub)
    assert not duty(hub)
    assert other.ids == ids
    push(1)
    assert not duty(hub)
    assert other.ids == ids
