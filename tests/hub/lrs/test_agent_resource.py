"""The Person object: everything for those who may read everything, an echo for all others."""

import json
from uuid import uuid4

import pytest

from connectors.records import Identifier
from hub.learners import service
from hub.lrs.models import Actor
from hub.lrs.persons import ifi_from
from hub.lrs.prepare import ifi_text
from tests.hub.lrs.speaking import VERSION, mbox, refusal
from xapi.actors import IFI

PATH = "/xapi/agents"
MOODLE = {"homePage": "https://lms.example.org/", "name": "5"}


@pytest.fixture
def ann(hub):
    """A learner whom a source knows by three names, and statements by one of them."""
    with hub.database.transaction() as session:
        names = [
            Identifier(kind="mbox", value="Ann@example.org", scope=""),
            Identifier(kind="account", value="5", scope="https://lms.example.org/"),
            Identifier(kind="employee_id", value="0815", scope=""),
        ]
        service.resolve(session, names, name="Ann", by="test")
        service.note_account(
            session, source_id=uuid4(), key="5", identifier=names[1], name="Ann Ace", active=True
        )
        learner = service.find_learner(session, names[1])
        rows = service.identifiers_of(session, learner.id)
        account = next(row for row in rows if row.kind == "account")
        text = ifi_text(IFI("account", "5", "https://lms.example.org/"))
        session.add(Actor(ifi=text, identifier_id=account.id))


def person(vendor, agent):
    answer = vendor.get(PATH, agent=json.dumps(agent))
    assert answer.status_code == 200, answer.text
    assert answer.headers[VERSION] == vendor.version
    return answer.json


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("agent", [mbox("ann@example.org"), {"account": MOODLE}])
def test_a_learner_is_shown_under_every_identifier_and_name(vendor, agent):
    found = person(vendor, agent)
    assert found.pop("mbox")[0].casefold() == "mailto:ann@example.org"
    assert found == {"objectType": "Person", "name": ["Ann", "Ann Ace"], "account": [MOODLE]}


@pytest.mark.usefixtures("ann")
def test_an_account_is_spelled_as_in_statements_so_that_it_finds_them(new_vendor):
    found = person(new_vendor("all/read"), mbox())
    assert found["account"] == [MOODLE]


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("scope", ["statements/write", "statements/read", "profile", "state"])
def test_a_vendor_does_not_learn_the_identifiers_of_others(new_vendor, scope):
    assert person(new_vendor(scope), mbox(name="A.")) == {
        "objectType": "Person",
        "name": ["A."],
        "mbox": ["mailto:ann@example.org"],
    }


@pytest.mark.parametrize(
    "ifi",
    [
        mbox("nobody@example.org"),
        {"mbox": "mailto:not@a..domain"},
        {"mbox_sha1sum": "a" * 40},
        {"openid": "https://nobody.example.org/"},
        {"account": {"homePage": "https://x.org", "name": ""}},
    ],
)
def test_an_unknown_agent_is_a_person_of_what_was_asked(vendor, ifi):
    ((kind, value),) = ifi.items()
    assert person(vendor, ifi) == {"objectType": "Person", kind: [value]}
    assert person(vendor, {**ifi, "name": "No"}) == {
        "objectType": "Person",
        "name": ["No"],
        kind: [value],
    }


def test_head_answers_like_get_without_the_body(vendor):
    query = {"agent": json.dumps(mbox())}
    headed = vendor.ask("HEAD", PATH, query_string=query)
    assert headed.status_code == 200
    assert headed.data == b""
    assert headed.headers["ETag"] == vendor.get(PATH, **query).headers["ETag"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({}, "agent is missing"),
        ({"agent": "mailto:ann@example.org"}, "not JSON"),
        ({"agent": "{}"}, "agent"),
        ({"agent": "[]"}, "agent"),
        ({"agent": json.dumps({"name": "Ann"})}, "mbox"),
        ({"agent": json.dumps({**mbox(), "openid": "https://ann.org/"})}, "agent"),
        ({"agent": json.dumps({"objectType": "Group", **mbox()})}, "Agent"),
        ({"agent": json.dumps(mbox()), "name": "Ann"}, "name"),
        ({"agent": [json.dumps(mbox())] * 2}, "more than once"),
        ({"agent": '{"mbox":"mailto:a@b.org","mbox":"mailto:c@d.org"}'}, "twice"),
    ],
)
def test_what_names_no_single_agent_is_refused(vendor, query, word):
    assert word in refusal(vendor.get(PATH, **query), 400)


@pytest.mark.parametrize(
    "ifi",
    [
        IFI("account", "5|6", "https://lms.example.org/"),
        IFI("mbox", "ann|b@example.org"),
        IFI("openid", "https://ann.org/"),
        IFI("mbox_sha1sum", "a" * 40),
    ],
)
def test_the_text_of_an_identifier_is_read_back(ifi):
    assert ifi_from(ifi_text(ifi)) == ifi
