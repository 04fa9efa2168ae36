"""Who may do what at /xapi."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event
from werkzeug.datastructures import Authorization

from hub import clock
from hub.accounts.credentials import REMEMBERED, Stranger
from hub.accounts.models import Vendor
from hub.accounts.vendors import revoke_vendor
from hub.lrs.http import Caller, credentials
from hub.lrs.request_log import request_log
from tests.hub.lrs.speaking import VERSION, refusal, statement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def basic(door):
    return Authorization("basic", {"username": door.key, "password": door.secret}).to_header()


def test_without_credentials_the_way_to_give_them_is_told(client):
    answer = client.get("/xapi/statements", headers={VERSION: "1.0.3"})

    assert "Basic credentials" in refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("authorization", ["Basic", "Basic ???", "Basic bm9jb2xvbg==", "Bearer x"])
def test_credentials_that_cannot_be_read_are_none(client, authorization):
    headers = {VERSION: "1.0.3", "Authorization": authorization}

    refusal(client.get("/xapi/statements", headers=headers), 401)


def test_a_wrong_secret_is_refused(vendor):
    vendor.secret += "x"

    assert "wrong, expired or revoked" in refusal(vendor.get(), 401)


def test_a_revoked_vendor_is_refused_and_what_it_stored_stays(vendor, new_vendor, hub, app):
    (stored,) = vendor.store(statement())
    with hub.database.transaction() as session:
        revoke_vendor(session, vendor.vendor.name)
    credentials(app).forget()

    refusal(vendor.post(statement()), 401)
    assert new_vendor().find() == [stored]


def test_another_process_learns_of_a_revocation_within_seconds(vendor, hub):
    with time_machine.travel(NOON, tick=False) as travel:
        vendor.store(statement())
        with hub.database.transaction() as session:
            revoke_vendor(session, vendor.vendor.name)
        vendor.store(statement())

        travel.shift(REMEMBERED)
        refusal(vendor.post(statement()), 401)


def test_a_remembered_credential_expires_at_its_instant(vendor, hub):
    with time_machine.travel(NOON, tick=False) as travel:
        with hub.database.transaction() as session:
            row = session.get_one(Vendor, vendor.vendor.id)
            row.expires_at = NOON + timedelta(seconds=1)
        vendor.store(statement())

        travel.shift(1)
        refusal(vendor.post(statement()), 401)


def test_a_remembered_credential_costs_no_question_to_the_database(vendor, hub, app):
    header = basic(vendor)
    known = credentials(app)
    found = known.find(header)
    hub.database.dispose()
    asked = []
    event.listen(hub.database.engine, "begin", asked.append)

    assert known.find(header) is found
    assert asked == []


def test_a_remembered_secret_stands_nowhere_in_memory(vendor, app):
    known = credentials(app)
    known.find(basic(vendor))

    assert vendor.secret not in repr(vars(known))
    assert basic(vendor).split()[1] not in repr(vars(known))


def test_wrong_secrets_are_not_remembered(vendor, app):
    known = credentials(app)
    right = basic(vendor)
    vendor.secret += "x"

    assert known.find(basic(vendor)) == Stranger("The secret is wrong.", vendor.vendor.id)
    assert known.find(right).id == vendor.vendor.id


@pytest.mark.parametrize(
    ("scopes", "may"),
    [(("all",), True), (("statements/write", "define"), True), (("statements/write",), False)],
)
def test_who_may_define_activities_is_said_by_the_scope(new_vendor, app, scopes, may):
    door = new_vendor(*scopes)

    assert Caller(credentials(app).find(basic(door))).may_define is may


def test_an_expired_vendor_is_refused(vendor, hub):
    with hub.database.transaction() as session:
        row = session.get_one(Vendor, vendor.vendor.id)
        row.expires_at = clock.now() - timedelta(seconds=1)

    refusal(vendor.post(statement()), 401)


def test_the_last_use_is_remembered(vendor, hub, app):
    before = datetime.now(UTC)
    vendor.get()
    request_log(app).write()

    with hub.database.reading() as session:
        assert session.get_one(Vendor, vendor.vendor.id).used_at >= before


def test_who_may_only_write_may_not_read(new_vendor):
    writer = new_vendor("statements/write")

    writer.store(statement())
    assert "statements/read" in refusal(writer.get(), 403)


def test_who_may_only_read_may_not_write(new_vendor):
    reader = new_vendor("statements/read")

    assert "statements/write" in refusal(reader.post(statement()), 403)
    assert reader.find() == []


def test_who_may_read_its_own_sees_nothing_else(vendor, new_vendor):
    (foreign,) = vendor.store(statement())
    own = new_vendor("statements/write", "statements/read/mine")
    (stored,) = own.store(statement())

    assert own.find() == [stored]
    assert own.one(stored)["id"] == stored
    refusal(own.get(statementId=foreign), 404)


def test_a_more_link_opens_for_nobody_else(vendor, new_vendor):
    own = new_vendor("statements/write", "statements/read/mine")
    own.store(statement(), statement())
    more = own.get(limit=1).json["more"]

    assert own.get(more).status_code == 200
    refusal(new_vendor("statements/write", "statements/read/mine").get(more), 403)


def test_a_more_link_of_everything_needs_the_right_to_everything(vendor, new_vendor):
    vendor.store(statement(), statement())
    more = vendor.get(limit=1).json["more"]

    refusal(new_vendor("statements/read/mine").get(more), 403)


def test_a_forged_more_link_is_refused(vendor):
    refusal(vendor.get("/xapi/statements/more/bm90aGluZw.x"), 404)
