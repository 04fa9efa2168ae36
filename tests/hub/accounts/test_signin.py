"""Sessions of people, and what pages they see."""

import pytest
from flask import Flask, request
from sqlalchemy import select

from hub.accounts import signin
from hub.accounts.models import AuditEntry
from hub.accounts.passwords import hash_password
from hub.accounts.service import add_user, disable_user, find_user
from hub.accounts.throttle import PER_ACCOUNT
from hub.errors import HubError
from hub.extensions import login_manager

GOOD = "correct horse"


@pytest.fixture
def client(hub, monkeypatch):
    # The pages of the whole application tell the shared manager where to sign in.
    monkeypatch.setattr(login_manager, "login_view", None)
    app = Flask(__name__)
    app.secret_key = hub.keyring.session_secret
    app.extensions["hub"] = hub
    signin.register(app)
    for role in ("admin", "learner"):
        with hub.database.transaction() as session:
            add_user(session, f"{role}@example.org", role, GOOD)

    @app.post("/in")
    def sign_in():
        user = signin.sign_in(request.form["email"], request.form["password"], address="10.0.0.1")
        return user.actor

    @app.post("/out")
    def sign_out():
        signin.sign_out()
        return ""

    @app.get("/admin")
    @signin.require_role("admin")
    def admin():
        return "admin page"

    @app.get("/both")
    @signin.require_role("admin", "learner")
    def both():
        return "page of both"

    @app.errorhandler(HubError)
    def refused(error):
        return error.message, error.status

    return app.test_client()


def enter(client, email, password=GOOD):
    return client.post("/in", data={"email": email, "password": password})


def test_an_admin_sees_the_page_of_admins_until_signing_out(client):
    assert enter(client, "Admin@Example.org").status_code == 200
    assert client.get("/admin").text == "admin page"

    client.post("/out")

    assert client.get("/admin").status_code == 401


def test_a_learner_is_told_whose_page_it_is(client):
    enter(client, "learner@example.org")

    assert client.get("/admin").status_code == 403
    assert "admin" in client.get("/admin").text
    assert client.get("/both").status_code == 200


def test_a_stranger_sees_no_page(client):
    assert client.get("/admin").status_code == 401


def test_wrong_password_and_unknown_account_get_the_same_answer(client):
    wrong = enter(client, "admin@example.org", "wrong password")
    unknown = enter(client, "nobody@example.org", "wrong password")

    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 401


def test_too_many_attempts_shut_out_even_the_right_password(client):
    for _ in range(PER_ACCOUNT):
        enter(client, "admin@example.org", "wrong password")

    assert enter(client, " ADMIN@example.org").status_code == 429
    assert enter(client, "learner@example.org").status_code == 200


def test_disabling_a_user_ends_the_open_session(hub, client):
    enter(client, "admin@example.org")
    with hub.database.transaction() as session:
        disable_user(session, "admin@example.org")

    assert client.get("/admin").status_code == 401


def test_another_password_ends_the_open_session(hub, client):
    enter(client, "admin@example.org")
    with hub.database.transaction() as session:
        find_user(session, "admin@example.org").password_hash = hash_password("another one")

    assert client.get("/admin").status_code == 401


def test_a_session_of_nobody_is_nobody(client):
    for text in ("", "x", "1.2", "00000000-0000-0000-0000-000000000000."):
        with client.session_transaction() as session:
            session["_user_id"] = text

        assert client.get("/admin").status_code == 401


def test_signing_in_is_in_the_audit_log_without_the_password(hub, client):
    actor = enter(client, "admin@example.org").text

    with hub.database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.target) == (actor, "user.sign_in", "admin@example.org")
    assert entry.detail == {"address": "10.0.0.1"}


def test_a_page_cannot_be_for_a_role_that_does_not_exist():
    with pytest.raises(ValueError, match="unknown roles"):
        signin.require_role("root")
