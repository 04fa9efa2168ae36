"""Accounts from the command line."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub.accounts.cli import tokens, users
from hub.accounts.models import AuditEntry
from hub.accounts.service import authenticate
from hub.accounts.tokens import find_token
from hub.errors import Invalid

GOOD = "correct horse"


@pytest.fixture
def run(hub):
    """Runs a command; what it refuses is raised, as it is for the `hub` command."""

    def call(group, *words, given=""):
        return CliRunner().invoke(
            group, words, obj=hub, input=given, standalone_mode=False, catch_exceptions=False
        )

    return call


def actions(hub):
    with hub.database.reading() as session:
        return [
            (entry.action, entry.target)
            for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]


def test_a_password_is_asked_for_twice_and_never_shown(hub, run):
    given = f"{GOOD}\n{GOOD}\n"

    result = run(users, "add", "ada@example.org", "--role", "admin", given=given)

    assert (result.stdout, GOOD in result.output) == ("", False)
    assert "ada@example.org can sign in as admin" in result.stderr
    with hub.database.transaction() as session:
        assert authenticate(session, "ada@example.org", GOOD) is not None
    assert actions(hub) == [("user.add", "ada@example.org")]


def test_a_password_comes_from_standard_input_for_scripts(hub, run):
    words = ("add", "ada@example.org", "--role", "learner", "--password-stdin")

    run(users, *words, given=f"{GOOD}\n")

    with hub.database.transaction() as session:
        assert authenticate(session, "ada@example.org", GOOD) is not None


def test_a_refused_user_leaves_nothing_behind(hub, run):
    with pytest.raises(Invalid, match="has 5 characters"):
        run(users, "add", "a@b.org", "--role", "admin", "--password-stdin", given="short\n")

    assert actions(hub) == []


def test_users_are_listed_and_disabled(hub, run):
    assert "There are no users" in run(users, "list").stderr
    run(users, "add", "a@b.org", "--role", "admin", "--password-stdin", given=GOOD)
    assert "enabled" in run(users, "list").stdout

    run(users, "disable", "a@b.org")

    assert "disabled" in run(users, "list").stdout
    assert actions(hub)[-1] == ("user.disable", "a@b.org")


def test_a_token_is_all_that_standard_output_has(hub, run):
    words = ("create", "reports", "--scope", "progress:read", "--expires-days", "30")

    text = run(tokens, *words).stdout.strip()

    with hub.database.reading() as session:
        found = find_token(session, hub.keyring, text)
    assert (found.name, found.scopes) == ("reports", ["progress:read"])
    assert round((found.expires_at - found.created_at) / timedelta(days=1), 3) == 30


def test_a_listed_token_is_not_a_secret(run):
    text = run(tokens, "create", "reports", "--scope", "progress:read").stdout.strip()

    listed = run(tokens, "list").stdout

    assert "reports" in listed
    assert text.split("_", 2)[2] not in listed


def test_a_revoked_token_opens_nothing(hub, run):
    text = run(tokens, "create", "reports", "--scope", "progress:read").stdout.strip()

    run(tokens, "revoke", "reports")

    with hub.database.reading() as session:
        assert find_token(session, hub.keyring, text) is None
    assert actions(hub) == [("token.create", "reports"), ("token.revoke", "reports")]
