"""Whom a pushed statement is about: one learner per person, and none for what is no person."""

import json
from datetime import timedelta

import pytest

from connectors.records import Identifier
from hub import clock
from hub.learners.models import Learner
from hub.learners.service import find_learner
from hub.progress.models import Progress
from hub.progress.projector import catch_up, rebuild
from tests.hub.lrs.speaking import mbox, statement

HOME = "https://lms.example.org"


def learners(hub):
    with hub.database.reading() as session:
        return [learner.name for learner in session.query(Learner)]


def progress(hub):
    catch_up(hub.database)
    with hub.database.reading() as session:
        rows = session.query(Progress).all()
    assert rebuild(hub.database).different == ()
    return rows


def account(name, home=HOME):
    return {"account": {"homePage": home, "name": name}}


def test_a_person_by_mbox_in_two_spellings_is_one_learner(vendor, hub):
    vendor.store(statement(actor=mbox("Ann@Example.org", name="Ann")))
    vendor.store(statement(actor=mbox("ann@example.org")), statement(actor=mbox("ANN@example.org")))

    assert learners(hub) == ["Ann"]
    (row,) = progress(hub)
    assert row.evidence_count == 3


def test_a_name_that_comes_later_in_a_batch_is_kept(vendor, hub):
    vendor.store(statement(actor=mbox()), statement(actor=mbox(name="Ann")))

    assert learners(hub) == ["Ann"]


def test_an_account_and_an_mbox_are_two_until_somebody_says_otherwise(vendor, hub):
    vendor.store(statement(actor=mbox()), statement(actor=account("5")))

    assert len(learners(hub)) == 2


def test_a_home_page_with_and_without_its_last_slash_is_one_system(vendor, hub):
    vendor.store(statement(actor=account("5")), statement(actor=account("5", HOME + "/")))

    assert len(learners(hub)) == 1


@pytest.mark.parametrize(
    "group",
    [
        {"objectType": "Group", **mbox("team@example.org")},
        {"objectType": "Group", "member": [mbox("bob@example.org")]},
    ],
)
def test_a_group_is_no_learner_and_has_no_progress(vendor, hub, group):
    vendor.store(statement(actor=group))

    assert learners(hub) == []
    assert progress(hub) == []


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_group_did_is_not_counted_for_a_person_with_its_identifier(vendor, hub, turned):
    batch = [
        statement(actor={"objectType": "Group", **mbox("ann@example.org")}),
        statement(verb={"id": "http://adlnet.gov/expapi/verbs/launched"}),
    ]
    for sent in batch[::-1] if turned else batch:
        vendor.store(sent)

    (row,) = progress(hub)
    assert row.status == "in_progress"


@pytest.mark.parametrize("address", ["a@" + "b" * 64 + ".org", "a@b..org", "a@-!-", "a@b#c"])
def test_an_mbox_that_no_mail_can_reach_is_stored_and_is_nobody(vendor, hub, address):
    (stored,) = vendor.store(statement(actor=mbox(address)))

    assert vendor.find() == [stored]
    assert vendor.find(agent=json.dumps(mbox(address))) == [stored]
    assert learners(hub) == []
    assert progress(hub) == []


def test_an_account_with_an_empty_name_is_stored_and_is_nobody(vendor, hub):
    (stored,) = vendor.store(statement(actor=account("")))

    assert vendor.one(stored)["actor"] == account("")
    assert learners(hub) == []


def test_who_is_only_an_object_or_an_instructor_is_no_learner(vendor, hub):
    vendor.store(
        statement(
            object={"objectType": "Agent", **mbox("bob@example.org")},
            context={"instructor": mbox("cy@example.org")},
        )
    )

    assert learners(hub) == [None]
    with hub.database.reading() as session:
        assert find_learner(session, Identifier("mbox", "ann@example.org"))


def test_who_was_an_object_before_is_a_learner_when_acting(vendor, hub):
    vendor.store(statement(object={"objectType": "Agent", **mbox("bob@example.org")}))

    vendor.store(statement(actor=mbox("bob@example.org")))

    assert len(progress(hub)) == 1


def test_a_clock_in_the_future_is_accepted_and_flagged(vendor, hub):
    ahead = (clock.now() + timedelta(days=400)).isoformat()
    (stored,) = vendor.store(statement(timestamp=ahead))

    (row,) = progress(hub)

    assert vendor.one(stored)["timestamp"] == ahead
    assert "timestamp_implausible" in row.flags
    assert row.completed_at <= clock.now()
