"""A voided statement is gone from queries and from progress; nothing else can be voided."""

from uuid import uuid4

import pytest

from hub.learners.models import Learner
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from tests.hub.lrs.speaking import refusal, statement, voiding


def rows(hub):
    catch_up(hub.database)
    with hub.database.reading() as session:
        return session.query(Progress).all()


def is_voided(vendor, statement_id):
    live = vendor.get(statementId=statement_id).status_code
    voided = vendor.get(voidedStatementId=statement_id).status_code
    assert {live, voided} == {200, 404}
    return voided == 200


def test_a_voided_statement_is_only_found_as_voided(vendor):
    (target,) = vendor.store(statement())
    (void,) = vendor.store(voiding(target))

    assert is_voided(vendor, target)
    assert vendor.find() == [void]
    assert vendor.get(voidedStatementId=target.upper()).json["id"] == target


def test_a_live_statement_is_not_found_as_voided(vendor):
    (target,) = vendor.store(statement())

    refusal(vendor.get(voidedStatementId=target), 404)


def test_a_target_that_arrives_after_its_voiding_is_voided(vendor, hub):
    target = str(uuid4())
    vendor.store(voiding(target))

    vendor.store(statement(id=target))

    assert is_voided(vendor, target)
    assert rows(hub) == []


@pytest.mark.parametrize("turned", [False, True])
def test_both_in_one_batch_void_in_either_order(vendor, hub, turned):
    target = str(uuid4())
    batch = [statement(id=target), voiding(target)]

    vendor.store(*(batch[::-1] if turned else batch))

    assert is_voided(vendor, target)
    assert rows(hub) == []


@pytest.mark.parametrize("turned", [False, True])
def test_a_credential_with_all_voids_what_others_stored(vendor, new_vendor, turned):
    target = str(uuid4())
    steps = [
        lambda: new_vendor("statements/write").store(statement(id=target)),
        lambda: vendor.store(voiding(target)),
    ]

    for step in steps[::-1] if turned else steps:
        step()

    assert is_voided(vendor, target)


@pytest.mark.parametrize("turned", [False, True])
def test_another_authority_voids_nothing(vendor, new_vendor, hub, turned):
    target = str(uuid4())
    steps = [
        lambda: vendor.store(statement(id=target)),
        lambda: new_vendor("statements/write").store(voiding(target)),
    ]

    for step in steps[::-1] if turned else steps:
        step()

    assert not is_voided(vendor, target)
    assert len(rows(hub)) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_voiding_statement_cannot_be_voided(vendor, turned):
    (target,) = vendor.store(statement())
    void = str(uuid4())
    batch = [voiding(target, id=void), voiding(void)]

    for sent in batch[::-1] if turned else batch:
        vendor.store(sent)

    assert is_voided(vendor, target)
    assert not is_voided(vendor, void)


def test_a_voiding_statement_matches_what_its_target_matched(vendor):
    (target,) = vendor.store(statement())
    (void,) = vendor.store(voiding(target))

    assert vendor.find(activity="https://lms.example.org/course/1") == [void]


def test_what_was_progress_is_none_after_voiding(vendor, hub):
    (target,) = vendor.store(statement())
    assert [row.status for row in rows(hub)] == ["completed"]

    vendor.store(voiding(target))

    assert rows(hub) == []


def test_a_voided_statement_sent_again_stays_voided(vendor):
    sent = statement(id=str(uuid4()))
    vendor.store(sent)
    vendor.store(voiding(sent["id"]))

    assert vendor.post(sent).status_code == 200
    assert is_voided(vendor, sent["id"])


def test_voiding_something_else_than_a_statement_is_refused(vendor):
    bad = voiding(uuid4()) | {"object": {"id": "https://lms.example.org/course/1"}}

    refusal(vendor.post(bad), 400)


def test_who_voids_becomes_no_learner(vendor, hub):
    vendor.store(voiding(uuid4()))

    with hub.database.reading() as session:
        assert session.query(Learner).count() == 0
