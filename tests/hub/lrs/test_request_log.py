"""The last requests of each credential: what they tell, how many are kept, what they never hold."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import delete, event, func, select

from hub.accounts.credentials import REMEMBERED
from hub.accounts.models import Vendor
from hub.accounts.vendors import revoke_vendor
from hub.lrs.http import credentials
from hub.lrs.request_log import KEPT, MOST_WAITING, Entry, RequestLog, last_requests, request_log
from hub.lrs.request_models import VendorRequest
from hub.lrs.request_words import deed, outcome
from tests.hub.lrs.speaking import VERSION, open_door, statement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def logged(hub, app):
    """What the log has of a vendor, newest first, once it is written."""

    def read(door):
        request_log(app).write()
        with hub.database.reading() as session:
            return last_requests(session, door.vendor.id)

    return read


def entry(door, number=0, **parts):
    usual = {
        "vendor_id": door.vendor.id, "let_in": True, "at": NOON + timedelta(seconds=number),
        "method": "GET", "resource": f"statements/{number}", "statements": None, "set_aside": 0,
        "status": 200, "error": "", "milliseconds": 1.5,
    }  # fmt: skip
    return Entry(**usual | parts)


def test_a_request_tells_when_what_how_many_and_how_it_ended(vendor, logged):
    before = datetime.now(UTC)
    vendor.store(statement(), statement())

    (row,) = logged(vendor)

    assert before <= row.at <= datetime.now(UTC)
    assert (row.method, row.resource, row.statements) == ("POST", "statements", 2)
    assert (row.status, row.error, row.set_aside) == (200, "", 0)
    assert 0 < row.milliseconds < 60_000
    assert (deed(row), outcome(row)[0]) == ("Send 2 statements", "Accepted")


def test_a_refusal_tells_the_first_sentence_of_its_reason(vendor, logged):
    vendor.post([statement(), {**statement(), "verb": {"id": "no iri"}}])

    (row,) = logged(vendor)

    assert (row.status, row.statements) == (400, 2)
    assert row.error.startswith("Statement 2 of 2 was not stored: /verb/id:")
    assert "Nothing of the request" not in row.error


def test_a_missing_version_is_told_though_nobody_was_let_in_yet(client, vendor, logged):
    vendor.ask("GET", headers={VERSION: "0.9"})

    (row,) = logged(vendor)

    assert (row.status, row.error) == (400, 'X-Experience-API-Version is "0.9".')


def test_a_known_key_with_a_wrong_secret_is_told_and_is_no_use(vendor, logged, hub):
    vendor.secret += "x"
    vendor.get()

    (row,) = logged(vendor)

    assert (row.status, row.error) == (401, "The secret is wrong.")
    with hub.database.reading() as session:
        assert session.get_one(Vendor, vendor.vendor.id).used_at is None


def test_the_sender_of_wrong_credentials_learns_less_than_the_admin(vendor, app, hub, logged):
    with hub.database.transaction() as session:
        revoke_vendor(session, vendor.vendor.name)
    credentials(app).forget()

    answer = vendor.get()

    assert "wrong, expired or revoked" in answer.json["message"]
    assert logged(vendor)[0].error == "The credentials are revoked."


def test_an_unknown_key_leaves_no_trace(vendor, logged, hub):
    vendor.key = "0" * 32
    vendor.get()

    assert logged(vendor) == []
    with hub.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(VendorRequest)).one() == 0


def test_neither_body_nor_parameters_nor_secrets_are_kept(vendor, logged):
    canary = "canary-7f3a"
    vendor.post(statement(actor={"mbox": f"mailto:{canary}@example.org"}))
    vendor.get(agent=json.dumps({"mbox": f"mailto:{canary}@example.org"}))
    vendor.get(statementId=str(uuid4()))
    vendor.store(statement(), statement())
    vendor.get(vendor.get(limit=1).json["more"])

    rows = logged(vendor)

    kept = repr([{c.key: getattr(row, c.key) for c in VendorRequest.__table__.c} for row in rows])
    assert canary not in kept
    assert vendor.secret not in kept
    assert {row.resource for row in rows} == {"statements", "statements/more"}


def test_each_vendor_has_its_own_requests(vendor, new_vendor, logged):
    other = new_vendor()
    vendor.store(statement())
    other.get()

    assert [row.method for row in logged(vendor)] == ["POST"]
    assert [row.method for row in logged(other)] == ["GET"]


def test_only_the_last_requests_are_kept(vendor, hub):
    log = RequestLog(hub.database)
    for number in range(KEPT + 30):
        log.note(entry(vendor, number))
        if number % 70 == 0:
            log.write()
    log.write()

    with hub.database.reading() as session:
        rows = last_requests(session, vendor.vendor.id)
        total = session.scalars(select(func.count()).select_from(VendorRequest)).one()
    assert total == KEPT
    assert [row.resource for row in rows] == [
        f"statements/{number}" for number in range(KEPT + 29, 29, -1)
    ]


def test_memory_is_bounded_where_nobody_writes(vendor, hub):
    log = RequestLog(hub.database)
    for number in range(MOST_WAITING + 5):
        log.note(entry(vendor, number))

    assert len(log._waiting) == MOST_WAITING


def test_nothing_noted_writes_nothing(hub):
    begun = []
    event.listen(hub.database.engine, "begin", begun.append)

    RequestLog(hub.database).write()

    assert begun == []


def test_the_last_use_is_stored_at_most_once_a_minute(vendor, hub):
    log = RequestLog(hub.database)

    def used_after(seconds):
        log.note(entry(vendor, seconds))
        log.write()
        with hub.database.reading() as session:
            return session.get_one(Vendor, vendor.vendor.id).used_at

    assert used_after(0) == NOON
    assert used_after(59) == NOON
    assert used_after(60) == NOON + timedelta(seconds=60)


def test_requests_of_a_vendor_that_is_gone_are_forgotten(app, hub, logged):
    door, gone = open_door(hub, app), open_door(hub, app)
    log = request_log(app)
    log.note(entry(gone))
    log.note(entry(door))
    with hub.database.transaction() as session:
        session.execute(delete(Vendor).where(Vendor.id == gone.vendor.id))

    assert len(logged(door)) == 1


def test_what_is_left_is_written_when_the_server_stops(vendor, hub):
    log = RequestLog(hub.database)
    log.start()
    log.note(entry(vendor))
    log.stop()

    with hub.database.reading() as session:
        assert len(last_requests(session, vendor.vendor.id)) == 1


def test_no_request_writes_for_the_log_or_the_last_use(vendor, hub, app):
    with time_machine.travel(NOON, tick=False) as travel:
        vendor.get()
        travel.shift(REMEMBERED)
        writing = []

        def note(connection):
            if not connection.get_execution_options().get("readonly", False):
                writing.append(connection)

        event.listen(hub.database.engine, "begin", note)
        vendor.get()

    assert writing == []


@pytest.mark.parametrize(
    ("method", "resource", "statements", "words"),
    [
        ("POST", "statements", 1, "Send 1 statement"),
        ("PUT", "statements", 1, "Send 1 statement"),
        ("POST", "statements", 5000, "Send 5,000 statements"),
        ("POST", "statements", None, "Send statements"),
        ("GET", "statements", None, "Read statements"),
        ("GET", "activities/state", None, "Read a state document"),
        ("DELETE", "agents/profile", None, "Delete an agent profile"),
        ("PATCH", "nothing/here", None, "PATCH /xapi/nothing/here"),
    ],
)
def test_a_request_is_said_in_plain_words(method, resource, statements, words):
    assert deed(VendorRequest(method=method, resource=resource, statements=statements)) == words


@pytest.mark.parametrize(
    ("status", "set_aside", "word"),
    [
        (204, 0, "Accepted"),
        (200, 3, "3 set aside"),
        (400, 0, "Refused"),
        (401, 0, "Not let in"),
        (409, 0, "Conflict"),
        (500, 0, "The hub failed"),
        (503, 0, "Busy, try again"),
    ],
)
def test_an_answer_is_said_in_plain_words(status, set_aside, word):
    assert outcome(VendorRequest(status=status, set_aside=set_aside))[0] == word
