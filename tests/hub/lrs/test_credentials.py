"""Who may do what at /xapi."""

from datetime import UTC, datetime, timedelta

import pytest

from hub import clock
from hub.accounts.models import Vendor
from hub.accounts.vendors import revoke_vendor
from tests.hub.lrs.speaking import VERSION, refusal, statement


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


def test_a_revoked_vendor_is_refused_and_what_it_stored_stays(vendor, new_vendor, hub):
    (stored,) = vendor.store(statement())
    with hub.database.transaction() as session:
        revoke_vendor(session, vendor.vendor.name)

    refusal(vendor.post(statement()), 401)
    assert new_vendor().find() == [stored]


def test_an_expired_vendor_is_refused(vendor, hub):
    with hub.database.transaction() as session:
        row = session.get_one(Vendor, vendor.vendor.id)
        row.expires_at = clock.now() - timedelta(seconds=1)

    refusal(vendor.post(statement()), 401)


def test_the_last_use_is_remembered(vendor, hub):
    before = datetime.now(UTC)
    vendor.get()

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
