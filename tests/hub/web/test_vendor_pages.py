"""Pages on which an admin lets systems use /xapi and sees what they asked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import AuditEntry
from hub.accounts.vendors import SCOPES, check_vendor, create_vendor, end_of
from hub.lrs.request_log import request_log
from tests.hub.lrs.speaking import Door, statement

NEXT_YEAR = (datetime.now(UTC) + timedelta(days=365)).date()
VALUES = {"name": "Acme LMS", "scopes": ["statements/write"], "intake": "strict"}


def made(answer):
    return re.findall(r'<code class="secret">([^<]+)</code>', answer.text)


@pytest.fixture
def acme(hub, web_app):
    with hub.database.transaction() as session:
        vendor, key, secret = create_vendor(session, hub.keyring, "Acme LMS", ["all"])
    return Door(web_app, vendor, key, secret)


def test_credentials_are_shown_once_and_work(admin, hub):
    answer = admin.post("/admin/vendors", {**VALUES, "expires_at": NEXT_YEAR.isoformat()})

    key, secret = made(answer)
    with hub.database.reading() as session:
        vendor = check_vendor(session, hub.keyring, key, secret)
    assert (vendor.name, vendor.expires_at) == ("Acme LMS", end_of(NEXT_YEAR))
    assert (vendor.intake, vendor.lenient) == ("strict", False)
    assert secret not in admin.get("/admin/vendors").text


def test_every_scope_is_offered_in_words(admin):
    page = admin.get("/admin/vendors").text

    for scope, text in SCOPES.items():
        assert text in page
        assert f'value="{scope}"' in page


def test_how_bad_statements_are_treated_is_chosen_when_it_is_made(admin, hub):
    values = {**VALUES, "intake": "set-aside", "lenient": "y"}

    key, secret = made(admin.post("/admin/vendors", values))

    with hub.database.reading() as session:
        vendor = check_vendor(session, hub.keyring, key, secret)
    assert (vendor.intake, vendor.lenient) == ("set-aside", True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": " "}, "The name is empty"),
        ({"scopes": []}, "No scope is given"),
        ({"expires_at": "2001-01-01"}, "would have expired already"),
        ({"expires_at": "soon"}, "Not a valid date"),
        ({"intake": "loose"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(admin, hub, values, said):
    answer = admin.post("/admin/vendors", {**VALUES, **values})

    assert answer.status_code == 422
    assert said in answer.text
    assert made(answer) == []


def test_a_change_counts_at_once_and_is_in_the_audit_log(admin, hub, acme):
    acme.store(statement())
    page = f"/admin/vendors/{acme.vendor.id}"

    answer = admin.post(page, {"intake": "strict", "lenient": "y"})

    assert answer.status_code == 302
    assert acme.get(theme="dark").status_code == 200
    with hub.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.target) == ("vendor.change", "Acme LMS")
    assert entry.detail["lenient"] is True


def test_revoking_counts_at_once(admin, acme):
    acme.store(statement())
    page = f"/admin/vendors/{acme.vendor.id}"

    admin.post(page, {}, to=f"{page}/revoke")

    assert acme.get().status_code == 401
    assert "Revoked" in admin.get(page).text
    assert "Save" not in admin.get(page).text


def test_the_last_requests_are_shown_in_words_newest_first(admin, acme, web_app):
    acme.store(statement(), statement())
    acme.post({"actor": {}})
    acme.get(limit=1)
    request_log(web_app).write()

    page = admin.get(f"/admin/vendors/{acme.vendor.id}").text

    shown = ["Read statements", "Send 1 statement", "Refused", "Send 2 statements"]
    places = [page.index(words) for words in shown]
    assert places == sorted(places)
    assert acme.secret not in page


def test_a_vendor_that_is_not_there_is_said_to_be_missing(admin):
    path = "/admin/vendors/00000000-0000-0000-0000-000000000001"
    assert admin.get(path).status_code == 404


def test_only_an_admin_sees_vendors(signed_in):
    assert signed_in("reporting").get("/admin/vendors").status_code == 403


def test_an_expired_credential_is_shown_as_expired(admin, hub, acme):
    with hub.database.transaction() as session:
        session.merge(acme.vendor).expires_at = datetime(2001, 1, 1, tzinfo=UTC)

    assert "Expired" in admin.get("/admin/vendors").text


def test_what_a_vendor_sent_and_was_set_aside_needs_attention_under_its_name(admin, hub, acme):
    admin.post(f"/admin/vendors/{acme.vendor.id}", {"intake": "set-aside"})
    acme.post(statement(verb={"id": "no iri"}))

    page = admin.get("/admin/attention").text

    assert f'<a href="/admin/vendors/{acme.vendor.id}">Acme LMS</a>' in page
    assert "At: /verb/id" in page
    assert "1 set aside" in admin.get(f"/admin/vendors/{acme.vendor.id}").text
