"""Vendors from the command line."""

from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub.accounts.models import AuditEntry, Vendor
from hub.accounts.vendors import USUAL_SCOPES, check_vendor
from hub.errors import Conflict, Invalid, NotFound
from hub.lrs.request_log import request_log
from hub.lrs.vendor_cli import vendors
from tests.hub.lrs.speaking import statement


@pytest.fixture
def run(hub):
    """Runs a command; what it refuses is raised, as it is for the `hub` command."""

    def call(*words):
        return CliRunner().invoke(
            vendors, words, obj=hub, standalone_mode=False, catch_exceptions=False
        )

    return call


def only(hub):
    with hub.database.reading() as session:
        return session.scalars(select(Vendor)).one()


def test_a_vendor_gets_endpoint_key_and_secret_line_by_line(hub, run):
    endpoint, key, secret = run("create", "Acme").stdout.splitlines()

    assert endpoint == f"{hub.settings.public_url}/xapi"
    with hub.database.reading() as session:
        assert check_vendor(session, hub.keyring, key, secret).name == "Acme"
    listed = run("list").stdout
    assert "Acme" in listed
    assert secret not in listed


def test_a_vendor_is_made_with_scopes_expiry_and_judging(hub, run):
    run(
        "create", "Acme", "--scope", "state", "--scope", "profile", "--expires", "2091-12-31",
        "--intake", "set-aside", "--lenient",
    )  # fmt: skip

    vendor = only(hub)
    assert vendor.scopes == ["state", "profile"]
    assert vendor.expires_at == datetime(2091, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert (vendor.intake, vendor.lenient) == ("set-aside", True)


def test_a_change_touches_only_what_is_named(hub, run):
    run("create", "Acme", "--expires", "2091-12-31")

    run("change", "Acme", "--intake", "set-aside")
    assert (only(hub).intake, only(hub).expires_at.year) == ("set-aside", 2091)

    run("change", "Acme", "--no-expiry", "--lenient")
    assert (only(hub).intake, only(hub).expires_at) == ("set-aside", None)
    assert only(hub).lenient

    run("change", "Acme", "--not-lenient")
    assert not only(hub).lenient
    assert only(hub).scopes == list(USUAL_SCOPES)

    run("change", "Acme", "--scope", "state", "--scope", "profile")
    assert only(hub).scopes == ["state", "profile"]


def test_an_expiry_cannot_be_set_and_removed_at_once(run):
    with pytest.raises(click.UsageError):
        run("change", "Acme", "--expires", "2091-12-31", "--no-expiry")


def test_an_expiry_that_has_passed_is_refused(run):
    with pytest.raises(Invalid, match="expired already"):
        run("create", "Acme", "--expires", "2001-01-01")


def test_what_is_done_is_in_the_audit_log(hub, run):
    run("create", "Acme", "--scope", "all")
    run("change", "Acme", "--intake", "set-aside")
    run("revoke", "Acme")

    with pytest.raises(Conflict):
        run("change", "Acme", "--intake", "strict")
    with hub.database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.target) for entry in entries] == [
        ("vendor.create", "Acme"),
        ("vendor.change", "Acme"),
        ("vendor.revoke", "Acme"),
    ]
    assert entries[1].detail["intake"] == "set-aside"


def test_a_vendor_that_is_not_there_cannot_be_changed(run):
    with pytest.raises(NotFound):
        run("change", "Nobody", "--no-expiry")


def test_the_last_requests_are_shown_newest_first(run, vendor, app):
    name = vendor.vendor.name
    assert "has asked nothing" in run("requests", name).stderr
    vendor.store(statement(), statement())
    vendor.post({"actor": {}})
    request_log(app).write()

    shown = run("requests", name).stdout

    assert shown.index("Send 1 stat") < shown.index("Send 2 stat")
    assert "(400)" in shown
    assert vendor.secret not in shown
