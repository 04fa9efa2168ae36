"""IRIs and names of any length (xAPI Data 2.2): stored whole, and found by every filter."""

import json

import pytest
from sqlalchemy import select

from hub.catalog.models import Activity
from hub.findable import findable
from hub.forwarding.reading import next_batch
from hub.forwarding.rules import Filter
from hub.learners.models import Identifier, Learner
from hub.lrs.query import LIMIT
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from tests.hub.lrs.speaking import COMPLETED, mbox, statement

LONG = "ab/cd" * 1000
SITE = f"https://site.example.org/{LONG}"
ACCOUNT = {"account": {"homePage": SITE, "name": f"ann {LONG}"}}
VERB = f"https://verbs.example.org/{LONG}"
COURSE = f"https://course.example.org/{LONG}"
OTHER = f"https://course.example.org/{LONG}/other"
REGISTRATION = "6f6dfb62-9b4b-4a3d-9c5c-6c9fd1f1d2f1"


def test_a_statement_comes_back_whole_and_is_found_by_each_filter(vendor):
    sent = statement(
        actor={**ACCOUNT, "name": "n" * 9999},
        verb={"id": VERB, "display": {"en": "did"}},
        object={"id": COURSE, "definition": {"name": {"en": "t" * 9999}}},
        context={
            "registration": REGISTRATION,
            "instructor": mbox(f"{'i' * 5000}@example.org"),
            "contextActivities": {"parent": [{"id": OTHER}]},
        },
    )
    (stored,) = vendor.store(sent)
    vendor.store(
        statement(
            actor={"account": {"homePage": SITE, "name": f"bob {LONG}"}},
            verb={"id": f"{VERB}/x"},
            object={"id": f"{COURSE}/x"},
        )
    )

    kept = vendor.one(stored)
    assert {name: kept[name] for name in sent} == sent
    ann, instructor = json.dumps(ACCOUNT), json.dumps(sent["context"]["instructor"])
    assert vendor.find(agent=ann) == [stored]
    assert vendor.find(verb=VERB) == [stored]
    assert vendor.find(activity=COURSE) == [stored]
    assert vendor.find(agent=ann, verb=VERB, activity=COURSE, registration=REGISTRATION) == [stored]
    assert vendor.find(activity=OTHER) == vendor.find(agent=instructor) == []
    assert vendor.find(activity=OTHER, related_activities=True) == [stored]
    assert vendor.find(agent=instructor, related_agents=True) == [stored]
    assert vendor.find(agent=json.dumps({"openid": SITE})) == []


@pytest.mark.parametrize(
    "actor",
    [
        mbox(f"{'a' * 5000}@example.org"),
        mbox(f"no-domain@{'d' * 5000}"),
        {"openid": SITE},
        {"account": {"homePage": "https://site.example.org/", "name": "ü" * 5000}},
        {"objectType": "Group", "openid": SITE},
    ],
)
def test_every_kind_of_identifier_may_be_long(vendor, actor):
    stored = vendor.store(statement(actor=actor))

    assert vendor.find(agent=json.dumps(actor)) == stored


def test_the_pages_of_a_long_question_go_on(vendor):
    stored = vendor.store(*(statement(actor=ACCOUNT, verb={"id": VERB}) for _ in range(3)))
    page = vendor.get(agent=json.dumps(ACCOUNT), verb=VERB, ascending=True, limit=2).json
    rest = vendor.get(page["more"]).json

    found = [one["id"] for one in [*page["statements"], *rest["statements"]]]
    assert found == stored
    assert rest["more"] == ""


def test_an_activity_with_a_long_iri_is_described_in_every_format(vendor):
    vendor.store(
        statement(
            verb={"id": VERB, "display": {"en": "did"}},
            object={"id": COURSE, "definition": {"name": {"en": "Fire"}}},
        )
    )
    (bare,) = vendor.store(statement(verb={"id": VERB}, object={"id": COURSE}))

    told = vendor.get("/xapi/activities", activityId=COURSE).json
    assert told == {
        "objectType": "Activity",
        "id": COURSE,
        "definition": {"name": {"en": "Fire"}},
    }
    found = vendor.get(statementId=bare, format="canonical").json
    assert found["object"]["definition"] == told["definition"]
    assert found["verb"] == {"id": VERB, "display": {"en": "did"}}


def test_documents_and_the_person_of_a_long_agent_are_found(vendor):
    where = {"activityId": COURSE, "agent": json.dumps(ACCOUNT), "stateId": LONG}
    path = "/xapi/activities/state"

    assert vendor.ask("PUT", path, query_string=where, data=b"7").status_code == 204
    vendor.store(statement(actor={**ACCOUNT, "name": "Ann"}))

    assert vendor.get(path, **where).data == b"7"
    person = vendor.get("/xapi/agents", agent=json.dumps(ACCOUNT)).json
    assert person["account"] == [ACCOUNT["account"]]
    assert person["name"] == ["Ann"]


def test_what_was_said_is_projected(hub, vendor):
    part = {
        "object": {"id": OTHER, "definition": {"name": {"en": "Part"}}},
        "context": {
            "contextActivities": {
                "parent": [
                    {
                        "id": COURSE,
                        "definition": {"type": "http://adlnet.gov/expapi/activities/course"},
                    }
                ]
            }
        },
    }
    vendor.store(
        statement(actor=ACCOUNT, **part),
        statement(actor=ACCOUNT, object={"id": COURSE}),
        statement(actor={"account": {**ACCOUNT["account"], "homePage": f"{SITE}/"}}, **part),
    )

    catch_up(hub.database)

    with hub.database.reading() as session:
        (row,) = session.scalars(select(Progress)).all()  # a homePage counts without its slash
        assert (row.status, row.evidence_count) == ("completed", 3)
        assert [part["activity"] for part in row.parts] == [findable(OTHER)]
        assert len(session.scalars(select(Learner)).all()) == 1
        assert session.scalars(select(Identifier.raw)).one() == ACCOUNT["account"]["name"]
        parents = dict(session.execute(select(Activity.iri, Activity.parent_id)).all())
        assert parents[findable(OTHER)] is not None


def test_forwarders_choose_by_long_iris(hub, vendor):
    chosen, *_ = vendor.store(
        statement(verb={"id": VERB}, object={"id": COURSE}), statement(verb={"id": COMPLETED})
    )

    with hub.database.reading() as session:
        for wanted in (
            Filter(verbs=(VERB,)),
            Filter(activities=(COURSE,)),
            Filter(activities=("https://course.example.org/*",)),
        ):
            batch = next_batch(session, wanted, after=0, limit=LIMIT)
            assert [str(item.id) for item in batch.items] == [chosen]
