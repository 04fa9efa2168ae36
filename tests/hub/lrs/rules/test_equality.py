"""Sent again, it is the same statement or it is a conflict; it is never changed.

The whole table of spellings is proved at xapi.compare; here is what a sender is answered
(xAPI Data 2.3.1, Communication 2.1.1 and 2.1.2).
"""

from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import group
from tests.hub.lrs.speaking import mbox, refusal, statement
from tests.xapi.cases import FULL, REMOVED, SUB, changed

ATTACHED = changed(FULL, "id", REMOVED)

SAME = {
    "exactly": {},
    "its id in capitals": {"id": str.upper},
    "another authority": {"authority": mbox("boss@example.org")},
    "another stored": {"stored": "2001-01-01T00:00:00Z"},
    "no version": {"version": REMOVED},
    "another verb display": {"verb/display": {"fr": "réussi"}},
    "no verb display": {"verb/display": REMOVED},
    "another definition": {"object/definition": {"name": {"en": "Exit"}}},
    "no definition": {"object/definition": REMOVED},
    "another time zone": {"timestamp": "2026-03-18T18:00:00+01:00"},
    "92.0 for 92": {"result/score/raw": 92.0},
    "a registration in capitals": {"context/registration": str.upper},
    "one activity in an array": {"context/contextActivities/other": lambda one: [one]},
}
OTHER = {
    "another verb": {"verb/id": "http://adlnet.gov/expapi/verbs/failed"},
    "another name": {"actor/name": "Anna"},
    "the duration in other units": {"result/duration": "PT312.5S"},
    "another number": {"result/score/raw": 93},
    "a string for a number": {
        "result/extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": "50"}
    },
    "another instant": {"timestamp": "2026-03-18T17:00:00.001Z"},
    "no result": {"result": REMOVED},
    "one attachment less": {"attachments": []},
}


def with_changes(sent, changes):
    for where, value in changes.items():
        sent = changed(sent, where, value(_at(sent, where)) if callable(value) else value)
    return sent


def _at(sent, where):
    for step in where.split("/"):
        sent = sent[step]
    return sent


def test_the_same_in_every_spelling_is_answered_like_the_first_time(vendor):
    sent = {**ATTACHED, "id": str(uuid4())}
    vendor.store(sent)
    first = vendor.one(sent["id"])

    for name, changes in SAME.items():
        again = with_changes(sent, changes)
        assert vendor.post(again).json == [sent["id"]], name
        assert vendor.post([again]).json == [sent["id"]], name
        assert vendor.put(again, sent["id"]).status_code == 204, name
    assert vendor.one(sent["id"]) == first
    assert vendor.find() == [sent["id"]]


def test_anything_else_is_a_conflict_and_changes_nothing(vendor):
    sent = {**ATTACHED, "id": str(uuid4())}
    vendor.store(sent)
    first = vendor.one(sent["id"])

    for name, changes in OTHER.items():
        other = with_changes(sent, changes)
        assert sent["id"] in refusal(vendor.post(other), 409), name
        refusal(vendor.put(other, sent["id"]), 409)
        refusal(vendor.post([statement(), other]), 409)
    assert vendor.one(sent["id"]) == first
    assert vendor.find() == [sent["id"]]


def test_members_are_the_same_in_another_order_and_other_lists_are_not(vendor):
    extensions = {"https://x.org/list": [1, 2]}
    sent = statement(id=str(uuid4()), actor=group("ann", "bo"), context={"extensions": extensions})
    vendor.store(sent)

    assert vendor.put({**sent, "actor": group("bo", "ann")}, sent["id"]).status_code == 204
    refusal(vendor.put({**sent, "actor": group("bo")}, sent["id"]), 409)
    turned = {"extensions": {"https://x.org/list": [2, 1]}}
    refusal(vendor.put({**sent, "context": turned}, sent["id"]), 409)
    assert vendor.one(sent["id"])["actor"] == sent["actor"]


def test_a_sub_statement_is_compared_like_a_statement(vendor):
    sent = {**SUB, "id": str(uuid4())}
    vendor.store(sent)

    shown = changed(sent, "object/verb/display", {"en": "done"})
    assert vendor.put(shown, sent["id"]).status_code == 204
    refusal(vendor.put(changed(sent, "object/result", {"success": True}), sent["id"]), 409)


@pytest.mark.parametrize(("version", "status"), [("1.0.3", 409), ("2.0.0", 204)])
def test_a_duration_counts_as_text_and_in_2_to_the_hundredth(vendor, version, status):
    vendor.version = version
    sent = statement(id=str(uuid4()), result={"duration": "PT1M0.121S"})
    vendor.store(sent)

    finer = {**sent, "result": {"duration": "PT1M0.129S"}}
    assert vendor.put(finer, sent["id"]).status_code == status
    refusal(vendor.put({**sent, "result": {"duration": "PT60.121S"}}, sent["id"]), 409)
    assert vendor.one(sent["id"])["result"] == sent["result"]


def test_a_timestamp_where_none_was_sent_must_be_the_one_that_the_store_gave(vendor):
    sent = statement(id=str(uuid4()))
    vendor.store(sent)
    given = vendor.one(sent["id"])["timestamp"]

    assert vendor.put({**sent, "timestamp": given}, sent["id"]).status_code == 204
    refusal(vendor.put({**sent, "timestamp": "2026-03-18T17:00:00Z"}, sent["id"]), 409)


def test_another_vendor_repeats_without_taking_over(vendor, new_vendor):
    sent = statement(id=str(uuid4()))
    vendor.store(sent)

    assert new_vendor().put(sent, sent["id"]).status_code == 204
    assert vendor.one(sent["id"])["authority"]["account"]["name"] == str(vendor.vendor.id)


def test_a_batch_of_known_and_new_ones_stores_the_new_ones(vendor):
    known, new = statement(id=str(uuid4())), statement(id=str(uuid4()))
    vendor.store(known)

    assert vendor.post([new, known]).json == [new["id"], known["id"]]
    assert vendor.find() == [new["id"], known["id"]]


def test_one_id_twice_in_a_batch_is_refused_and_nothing_stored(vendor):
    sent = statement(id=str(uuid4()))

    refusal(vendor.post([statement(), sent, {**sent, "id": sent["id"].upper()}]), 400)
    assert vendor.find() == []
