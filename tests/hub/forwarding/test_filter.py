"""Which statements are sent, and from where on."""

import pytest

from hub.forwarding import service
from hub.forwarding.reading import lag
from hub.forwarding.rules import Filter
from tests.hub.lrs.speaking import COMPLETED, VOIDED, open_door, statement, voiding

PASSED = "http://adlnet.gov/expapi/verbs/passed"


@pytest.fixture
def second_door(hub, app):
    return open_door(hub, app)


def lag_of(hub, forwarding):
    with hub.database.reading() as session:
        row = forwarding.row
        return lag(session, service.filter_of(row), after=row.position)


def test_only_chosen_verbs_go_and_the_position_passes_the_others(
    hub, forward_to, other, other_address, push
):
    there = forward_to(other_address, verbs=f"{PASSED}\nhttp://example.org/never")
    push(3)
    (chosen,) = push(1, verb={"id": PASSED})
    push(2)
    assert lag_of(hub, there).count == 1
    there.run()
    assert other.ids == [chosen]
    assert there.row.position == 6
    assert lag_of(hub, there).count == 0


def test_activities_are_chosen_whole_or_by_their_beginning(forward_to, other, other_address, door):
    there = forward_to(other_address, activities="https://a.example.org/*\nhttps://b.example.org/1")
    iris = ["https://a.example.org/x", "https://b.example.org/1", "https://b.example.org/12"]
    ids = door.store(*(statement(object={"id": iri}) for iri in iris))
    there.run()
    assert other.ids == ids[:2]


def test_only_statements_of_chosen_vendors_go(forward_to, other, other_address, door, second_door):
    there = forward_to(other_address, only_from=f"Vendor:{door.vendor.name}")
    ids = door.store(statement())
    second_door.store(statement())
    there.run()
    assert other.ids == ids


def test_what_the_other_store_gave_us_does_not_go_back(
    forward_to, other, other_address, door, second_door
):
    there = forward_to(other_address, not_from=f"vendor: {second_door.vendor.name}")
    second_door.store(statement())
    ids = door.store(statement())
    there.run()
    assert other.ids == ids


def test_the_voiding_of_a_chosen_statement_goes_and_of_another_not(
    forward_to, other, other_address, door
):
    there = forward_to(other_address, verbs=PASSED)
    chosen, left = door.store(statement(verb={"id": PASSED}), statement(verb={"id": COMPLETED}))
    (goes,) = door.store(voiding(chosen))
    door.store(voiding(left))
    there.run()
    assert other.ids == [chosen, goes]
    assert other.taken[1]["verb"]["id"] == VOIDED


def test_a_voiding_ahead_of_its_target_goes(forward_to, other, other_address, door):
    there = forward_to(other_address, verbs=PASSED)
    (goes,) = door.store(voiding("7d9b8bd9-4d92-4dd4-8d5c-0a8b8f0b6d11"))
    there.run()
    assert other.ids == [goes]


def test_a_new_forwarder_begins_with_the_next_statement(forward_to, other, other_address, push):
    push(2)
    there = forward_to(other_address)
    later = push(1)
    there.run()
    assert other.ids == later


def test_a_forwarder_can_begin_with_everything_or_with_a_day(
    hub, forward_to, other, other_address, push
):
    ids = push(2)
    there = forward_to(other_address, since="2020-01-01")
    there.run()
    assert other.ids == ids
    texts = {"endpoint": f"{other_address}/xapi", "key": "hub", "since": "all"}
    there.do(lambda session, row: service.change(session, hub.keyring, hub.settings, row, texts))
    there.run()
    assert other.ids == ids + ids
    texts["since"] = "2999-01-01"
    there.do(lambda session, row: service.change(session, hub.keyring, hub.settings, row, texts))
    assert there.run() == 0


def test_a_large_store_is_walked_in_batches_of_bounded_size(forward_to, other, other_address, push):
    there = forward_to(other_address)
    ids = [one for _ in range(3) for one in push(2, context={"platform": "x" * 900_000})]
    there.run()
    assert other.ids == ids
    assert max(other.posts) == 2


def test_a_filter_that_lets_everything_pass_chooses_nothing():
    assert not Filter().chooses
    assert not Filter(not_from=("vendor:1",)).chooses
    assert Filter(verbs=("v",)).chooses
