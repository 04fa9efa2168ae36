"""What a voiding does to queries, whatever the order of arrival (xAPI Data 2.3.2)."""

from itertools import permutations
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import bystander, referring
from tests.hub.lrs.speaking import VOIDED, refusal, statement, voiding

FAILED = "http://adlnet.gov/expapi/verbs/failed"


def voids(target):
    return voiding(target, id=str(uuid4()))


def states(vendor, *statements):
    """Of each statement: does it answer to statementId, and to voidedStatementId?"""
    return [
        tuple(
            vendor.get(**{name: one["id"]}).status_code == 200
            for name in ("statementId", "voidedStatementId")
        )
        for one in statements
    ]


LIVE, GONE = (True, False), (False, True)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_voiding_of_a_voiding_has_no_effect_in_whatever_order_they_arrive(vendor, at_once):
    for order in permutations(range(3)):
        target = bystander()
        first = voids(target["id"])
        three = [target, first, voids(first["id"])]
        arriving = [three[place] for place in order]
        for batch in [arriving] if at_once else [[one] for one in arriving]:
            vendor.store(*batch)

        assert states(vendor, *three) == [GONE, LIVE, LIVE], order


def test_a_target_is_gone_from_every_query_and_its_voiding_stands_in_its_place(vendor):
    target = bystander(verb={"id": FAILED}, context={"registration": str(uuid4())})
    about = referring(target["id"])
    void = voids(target["id"])
    vendor.store(target, about, void)
    registration = target["context"]["registration"]

    assert vendor.find() == [void["id"], about["id"]]
    assert vendor.find(verb=FAILED) == [void["id"], about["id"]]
    assert vendor.find(registration=registration) == [void["id"], about["id"]]
    assert vendor.find(verb=VOIDED) == [void["id"]]
    assert vendor.find(verb=FAILED, ascending="true", limit=1) == [about["id"]]


def test_a_statement_may_be_voided_twice_and_is_gone_once(vendor):
    target = bystander()
    first, second = voids(target["id"]), voids(target["id"])
    for one in (first, target, second):
        vendor.store(one)

    assert states(vendor, target, first, second) == [GONE, LIVE, LIVE]
    assert vendor.find(verb=VOIDED) == [second["id"], first["id"]]


def test_a_voiding_names_its_target_in_capital_letters_too(vendor):
    before, after = bystander(), bystander()
    vendor.store(before)
    vendor.store(voids(before["id"].upper()), voids(after["id"].upper()))
    vendor.store(after)

    assert states(vendor, before, after) == [GONE, GONE]


def test_a_voided_statement_keeps_its_id(vendor):
    target = bystander()
    vendor.store(target, voids(target["id"]))

    refusal(vendor.post({**target, "verb": {"id": FAILED}}), 409)
    refusal(vendor.put({**target, "verb": {"id": FAILED}}, target["id"]), 409)
    assert vendor.put(target, target["id"]).status_code == 204
    assert states(vendor, target) == [GONE]


def test_a_voided_statement_comes_in_the_form_that_is_asked_for(vendor):
    target = statement(id=str(uuid4()), verb={"id": FAILED, "display": {"en": "failed"}})
    vendor.store(target, voids(target["id"]))

    found = vendor.get(voidedStatementId=target["id"], format="ids")
    assert found.json["verb"] == {"id": FAILED}
    assert found.headers["Last-Modified"]
    assert vendor.ask("HEAD", query_string={"voidedStatementId": target["id"]}).headers[
        "Content-Length"
    ] == str(len(vendor.get(voidedStatementId=target["id"]).data))


def test_a_batch_in_conflict_voids_nothing(vendor):
    target, known = bystander(), bystander()
    vendor.store(target, known)

    refusal(vendor.post([voids(target["id"]), {**known, "verb": {"id": FAILED}}]), 409)
    refusal(vendor.post([voids(target["id"]), {"actor": {}}]), 400)

    assert states(vendor, target) == [LIVE]


def test_several_are_voided_by_one_batch(vendor):
    targets = [bystander() for _ in range(3)]
    vendor.store(targets[0])
    vendor.store(*(voids(one["id"]) for one in targets), targets[1])
    vendor.store(targets[2])

    assert states(vendor, *targets) == [GONE] * 3
