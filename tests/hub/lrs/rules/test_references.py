"""A statement that refers to a match is a match (xAPI Communication 2.1.3, "StatementRefs").

Every filter but since, until and limit looks through the reference, however often removed and in
whatever order the statements arrive; several filters must hold on one and the same statement.
"""

import json
from itertools import permutations
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import (
    ELSEWHERE,
    agent,
    bystander,
    person,
    reference,
    referring,
    sub_statement,
)
from tests.hub.lrs.speaking import COMPLETED, refusal, statement, voiding

COURSE = "https://lms.example.org/course/1"
FAILED = "http://adlnet.gov/expapi/verbs/failed"


def chain(**first):
    """A statement, one that refers to it, and one that refers to that one."""
    target = bystander(**first)
    middle = referring(target["id"])
    return [target, middle, referring(middle["id"])]


def ids_of(*statements):
    return sorted(one["id"] for one in statements)


REGISTRATION = "0b5f2d1c-52b4-4a3c-8a5e-1a2b3c4d5e6f"
FIRST = {
    "actor": person("bo"),
    "verb": {"id": FAILED},
    "object": {"id": COURSE},
    "context": {
        "registration": REGISTRATION,
        "instructor": person("ina"),
        "contextActivities": {"parent": [{"id": COURSE + "/all"}]},
    },
}
QUERIES = (
    {"agent": agent("bo")},
    {"verb": FAILED},
    {"activity": COURSE},
    {"registration": REGISTRATION.upper()},
    {"agent": agent("ina"), "related_agents": "true"},
    {"activity": COURSE + "/all", "related_activities": "true"},
    {"agent": agent("bo"), "verb": FAILED, "activity": COURSE, "registration": REGISTRATION},
)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_chain_is_found_by_every_filter_in_whatever_order_it_arrives(vendor, at_once):
    for order in permutations(range(3)):
        before = set(vendor.find(verb=FAILED))
        links = chain(**FIRST)
        arriving = [links[place] for place in order]
        if at_once:
            vendor.store(*arriving)
        else:
            for one in arriving:
                vendor.store(one)

        for query in QUERIES:
            found = vendor.find(**query)
            assert sorted(set(found) - before) == ids_of(*links), (order, query)
            assert len(found) == len(set(found))


def test_a_chain_whose_middle_comes_last_joins_both_ends(vendor):
    """Four long: the middle connects two above with two below that were stored before."""
    target = bystander(verb={"id": FAILED})
    second = referring(target["id"], verb={"id": COMPLETED})
    third = referring(second["id"])
    fourth = referring(third["id"])
    for one in (target, second, fourth, third):
        vendor.store(one)

    assert vendor.find(verb=FAILED) == [one["id"] for one in (third, fourth, second, target)]
    assert sorted(vendor.find(verb=COMPLETED)) == ids_of(second, third, fourth)


def test_several_filters_must_hold_on_one_statement(vendor):
    """Neither the one that refers nor its target is a failure of Bo's; together they are none."""
    target = bystander(verb={"id": FAILED})
    middle = referring(target["id"], actor=person("bo"))
    last = referring(middle["id"], actor=person("bo"))
    for one in (last, target, middle):
        vendor.store(one)

    assert vendor.find(verb=FAILED, agent=agent("bo")) == []
    assert sorted(vendor.find(agent=agent("bo"))) == ids_of(middle, last)
    wanted = bystander(verb={"id": FAILED}, actor=person("bo"))
    about = referring(wanted["id"])
    vendor.store(about, wanted)
    assert sorted(vendor.find(verb=FAILED, agent=agent("bo"))) == ids_of(wanted, about)


def test_since_until_and_limit_ask_for_the_statement_that_refers(vendor):
    links = chain(verb={"id": FAILED})
    for one in links:
        vendor.store(one)
    vendor.store(bystander())
    first, second, third = (one["id"] for one in links)
    stored = [vendor.one(one)["stored"] for one in (first, second, third)]

    assert vendor.find(verb=FAILED, since=stored[0]) == [third, second]
    assert vendor.find(verb=FAILED, since=stored[1]) == [third]
    assert vendor.find(verb=FAILED, since=stored[2]) == []
    assert vendor.find(verb=FAILED, until=stored[1]) == [second, first]
    assert vendor.find(verb=FAILED, since=stored[0], until=stored[1]) == [second]
    assert vendor.find(verb=FAILED, limit=1) == [third]
    assert vendor.find(verb=FAILED, limit=2, ascending="true") == [first, second]


def test_a_target_after_until_counts_for_those_that_refer_to_it(vendor):
    late = bystander(verb={"id": FAILED})
    about = referring(late["id"])
    vendor.store(about)
    until = vendor.one(about["id"])["stored"]
    vendor.store(late)

    assert vendor.find(verb=FAILED, until=until) == [about["id"]]


def test_pages_go_through_references_once(vendor):
    links = [one for _ in range(3) for one in chain(verb={"id": FAILED}, actor=person("bo"))]
    vendor.store(*links)
    answer = vendor.get(verb=FAILED, agent=agent("bo"), limit=2).json
    seen = [found["id"] for found in answer["statements"]]
    while answer["more"]:
        vendor.store(*chain(verb={"id": FAILED}, actor=person("bo")))
        answer = vendor.get(answer["more"]).json
        seen += [found["id"] for found in answer["statements"]]

    assert seen == [one["id"] for one in links][::-1]


def test_the_statement_in_the_context_is_no_such_reference(vendor):
    target = bystander(verb={"id": FAILED})
    vendor.store(target, bystander(context={"statement": reference(target["id"])}))

    assert vendor.find(verb=FAILED) == [target["id"]]


def test_a_reference_inside_a_sub_statement_is_no_such_reference(vendor):
    target = bystander(verb={"id": FAILED})
    vendor.store(target, bystander(object=sub_statement(object=reference(target["id"]))))

    assert vendor.find(verb=FAILED) == [target["id"]]


def test_a_reference_in_capital_letters_is_one(vendor):
    target = bystander(verb={"id": FAILED})
    about = referring(target["id"].upper())
    vendor.store(about)
    vendor.store(target)

    assert vendor.find(verb=FAILED) == [target["id"], about["id"]]


def test_several_statements_may_refer_to_one(vendor):
    target = bystander(verb={"id": FAILED})
    early, late = referring(target["id"]), referring(target["id"])
    for one in (early, target, late):
        vendor.store(one)

    assert vendor.find(verb=FAILED) == [late["id"], target["id"], early["id"]]


def test_through_a_voided_statement_the_rest_of_a_chain_is_found(vendor):
    links = chain(verb={"id": FAILED}, object={"id": ELSEWHERE})
    vendor.store(*links)
    void = voiding(links[1]["id"], id=str(uuid4()))
    vendor.store(void)

    assert sorted(vendor.find(verb=FAILED)) == ids_of(links[0], links[2], void)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_circle_with_others_that_lead_into_it_is_stored_in_whatever_order(vendor, at_once):
    for order in permutations(range(4)):
        ids = [str(uuid4()) for _ in range(4)]
        verb = {"id": f"https://x.org/verbs/{ids[0]}"}
        targets = (1, 0, 0, 2)
        links = [referring(ids[target], id=ids[n]) for n, target in enumerate(targets)]
        links[0]["verb"] = verb
        arriving = [links[place] for place in order]
        for batch in [arriving] if at_once else [[one] for one in arriving]:
            vendor.store(*batch)

        assert sorted(vendor.find(verb=verb["id"])) == sorted(ids), order


def test_a_statement_that_refers_to_itself_is_stored_and_found_once(vendor):
    itself = str(uuid4())
    vendor.store(referring(itself, id=itself, verb={"id": FAILED}))

    assert vendor.find(verb=FAILED) == [itself]


@pytest.mark.parametrize("late", [False, True])
def test_an_authority_is_found_through_references_too(vendor, new_vendor, late):
    other = new_vendor("statements/write")
    target = bystander()
    about = referring(target["id"])
    steps = [lambda: other.store(target), lambda: vendor.store(about)]
    for step in steps[::-1] if late else steps:
        step()
    authority = json.dumps(vendor.one(target["id"])["authority"])

    assert sorted(vendor.find(agent=authority, related_agents="true")) == ids_of(target, about)
    assert vendor.find(agent=authority) == []


def test_who_may_read_its_own_finds_its_own_through_what_others_stored(vendor, new_vendor):
    own = new_vendor("statements/write", "statements/read/mine")
    (foreign,) = vendor.store(statement(verb={"id": FAILED}))
    (mine,) = own.store(referring(foreign))
    vendor.store(referring(mine))

    assert own.find(verb=FAILED) == [mine]
    refusal(own.get(statementId=foreign), 404)
