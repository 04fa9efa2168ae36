"""A stock client of the standard, over real HTTP."""

from contextlib import contextmanager
from threading import Thread
from uuid import uuid4

import pytest
from tincan import (
    Activity,
    ActivityProfileDocument,
    Agent,
    AgentProfileDocument,
    RemoteLRS,
    StateDocument,
    Statement,
    StatementsResult,
    Verb,
)
from tincan.lrs_response import LRSResponse
from werkzeug.serving import make_server

from hub.accounts.vendors import create_vendor
from tests.hub.lrs.speaking import Door

FAILED = "http://adlnet.gov/expapi/verbs/failed"
ANN = Agent(mbox="mailto:ann@example.org")
COURSE = Activity(id="https://lms.example.org/course/1")


@pytest.fixture
def lrs(app, vendor):
    """The client, told where the hub listens."""
    with listening(app, vendor) as client:
        yield client


@pytest.fixture
def lenient(hub, app):
    """The client, with a credential that the store is lenient with."""
    with hub.database.transaction() as session:
        made = create_vendor(session, hub.keyring, "Older", ["profile"], lenient=True)
    with listening(app, Door(app, *made)) as client:
        yield client


@contextmanager
def listening(app, vendor):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield RemoteLRS(
        version="1.0.3",
        endpoint=f"http://127.0.0.1:{server.server_port}/xapi/",
        username=vendor.key,
        password=vendor.secret,
    )
    server.shutdown()
    thread.join()
    server.server_close()


def completed(verb="http://adlnet.gov/expapi/verbs/completed", **parts):
    return Statement(
        {
            "actor": {"objectType": "Agent", "mbox": "mailto:ann@example.org", "name": "Ann"},
            "verb": {"id": verb, "display": {"en": "did"}},
            "object": {"objectType": "Activity", "id": "https://lms.example.org/course/1"},
            **parts,
        }
    )


def content(answer: LRSResponse):
    assert answer.success, answer.data
    return answer.content


def read(answer: LRSResponse):
    """The document of an answer. Under Python 3 the client does not see the ETag itself."""
    document = content(answer)
    document.etag = answer.response.getheader("ETag")
    return document


def test_it_asks_what_the_store_speaks(lrs):
    assert content(lrs.about()).version == ["1.0.3"]


def test_it_saves_one_and_is_told_its_id(lrs):
    saved = content(lrs.save_statement(completed()))

    assert content(lrs.retrieve_statement(saved.id)).actor.name == "Ann"


def test_it_saves_one_under_an_id_of_its_own_as_often_as_it_likes(lrs):
    sent = completed(id=str(uuid4()))

    content(lrs.save_statement(sent))
    content(lrs.save_statement(sent))

    found = content(lrs.retrieve_statement(sent.id))
    assert str(found.id) == str(sent.id)
    content(lrs.save_statement(found))


def test_it_saves_a_batch(lrs):
    saved = content(lrs.save_statements([completed(), completed(FAILED)]))

    assert len({statement.id for statement in saved}) == 2


def test_it_asks_for_some_and_for_more(lrs):
    saved = content(lrs.save_statements([completed() for _ in range(5)]))
    content(lrs.save_statement(completed(FAILED)))
    query = {
        "agent": Agent(mbox="mailto:ann@example.org"),
        "verb": Verb(id="http://adlnet.gov/expapi/verbs/completed"),
        "ascending": True,
        "limit": 2,
    }

    page = content(lrs.query_statements(query))
    seen = list(page.statements)
    while page.more:
        assert isinstance(page, StatementsResult)
        page = content(lrs.more_statements(page))
        seen += page.statements

    assert [statement.id for statement in seen] == [statement.id for statement in saved]


def test_it_voids(lrs):
    saved = content(lrs.save_statement(completed()))
    void = {"objectType": "StatementRef", "id": str(saved.id)}
    content(lrs.save_statement(completed("http://adlnet.gov/expapi/verbs/voided", object=void)))

    assert content(lrs.retrieve_voided_statement(saved.id)).id == saved.id
    assert not lrs.retrieve_statement(saved.id).success


def test_it_hears_why_a_statement_was_not_taken(lrs):
    answer = lrs.save_statement(completed(result={"score": {"scaled": 7}}))

    assert not answer.success
    assert "/result/score/scaled" in answer.data


def test_it_hears_that_its_password_is_wrong(lrs):
    lrs.auth = "Basic " + "eDp5"

    answer = lrs.about()
    assert answer.success
    answer = lrs.query_statements({})
    assert answer.response.status == 401


def test_it_keeps_states_and_clears_them(lrs):
    for name in ("bookmark", "notes"):
        state = StateDocument(id=name, content="page 7", activity=COURSE, agent=ANN)
        content(lrs.save_state(state))
    state.content = "page 8"
    content(lrs.save_state(state))

    assert content(lrs.retrieve_state_ids(COURSE, ANN)) == ["bookmark", "notes"]
    assert bytes(content(lrs.retrieve_state(COURSE, ANN, "bookmark")).content) == b"page 7"
    assert bytes(content(lrs.retrieve_state(COURSE, ANN, "notes")).content) == b"page 8"
    assert lrs.delete_state(state).success
    assert content(lrs.retrieve_state_ids(COURSE, ANN)) == ["bookmark"]
    assert lrs.clear_state(COURSE, ANN).success
    assert content(lrs.retrieve_state_ids(COURSE, ANN)) == []


def test_it_hears_what_a_new_profile_needs_which_it_cannot_say(lrs):
    """It never sends If-None-Match, without which 1.0.3 takes no new profile."""
    answer = lrs.save_agent_profile(AgentProfileDocument(id="p", content="x", agent=ANN))

    assert not answer.success
    assert "If-None-Match: *" in answer.data


def test_it_keeps_profiles_of_agents_where_the_store_is_lenient(lenient):
    content(lenient.save_agent_profile(AgentProfileDocument(id="p", content="old", agent=ANN)))

    kept = read(lenient.retrieve_agent_profile(ANN, "p"))
    assert bytes(kept.content) == b"old"
    kept.content = "new"
    content(lenient.save_agent_profile(kept))
    kept = read(lenient.retrieve_agent_profile(ANN, "p"))
    assert bytes(kept.content) == b"new"
    assert content(lenient.retrieve_agent_profile_ids(ANN)) == ["p"]
    assert lenient.delete_agent_profile(kept).success
    assert content(lenient.retrieve_agent_profile_ids(ANN)) == []


def test_it_keeps_profiles_of_activities_where_the_store_is_lenient(lenient):
    new = ActivityProfileDocument(id="p", content="old", activity=COURSE)
    content(lenient.save_activity_profile(new))

    kept = read(lenient.retrieve_activity_profile(COURSE, "p"))
    assert bytes(kept.content) == b"old"
    kept.content = "new"
    content(lenient.save_activity_profile(kept))
    kept = read(lenient.retrieve_activity_profile(COURSE, "p"))
    assert bytes(kept.content) == b"new"
    assert content(lenient.retrieve_activity_profile_ids(COURSE)) == ["p"]
    assert lenient.delete_activity_profile(kept).success
    assert content(lenient.retrieve_activity_profile_ids(COURSE)) == []


def test_it_overwrites_no_profile_unseen_where_the_store_is_lenient(lenient):
    document = AgentProfileDocument(id="p", content="old", agent=ANN)
    content(lenient.save_agent_profile(document))

    answer = lenient.save_agent_profile(AgentProfileDocument(id="p", content="x", agent=ANN))

    assert answer.response.status == 409
    assert "If-Match" in answer.data
    assert bytes(content(lenient.retrieve_agent_profile(ANN, "p")).content) == b"old"


def test_it_changes_profiles_that_are_there(lrs, vendor):
    new = {"headers": {"If-None-Match": "*"}, "data": b"old"}
    agent = {"agent": ANN.to_json("1.0.3"), "profileId": "p"}
    activity = {"activityId": COURSE.id, "profileId": "p"}
    made = vendor.ask("PUT", "/xapi/agents/profile", query_string=agent, **new)
    vendor.ask("PUT", "/xapi/activities/profile", query_string=activity, **new)
    known = {"id": "p", "content": "new", "etag": made.headers["ETag"]}

    content(lrs.save_agent_profile(AgentProfileDocument(agent=ANN, **known)))
    content(lrs.save_activity_profile(ActivityProfileDocument(activity=COURSE, **known)))

    assert bytes(content(lrs.retrieve_agent_profile(ANN, "p")).content) == b"new"
    assert bytes(content(lrs.retrieve_activity_profile(COURSE, "p")).content) == b"new"
    assert content(lrs.retrieve_agent_profile_ids(ANN)) == ["p"]
    assert content(lrs.retrieve_activity_profile_ids(COURSE)) == ["p"]


def test_it_finds_and_clears_the_states_of_a_registration_apart_from_others(lrs, vendor):
    """It reads and clears with a registration; what it saves has none."""
    registration = str(uuid4())
    attempt = {"activity": COURSE, "agent": ANN, "registration": registration}
    where = {"activityId": COURSE.id, "agent": ANN.to_json("1.0.3"), "stateId": "bookmark"}
    query = {**where, "registration": registration}
    vendor.ask("PUT", "/xapi/activities/state", query_string=query, data=b"page 3")

    assert content(lrs.retrieve_state_ids(COURSE, ANN)) == []
    assert content(lrs.retrieve_state_ids(**attempt)) == ["bookmark"]
    state = content(lrs.retrieve_state(**attempt, state_id="bookmark"))
    assert bytes(state.content) == b"page 3"
    assert lrs.clear_state(**attempt).success
    assert content(lrs.retrieve_state_ids(**attempt)) == []


def test_it_asks_what_changed_since(lrs):
    content(lrs.save_state(StateDocument(id="notes", content="1", activity=COURSE, agent=ANN)))

    assert content(lrs.retrieve_state_ids(COURSE, ANN, since="2020-01-01T00:00:00Z")) == ["notes"]
    assert content(lrs.retrieve_state_ids(COURSE, ANN, since="2999-01-01T00:00:00Z")) == []


def test_it_takes_what_is_not_there_for_empty(lrs):
    for answer in (
        lrs.retrieve_state(COURSE, ANN, "nowhere"),
        lrs.retrieve_agent_profile(ANN, "nowhere"),
        lrs.retrieve_activity_profile(COURSE, "nowhere"),
    ):
        assert answer.success
        assert answer.response.status == 404


def test_it_deletes_profiles(lrs, vendor):
    agent = {"agent": ANN.to_json("1.0.3"), "profileId": "p"}
    activity = {"activityId": COURSE.id, "profileId": "p"}
    for path, query in (("agents", agent), ("activities", activity)):
        made = vendor.ask("POST", f"/xapi/{path}/profile", query_string=query, json={"a": 1})
        assert made.status_code == 204

    assert lrs.delete_agent_profile(content(lrs.retrieve_agent_profile(ANN, "p"))).success
    assert lrs.delete_activity_profile(content(lrs.retrieve_activity_profile(COURSE, "p"))).success
    assert content(lrs.retrieve_agent_profile_ids(ANN)) == []
    assert content(lrs.retrieve_activity_profile_ids(COURSE)) == []
