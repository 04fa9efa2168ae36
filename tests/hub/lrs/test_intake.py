"""Bad statements of a credential that sets them aside: the others are stored, none is lost."""

from uuid import uuid4

import pytest
from sqlalchemy import event, select, update

from hub.accounts.credentials import credential_of
from hub.accounts.vendors import SET_ASIDE, create_vendor
from hub.lrs.intake import STREAM, close_stored, set_aside_bad
from hub.rejections.models import Rejection
from hub.rejections.service import payload_of
from tests.hub.lrs.speaking import Door, refusal, statement
from xapi import json as xapi_json
from xapi.errors import InvalidStatement, Problem

BAD_VERB = {"id": "no iri"}


@pytest.fixture
def sender(hub, app):
    """A vendor whose bad statements are set aside."""
    with hub.database.transaction() as session:
        vendor, key, secret = create_vendor(
            session, hub.keyring, "Acme LMS", ["all"], intake=SET_ASIDE
        )
    return Door(app, vendor, key, secret)


def rejections(hub):
    with hub.database.reading() as session:
        return session.scalars(select(Rejection).order_by(Rejection.record_key)).all()


def test_the_good_ones_of_a_batch_are_stored_and_the_bad_ones_counted(sender):
    good, bad = statement(id=str(uuid4())), statement(id=str(uuid4()), verb=BAD_VERB)
    last = statement(id=str(uuid4()))

    answer = sender.post([good, bad, last])

    assert answer.status_code == 200
    assert answer.json == [good["id"], last["id"]]
    assert answer.headers["X-Hub-Set-Aside"] == "1"
    assert set(sender.find()) == {good["id"], last["id"]}


def test_where_all_are_bad_nothing_is_stored_and_nothing_is_an_error(sender, hub):
    answer = sender.post([statement(verb=BAD_VERB), {"actor": {}}, "no object"])

    assert (answer.status_code, answer.json) == (200, [])
    assert answer.headers["X-Hub-Set-Aside"] == "3"
    assert len(rejections(hub)) == 3


def test_what_was_set_aside_is_kept_as_it_was_sent_with_its_reason(sender, hub):
    bad = statement(id=str(uuid4()).upper(), verb=BAD_VERB, timestamp="2026-03-01T10:00:00Z")
    sender.post([bad])

    (row,) = rejections(hub)

    assert (row.source_id, row.stream) == (sender.vendor.id, STREAM)
    assert row.record_key == bad["id"].lower()
    assert row.pointer == "/verb/id"
    assert "xAPI" in row.message
    assert xapi_json.loads(payload_of(hub.keyring, row)) == bad
    assert b"no iri" not in row.payload


def test_the_same_bad_statement_again_is_counted_and_not_kept_twice(sender, hub):
    bad = statement(verb=BAD_VERB)
    for _ in range(3):
        sender.post([bad])

    (row,) = rejections(hub)
    assert row.times == 3


def test_a_statement_that_was_mended_leaves_the_list(sender, hub):
    statement_id = str(uuid4())
    sender.post([statement(id=statement_id, verb=BAD_VERB)])

    sender.post([statement(id=statement_id)])

    assert [row.state for row in rejections(hub)] == ["fixed"]


def test_a_strict_vendor_loses_the_whole_request_and_nothing_is_set_aside(vendor, hub):
    answer = vendor.post([statement(), statement(verb=BAD_VERB)])

    refusal(answer, 400)
    assert "X-Hub-Set-Aside" not in answer.headers
    assert vendor.find() == []
    assert rejections(hub) == []


def test_a_body_that_is_no_json_is_refused_in_any_mode(sender):
    answer = sender.ask("POST", data=b'[{"a":1,"a":2}]', content_type="application/json")

    refusal(answer, 400)


def test_every_broken_rule_is_counted_in_the_reason(hub, sender):
    problems = [Problem("/verb", "required", "verb is missing.", "Data 2.4.3")] * 3
    with hub.database.transaction() as session:
        set_aside_bad(
            session,
            hub.keyring,
            credential_of(sender.vendor),
            [(0, {"id": 7}, InvalidStatement(problems))],
        )

    (row,) = rejections(hub)
    assert row.message == "verb is missing. (xAPI Data 2.4.3) (2 more rules are broken.)"
    assert len(row.record_key) == 32


@pytest.fixture
def written(hub):
    """Every statement that changes a table of rejections, as it is executed."""
    said = []

    def listen(_connection, _cursor, sql, *_rest):
        if "rejection" in sql and not sql.lstrip().startswith("SELECT"):
            said.append(sql)

    event.listen(hub.database.engine, "before_cursor_execute", listen)
    return said


def test_a_batch_without_bad_ones_looks_and_writes_nothing(sender, hub, written):
    sender.post([statement(verb=BAD_VERB)])
    with hub.database.transaction() as session:
        session.execute(update(Rejection).values(state="ignored"))
    written.clear()

    assert sender.store(statement(), statement())
    assert written == []

    known = statement(id=str(uuid4()), verb=BAD_VERB)
    sender.post([known])
    written.clear()
    sender.store({**known, "verb": {"id": "https://verbs.example.org/did"}})
    assert len(written) == 1


def test_only_the_vendors_own_cases_are_closed(hub, sender, new_vendor):
    statement_id = uuid4()
    other = credential_of(new_vendor().vendor)
    sender.post([statement(id=str(statement_id), verb=BAD_VERB)])
    with hub.database.transaction() as session:
        close_stored(session, other, [statement_id])

    assert [row.state for row in rejections(hub)] == ["open"]
