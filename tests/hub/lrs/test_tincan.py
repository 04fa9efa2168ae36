"""A stock client of the standard, over real HTTP."""

from threading import Thread
from uuid import uuid4

import pytest
from tincan import Agent, RemoteLRS, Statement, StatementsResult, Verb
from tincan.lrs_response import LRSResponse
from werkzeug.serving import make_server

FAILED = "http://adlnet.gov/expapi/verbs/failed"


@pytest.fixture
def lrs(app, vendor):
    """The client, told where the hub listens."""
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
