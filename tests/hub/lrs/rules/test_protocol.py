"""Headers, methods and bodies of /xapi/statements (xAPI Communication 1 to 4)."""

import gzip
import json
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import bystander
from tests.hub.lrs.speaking import CONSISTENT, VERSION, refusal, statement

STATEMENTS = "/xapi/statements"


def instant(text):
    """An instant as text of one length, so that texts compare like instants."""
    assert text.endswith("Z")
    assert len(text) == len("2026-03-18T17:00:00.000000Z")
    return text


def test_every_answer_of_the_statement_resource_says_up_to_when_it_is_complete(vendor, client):
    (stored,) = vendor.store(statement())
    known = statement(id=str(uuid4()))
    vendor.store(known)
    newest = vendor.one(known["id"])["stored"]
    answers = {
        "list": vendor.get(),
        "one": vendor.get(statementId=stored),
        "head": vendor.ask("HEAD"),
        "post": vendor.post(statement()),
        "same": vendor.post(known),
        "put": vendor.put(statement(), uuid4()),
        "no such": vendor.get(statementId=str(uuid4())),
        "bad query": vendor.get(limit="x"),
        "bad body": vendor.post({}),
        "conflict": vendor.post({**known, "actor": {"mbox": "mailto:b@example.org"}}),
        "method": vendor.ask("DELETE"),
        "more": vendor.get(vendor.get(limit=1).json["more"]),
        "stranger": client.get(STATEMENTS, headers={VERSION: "1.0.3"}),
    }

    for name, answer in answers.items():
        assert instant(answer.headers[CONSISTENT]) >= newest, name
        assert answer.headers.getlist(VERSION) == ["1.0.3"], name


def test_last_modified_is_an_http_date_of_the_newest_statement(vendor):
    first, second = vendor.store(statement(timestamp="2001-01-01T00:00:00Z"), statement())
    stored = vendor.one(second)["stored"]

    for answer in (
        vendor.get(statementId=first),
        vendor.get(),
        vendor.get(ascending="true"),
        vendor.ask("HEAD"),
        vendor.get(format="ids"),
    ):
        text = answer.headers["Last-Modified"]
        assert text.endswith(" GMT")
        assert parsedate_to_datetime(text).isoformat()[:19] == stored[:19]


def test_nothing_found_was_never_modified(vendor):
    assert "Last-Modified" not in vendor.get().headers


def test_head_answers_like_get_without_a_body(vendor):
    (stored,) = vendor.store(statement())
    for query, status in (
        ({}, 200),
        ({"statementId": stored}, 200),
        ({"voidedStatementId": stored}, 404),
        ({"limit": "-1"}, 400),
        ({"format": "ids", "verb": "https://x.org/none"}, 200),
    ):
        got, head = vendor.get(**query), vendor.ask("HEAD", query_string=query)
        assert (head.status_code, head.data) == (got.status_code, b"") == (status, b"")
        for name in ("Content-Type", "Content-Length", "Last-Modified", VERSION):
            assert head.headers.get(name) == got.headers.get(name), (query, name)


def test_a_statement_by_its_id_stands_alone_with_attachments_and_format(vendor):
    (stored,) = vendor.store(statement())
    other = {
        "agent": '{"mbox":"mailto:a@example.org"}',
        "verb": "https://x.org/v",
        "activity": "https://x.org/a",
        "registration": str(uuid4()),
        "since": "2026-01-01T00:00:00Z",
        "until": "2026-01-01T00:00:00Z",
        "limit": "1",
        "ascending": "true",
        "related_agents": "true",
        "related_activities": "true",
    }
    for wanted in ("statementId", "voidedStatementId"):
        for name, value in other.items():
            assert name in refusal(vendor.get(**{wanted: stored, name: value}), 400)

    assert vendor.get(statementId=stored, format="ids", attachments="false").status_code == 200


def test_an_id_that_is_no_uuid_is_refused(vendor):
    dashed = str(uuid4())
    for name in ("statementId", "voidedStatementId", "registration"):
        for odd in (
            "",
            "1",
            dashed[:-1],
            dashed.replace("-", ""),
            "{" + dashed + "}",
            dashed + " ",
        ):
            assert name in refusal(vendor.get(**{name: odd}), 400), odd
    for odd in (dashed.replace("-", ""), "{" + dashed + "}", "urn:uuid:" + dashed, ""):
        refusal(vendor.post(statement(id=odd)), 400)
        refusal(vendor.put(statement(), odd), 400)
    assert vendor.find() == []


def test_parameters_that_a_write_does_not_know_are_refused(vendor):
    for method, query in (
        ("POST", {"statementId": str(uuid4())}),
        ("PUT", {"statementId": str(uuid4()), "verb": "https://x.org"}),
    ):
        answer = vendor.ask(method, json=statement(), query_string=query)
        refusal(answer, 400)
    assert vendor.find() == []


def test_what_the_store_assigns_is_what_it_returns(vendor):
    (stored,) = vendor.store(bystander(timestamp="2026-03-18T17:00:00.123456789Z"))
    found = vendor.one(stored)

    assert instant(found["stored"])
    assert found["timestamp"].startswith("2026-03-18T17:00:00.123")
    assert found["authority"]["objectType"] == "Agent"


@pytest.mark.parametrize(
    ("spoken", "sent", "kept"),
    [
        ("1.0.3", None, "1.0.0"),
        ("1.0.3", "1.0", "1.0"),
        ("1.0.3", "1.0.0", "1.0.0"),
        ("1.0.3", "1.0.9", "1.0.9"),
        ("1.0.3", "1.1.0", None),
        ("1.0.3", "0.95", None),
        ("1.0.3", "2.0.0", None),
        ("2.0.0", None, "2.0.0"),
        ("2.0.0", "2.0.0", "2.0.0"),
        ("2.0.0", "2.1.0", None),
        ("2.0.0", "3.0.0", None),
    ],
)
def test_a_statement_keeps_its_version_or_gets_that_of_the_request(vendor, spoken, sent, kept):
    vendor.version = spoken
    answer = vendor.post(statement(version=sent))

    if kept is None:
        refusal(answer, 400)
    else:
        assert vendor.one(answer.json[0])["version"] == kept


def test_a_statement_is_read_in_either_version_whichever_it_came_in(vendor):
    (old,) = vendor.store(statement())
    vendor.version = "2.0.0"
    (new,) = vendor.store(statement())

    assert vendor.find() == [new, old]
    assert (vendor.one(old)["version"], vendor.one(new)["version"]) == ("1.0.0", "2.0.0")
    vendor.version = "1.0.3"
    assert vendor.find() == [new, old]


def test_an_id_in_the_body_and_another_in_the_address_are_no_conflict_but_a_mistake(vendor):
    known = statement(id=str(uuid4()))
    vendor.store(known)

    refusal(vendor.put(known, uuid4()), 400)
    refusal(vendor.put(statement(id=str(uuid4())), known["id"]), 400)


BODIES = {
    "gzip named": (gzip.compress(b"{}"), {"Content-Encoding": "gzip"}),
    "gzip unnamed": (gzip.compress(b"{}"), {}),
    "deflate": (b"x", {"Content-Encoding": "deflate"}),
    "byte order mark": (b"\xef\xbb\xbf" + json.dumps(statement()).encode(), {}),
    "UTF-16": (json.dumps(statement()).encode("utf-16"), {}),
    "nothing": (b"", {}),
    "half a text": (json.dumps(statement()).encode()[:-1], {}),
    "two texts": (json.dumps(statement()).encode() * 2, {}),
    "deep object": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, {}),
    "deep array": (b"[" * 20_000 + b"]" * 20_000, {}),
    "NaN": (b'{"actor":NaN}', {}),
    "infinite": (b'{"actor":1e999}', {}),
    "NUL": (json.dumps(statement(result={"response": "a\0b"})).encode(), {}),
    "half a surrogate pair": (
        json.dumps(statement(result={"response": "a\ud800b"})).encode(),
        {},
    ),
    "NUL in a key": (
        json.dumps(statement(context={"extensions": {"https://x.org/\0": 1}})).encode(),
        {},
    ),
    "a key twice, deep inside": (
        b'{"actor":{"mbox":"mailto:a@example.org","mbox":"mailto:b@example.org"}}',
        {},
    ),
}


def test_no_body_is_a_mistake_of_the_hub(vendor):
    for name, (body, headers) in BODIES.items():
        for method, query in (("POST", {}), ("PUT", {"statementId": str(uuid4())})):
            answer = vendor.ask(
                method,
                data=body,
                content_type="application/json",
                headers=headers,
                query_string=query,
            )
            assert answer.status_code in {400, 415}, (name, method, answer.text)
            refusal(answer, answer.status_code)
    assert vendor.find() == []


def test_texts_that_other_stores_choke_on_are_stored_and_found(vendor):
    registration = str(uuid4())
    big = int("9" * 100)
    sent = statement(
        id=str(uuid4()),
        actor={"account": {"homePage": "https://x.org/", "name": "'; DROP TABLE statement; -- %s"}},
        object={"id": "https://x.org/ü/日本/%00?a=b&c=%25"},
        context={
            "registration": registration,
            "extensions": {"https://x.org/big": [big, -big, 1.0e300]},
        },
        result={"response": "\\u0000 \\ud800 \u0001 \u007f \ufffe 😀"},
    )
    vendor.store(sent)

    for query in (
        {"registration": registration},
        {"agent": json.dumps(sent["actor"])},
        {"activity": sent["object"]["id"]},
        {},
    ):
        answer = vendor.get(**query)
        (found,) = json.loads(answer.data)["statements"]
        assert {name: found[name] for name in sent} == sent
    assert vendor.put(sent, sent["id"]).status_code == 204


def test_parameters_that_no_database_holds_are_refused(vendor):
    for query in (
        {"verb": "https://x.org/\0"},
        {"agent": '{"mbox":"mailto:a\\u0000@example.org"}'},
        {"agent": '{"account":{"homePage":"https://x.org","name":"\\ud800"}}'},
        {"registration": "\0"},
        {"since": "\0"},
        {"format": "\0"},
        {"\0": "1"},
    ):
        refusal(vendor.get(**query), 400)
