import json

import pytest
from sqlalchemy import select

from hub.catalog.definitions import merge
from hub.catalog.models import Activity
from tests.hub.lrs.speaking import VERSION, refusal

PATH = "/xapi/activities"
COURSE = "https://lms.example.org/course/1"
DEFINITION = {"name": {"en": "Fire", "de": "Feuer"}, "type": "https://x.org/course"}


@pytest.fixture
def course(hub):
    """An activity that two statements have named in two languages."""
    with hub.database.transaction() as session:
        session.add(Activity(iri=COURSE))
        session.flush()
        row = session.scalars(select(Activity.id)).one()
        merge(session, {row: [DEFINITION, {"name": {"fr": "Feu"}}]})


@pytest.mark.usefixtures("course")
def test_an_activity_is_shown_with_everything_that_is_known(vendor):
    answer = vendor.get(PATH, activityId=COURSE)
    assert answer.status_code == 200
    assert answer.json == {
        "objectType": "Activity",
        "id": COURSE,
        "definition": {**DEFINITION, "name": {"en": "Fire", "de": "Feuer", "fr": "Feu"}},
    }
    assert answer.headers[VERSION] == "1.0.3"


def test_an_unknown_activity_is_an_activity_without_definition(vendor):
    answer = vendor.get(PATH, activityId="https://nobody.example.org/1")
    assert answer.status_code == 200
    assert answer.json == {"objectType": "Activity", "id": "https://nobody.example.org/1"}


@pytest.mark.usefixtures("course")
def test_head_answers_like_get_without_the_body(vendor):
    got = vendor.get(PATH, activityId=COURSE)
    headed = vendor.ask("HEAD", PATH, query_string={"activityId": COURSE})
    assert headed.status_code == 200
    assert headed.data == b""
    for name in ("ETag", "Content-Length", "Content-Type", VERSION):
        assert headed.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({}, "activityId"),
        ({"activityId": "course 1"}, "course 1"),
        ({"activityId": COURSE, "language": "en"}, "language"),
        ({"activityid": COURSE}, "activityid"),
        ({"activityId": [COURSE, COURSE]}, "more than once"),
    ],
)
def test_what_asks_for_no_single_activity_is_refused(vendor, query, word):
    assert word in refusal(vendor.get(PATH, **query), 400)


@pytest.mark.parametrize("scope", ["all/read", "statements/read", "define", "profile"])
def test_who_may_read_may_read_definitions(new_vendor, scope):
    assert new_vendor(scope).get(PATH, activityId=COURSE).status_code == 200


@pytest.mark.parametrize("scope", ["statements/write", "statements/read/mine", "state"])
def test_who_only_writes_is_not_told_the_answers_of_others(new_vendor, scope):
    assert "scope" in refusal(new_vendor(scope).get(PATH, activityId=COURSE), 403)


def test_nothing_is_written_here(vendor):
    answer = vendor.ask("PUT", PATH, data=json.dumps({}), query_string={"activityId": COURSE})
    assert refusal(answer, 405).startswith("PUT is not possible here")
