"""People who sign in."""

import pytest
import time_machine
from argon2 import PasswordHasher

from hub.accounts.models import User
from hub.accounts.passwords import password_fits
from hub.accounts.service import add_user, authenticate, disable_user, find_user, list_users
from hub.errors import Conflict, Invalid, NotFound

GOOD = "correct horse"


@pytest.fixture
def session(hub):
    with hub.database.transaction() as session:
        yield session


def test_a_user_signs_in_with_any_spelling_of_the_e_mail(session):
    user = add_user(session, " Ada@Example.org ", "admin", GOOD)

    assert user.email == "ada@example.org"
    assert authenticate(session, "ADA@example.ORG", GOOD) is user
    assert user.signed_in_at is not None


def test_a_wrong_password_says_nothing(session):
    add_user(session, "ada@example.org", "admin", GOOD)

    for password in ("", "correct hors", "Correct horse", GOOD + "x", "x" * 100_000):
        assert authenticate(session, "ada@example.org", password) is None


def test_an_unknown_e_mail_says_nothing(session):
    for email in ("nobody@example.org", "no e-mail", "", "a\0@example.org"):
        assert authenticate(session, email, GOOD) is None


def test_an_unknown_e_mail_costs_a_hash_too(session, monkeypatch):
    verified = []
    real = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda *args: verified.append(args) or real(*args)
    )

    authenticate(session, "nobody@example.org", GOOD)

    assert len(verified) == 1


def test_a_disabled_user_does_not_get_in(session):
    user = add_user(session, "ada@example.org", "admin", GOOD)

    disable_user(session, "ADA@example.org")

    assert authenticate(session, "ada@example.org", GOOD) is None
    assert user.signed_in_at is None


def test_disabling_twice_keeps_the_first_time(session):
    add_user(session, "ada@example.org", "admin", GOOD)
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        first = disable_user(session, "ada@example.org").disabled_at

    assert disable_user(session, "ada@example.org").disabled_at == first


def test_a_broken_rule_names_the_input_and_adds_nobody(session):
    for email, role, password, field in (
        ("ada", "admin", GOOD, "email"),
        ("", "admin", GOOD, "email"),
        ("ada\0@example.org", "admin", GOOD, "email"),
        ("ada@example.org", "root", GOOD, "role"),
        ("ada@example.org", "admin", "1234567", "password"),
        ("ada@example.org", "admin", "x" * 1025, "password"),
    ):
        with pytest.raises(Invalid) as caught:
            add_user(session, email, role, password)

        assert (caught.value.field, bool(caught.value.hint)) == (field, True)
    assert list_users(session) == []


def test_an_e_mail_is_taken_once(session):
    add_user(session, "ada@example.org", "admin", GOOD)

    with pytest.raises(Conflict):
        add_user(session, "ADA@example.org", "learner", GOOD)


def test_nobody_is_found_or_disabled_who_is_not_there(session):
    assert find_user(session, "ada@example.org") is None
    with pytest.raises(NotFound):
        disable_user(session, "ada@example.org")


def test_a_hash_of_older_costs_is_renewed_at_sign_in(session):
    user = add_user(session, "ada@example.org", "admin", GOOD)
    user.password_hash = old = PasswordHasher(time_cost=1, memory_cost=64).hash(GOOD)
    session.flush()

    authenticate(session, "ada@example.org", GOOD)

    assert session.get(User, user.id).password_hash != old
    assert password_fits(user.password_hash, GOOD)
