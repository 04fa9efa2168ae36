"""Documents come back as they were sent, lie where their parameters say, and merge as JSON."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1

import pytest
from sqlalchemy import func, select

from hub import clock
from hub.learners.models import Identifier, Learner
from hub.lrs.document_models import Document
from tests.hub.lrs.documenting import (
    ACTIVITY,
    NEW,
    OCTETS,
    REGISTRATION,
    RESOURCES,
    shelf_of,
)
from tests.hub.lrs.speaking import CONSISTENT, mbox, refusal

BINARY = bytes(range(256)) + b"\r\n--boundary\r\n\x00\xff"


@pytest.fixture(params=sorted(RESOURCES))
def each(request, vendor):
    """Each of the three resources."""
    return shelf_of(vendor, request.param)


@pytest.fixture
def shelf(vendor):
    """One of them, for what is the same in all."""
    return shelf_of(vendor, "agent profile")


@pytest.fixture
def states(vendor):
    return shelf_of(vendor, "state")


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_bytes_come_back_unchanged_with_their_content_type(each):
    each.make(BINARY, "image/x-odd; name=a")

    answer = each.get()

    assert answer.status_code == 200
    assert answer.data == BINARY
    assert answer.headers["Content-Type"] == "image/x-odd; name=a"


def test_json_is_not_written_anew(shelf):
    written = b'{ "b": 1.50,\n "a": "\\u00e9" }\n'
    shelf.make(written, "application/json; charset=UTF-8")

    answer = shelf.get()

    assert answer.data == written
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"


def test_an_empty_document_is_a_document(shelf):
    shelf.make(b"", "text/plain")

    assert shelf.get().status_code == 200
    assert shelf.get().data == b""


def test_a_document_without_content_type_is_octets(shelf):
    assert shelf.put(b"x", None, headers=NEW).status_code == 204

    assert shelf.get().headers["Content-Type"] == OCTETS


def test_the_etag_is_the_quoted_sha1_of_the_bytes(shelf):
    shelf.make(BINARY)

    assert shelf.get().headers["ETag"] == f'"{sha1(BINARY).hexdigest()}"'


def test_last_modified_is_an_http_date(shelf, monkeypatch):
    at(monkeypatch, datetime(2026, 3, 18, 17, 0, 0, 600_000, tzinfo=UTC))
    shelf.make(b"x")
    monkeypatch.undo()

    assert shelf.get().headers["Last-Modified"] == "Wed, 18 Mar 2026 17:00:00 GMT"


def test_a_change_moves_last_modified(shelf, monkeypatch):
    before = clock.now()
    at(monkeypatch, before - timedelta(seconds=90))
    shelf.post({"a": 1})
    monkeypatch.undo()

    shelf.post({"a": 1})

    changed = parsedate_to_datetime(shelf.get().headers["Last-Modified"])
    assert changed >= before.replace(microsecond=0)


def test_head_answers_as_get_without_a_body(each):
    each.make(BINARY, "image/png")

    head, get = each.ask("HEAD"), each.get()

    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


def test_who_has_the_document_is_told_that_it_has_not_changed(shelf):
    etag = shelf.make(b"x")

    answer = shelf.get(headers={"If-None-Match": f'"other", W/{etag}'})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == etag


def test_a_browser_runs_nothing_of_a_document(shelf):
    shelf.make(b"<script>alert(1)</script>", "text/html")

    answer = shelf.get()

    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_document_that_is_not_there_is_named(shelf):
    assert '"bookmark"' in refusal(shelf.get(), 404)


def test_a_deleted_document_is_gone_and_deleting_it_again_is_no_error(each):
    each.make(b"x")

    assert each.delete().status_code == 204
    assert each.delete().status_code == 204
    refusal(each.get(), 404)


def test_documents_have_no_consistent_through(shelf):
    shelf.make(b"x")

    assert CONSISTENT not in shelf.get().headers


def test_the_resources_do_not_share_documents(vendor):
    for kind in RESOURCES:
        shelf_of(vendor, kind).make(kind.encode())

    assert [shelf_of(vendor, kind).get().text for kind in RESOURCES] == list(RESOURCES)


def test_a_long_activity_and_a_long_name_are_no_trouble(vendor):
    shelf = shelf_of(vendor, "activity profile")
    long = {"activityId": ACTIVITY + "/x" * 3000, "profileId": "ü" * 1000}

    shelf.make(b"x", **long)

    assert shelf.get(**long).data == b"x"
    assert shelf.names(activityId=long["activityId"]) == [long["profileId"]]


# --- which document is meant


def test_with_and_without_registration_are_different_documents(states):
    states.make(b"none")
    states.make(b"one", registration=REGISTRATION)

    assert states.get().data == b"none"
    assert states.get(registration=REGISTRATION).data == b"one"


def test_a_registration_is_the_same_in_capital_letters(states):
    states.make(b"x", registration=REGISTRATION)

    assert states.get(registration=REGISTRATION.upper()).data == b"x"


def test_names_are_those_of_one_registration_or_of_none(states):
    states.make(b"x", stateId="b")
    states.make(b"x", stateId="a")
    states.make(b"x", stateId="c", registration=REGISTRATION)

    assert states.names() == ["a", "b"]
    assert states.names(registration=REGISTRATION) == ["c"]


def test_clearing_deletes_the_states_of_one_registration_or_of_none(states):
    states.make(b"x", stateId="a")
    states.make(b"x", stateId="b")
    states.make(b"x", stateId="c", registration=REGISTRATION)

    assert states.delete(stateId=None).status_code == 204
    assert states.names() == []
    assert states.names(registration=REGISTRATION) == ["c"]
    assert states.delete(stateId=None, registration=REGISTRATION).status_code == 204
    assert states.names(registration=REGISTRATION) == []


def test_clearing_leaves_other_people_and_activities_alone(states):
    bob, elsewhere = json.dumps(mbox("bob@example.org")), ACTIVITY + "/2"
    states.make(b"x")
    states.make(b"x", agent=bob)
    states.make(b"x", activityId=elsewhere)

    states.delete(stateId=None)

    assert states.names() == []
    assert states.names(agent=bob) == states.names(activityId=elsewhere) == ["bookmark"]


@pytest.mark.parametrize("kind", ["state", "agent profile"])
@pytest.mark.parametrize(
    "agent",
    [
        mbox("ANN@Example.org"),
        {"objectType": "Agent", "name": "Ann", **mbox("ann@example.org")},
    ],
)
def test_an_agent_is_known_by_its_identifier_alone(vendor, kind, agent):
    shelf = shelf_of(vendor, kind)
    shelf.make(b"x")

    assert shelf.get(agent=json.dumps(agent)).data == b"x"


@pytest.mark.parametrize("kind", ["state", "agent profile"])
def test_different_agents_have_different_documents(vendor, kind):
    shelf = shelf_of(vendor, kind)
    shelf.make(b"x")
    account = {"account": {"homePage": "https://lms.example.org", "name": "ann@example.org"}}

    refusal(shelf.get(agent=json.dumps(account)), 404)


def test_names_are_a_json_array_with_etag_and_the_newest_change(each, monkeypatch):
    for day, name in ((1, "old"), (3, "newest"), (2, "new")):
        at(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        each.make(b"x", **{each.id: name})
    monkeypatch.undo()

    answer = each.get(**{each.id: None})

    assert answer.mimetype == "application/json"
    assert answer.json == ["new", "newest", "old"]
    assert answer.headers["ETag"] == f'"{sha1(answer.data).hexdigest()}"'
    assert answer.headers["Last-Modified"] == "Tue, 03 Mar 2026 00:00:00 GMT"


def test_no_documents_are_an_empty_array(shelf):
    assert shelf.names() == []
    assert "Last-Modified" not in shelf.get(**{shelf.id: None}).headers


def test_since_is_exclusive_to_the_microsecond(shelf, monkeypatch):
    moment = datetime(2026, 3, 18, 17, 0, 0, 123_456, tzinfo=UTC)
    at(monkeypatch, moment)
    shelf.make(b"x")
    monkeypatch.undo()

    assert shelf.names(since=moment.isoformat()) == []
    assert shelf.names(since=(moment - timedelta(microseconds=1)).isoformat()) == ["bookmark"]
    assert shelf.names(since="2026-03-18T18:00:00.123455+01:00") == ["bookmark"]


# --- merging


def test_posting_a_new_document_stores_its_bytes(shelf):
    written = b'{ "a" : 1.0 }'

    answer = shelf.ask("POST", data=written, content_type="application/json;charset=utf-8")

    assert answer.status_code == 204
    assert shelf.get().data == written


def test_posting_sets_top_level_properties_only(each):
    each.post({"x": "foo", "y": {"keep": 1, "deep": {"a": 1}}, "v": 1})

    answer = each.post({"x": "bash", "y": {"deep": {"b": None}}, "z": [1.5, True]})

    assert answer.status_code == 204
    merged = each.get()
    assert merged.json == {"x": "bash", "y": {"deep": {"b": None}}, "v": 1, "z": [1.5, True]}
    assert merged.mimetype == "application/json"
    assert merged.headers["ETag"] == f'"{sha1(merged.data).hexdigest()}"'


NO_OBJECTS = [
    (b"abc", OCTETS, "application/octet-stream"),
    (b'{"a": 1}', "text/plain", "text/plain"),
    (b'{"a": 1}', None, "octet-stream"),
    (b'{"a": 1}{', "application/json", "not JSON"),
    (b"[1]", "application/json", "no JSON object"),
    (b'"abc"', "application/json", "no JSON object"),
    (b"null", "application/json", "no JSON object"),
    (b"", "application/json", "empty"),
    (b'{"a": 1, "a": 2}', "application/json", "twice"),
    (b'{"a": NaN}', "application/json", "NaN"),
    (b'{"a": "\xff"}', "application/json", "UTF-8"),
]


@pytest.mark.parametrize("stored", [True, False])
def test_what_is_no_json_object_is_not_merged(states, stored):
    if stored:
        states.post({"a": 0})

    for body, content_type, why in NO_OBJECTS:
        answer = states.ask("POST", data=body, content_type=content_type)
        assert why in refusal(answer, 400)

    if stored:
        assert states.get().json == {"a": 0}
    else:
        refusal(states.get(), 404)


@pytest.mark.parametrize(
    ("stored", "content_type"),
    [(b"/ a / b", OCTETS), (b"[1]", "application/json"), (b"{", "application/json")],
)
def test_nothing_is_merged_into_what_is_no_json_object(shelf, stored, content_type):
    shelf.make(stored, content_type)

    message = refusal(shelf.post({"a": 1}), 400)

    assert "that is stored" in message
    assert shelf.get().data == stored


# --- sizes and encodings


def test_a_document_that_is_too_large_is_refused_with_the_limit(shelf, app):
    app.config["MAX_CONTENT_LENGTH"] = 500

    message = refusal(shelf.put(b"x" * 501, headers=NEW), 413)

    assert "document was not stored" in message
    assert "500 bytes" in message
    assert shelf.names() == []


def test_a_document_that_grows_too_large_by_merging_stays_as_it_was(shelf, hub):
    half = hub.settings.max_body_bytes // 2
    shelf.post({"a": "x" * half})

    message = refusal(shelf.post({"b": "y" * half}), 413)

    assert str(hub.settings.max_body_bytes) in message
    assert list(shelf.get().json) == ["a"]


def test_an_encoded_document_is_refused(shelf):
    answer = shelf.put(b"\x1f\x8b", headers={**NEW, "Content-Encoding": "gzip"})

    assert "gzip" in refusal(answer, 415)


# --- whose they are


@pytest.mark.parametrize("kind", ["state", "agent profile"])
def test_a_document_names_the_identifier_that_its_person_is_erased_by(vendor, hub, kind):
    shelf_of(vendor, kind).make(b"x")

    with hub.database.reading() as session:
        row = session.scalars(select(Document)).one()
        identifier = session.get(Identifier, row.identifier_id)
        learners = session.scalar(select(func.count()).select_from(Learner))
    assert row.agent == "mbox||ann@example.org"
    assert (identifier.kind, identifier.canonical) == ("mbox", "ann@example.org")
    assert learners == 0


def test_an_agent_whose_identifier_names_nobody_can_have_documents(states, hub):
    nobody = json.dumps({"account": {"homePage": "https://lms.example.org", "name": ""}})

    states.make(b"x", agent=nobody)

    assert states.get(agent=nobody).data == b"x"
    with hub.database.reading() as session:
        assert session.scalars(select(Document.identifier_id)).one() is None
