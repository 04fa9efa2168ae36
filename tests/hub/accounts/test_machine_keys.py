"""API tokens and vendor credentials: random, shown once, kept as a hash."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.accounts.machine_keys import note_use
from hub.accounts.tokens import create_token, find_token, list_tokens, revoke_token
from hub.accounts.vendors import (
    USUAL_SCOPES,
    change_vendor,
    check_vendor,
    create_vendor,
    end_of,
    list_vendors,
    look_up,
    revoke_vendor,
)
from hub.errors import Conflict, Invalid, NotFound
from hub.keyring import create_keyring

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def session(hub):
    with hub.database.transaction() as session:
        yield session


def test_a_token_is_found_by_its_text_and_by_nothing_else(session, keyring):
    token, text = create_token(session, keyring, "reports", ["progress:read"])
    _, other = create_token(session, keyring, "others", ["progress:read"])

    assert text.startswith(f"hub_{token.prefix}_")
    assert find_token(session, keyring, text) is token
    mixed = f"hub_{token.prefix}_{other.split('_', 2)[2]}"
    for wrong in ("", "hub", text[:-1], text + "x", text.upper(), text[4:], mixed):
        assert find_token(session, keyring, wrong) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.from_regex(r"hub_[^_]*_.*"))
def test_no_text_breaks_the_search_for_a_token_or_a_vendor(session, keyring, text):
    assert find_token(session, keyring, text) is None
    assert check_vendor(session, keyring, text, text) is None


def test_the_secret_itself_is_nowhere_in_the_row(session, keyring):
    token, text = create_token(session, keyring, "reports", ["progress:read"])
    vendor, _, secret = create_vendor(session, keyring, "Acme")

    assert text.split("_", 2)[2] not in repr(vars(token))
    assert secret not in repr(vars(vendor))
    assert len(token.secret_hash) == len(vendor.secret_hash) == 32


def test_a_token_is_worth_nothing_with_the_keys_of_another_deployment(session, keyring, tmp_path):
    _, text = create_token(session, keyring, "reports", ["progress:read"])

    assert find_token(session, create_keyring(tmp_path / "other.json"), text) is None


def test_a_token_ends_at_the_instant_of_its_expiry(session, keyring):
    with time_machine.travel(NOON, tick=False):
        _, text = create_token(session, keyring, "t", ["progress:read"], NOON + timedelta(days=1))
    with time_machine.travel(NOON + timedelta(hours=23), tick=False):
        assert find_token(session, keyring, text) is not None
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        assert find_token(session, keyring, text) is None


def test_a_vendor_is_found_by_key_and_secret_together(session, keyring):
    vendor, key, secret = create_vendor(session, keyring, "Acme")
    _, other_key, other_secret = create_vendor(session, keyring, "Other")

    assert check_vendor(session, keyring, key, secret) is vendor
    assert vendor.scopes == list(USUAL_SCOPES)
    assert check_vendor(session, keyring, key, other_secret) is None
    assert check_vendor(session, keyring, other_key, secret) is None
    assert check_vendor(session, keyring, key, "") is None


def test_revoking_ends_it_and_keeps_the_row_and_the_name(session, keyring):
    _, text = create_token(session, keyring, "reports", ["progress:read"])
    _, key, secret = create_vendor(session, keyring, "Acme")

    revoke_token(session, "reports")
    revoke_vendor(session, "Acme")

    assert find_token(session, keyring, text) is None
    assert check_vendor(session, keyring, key, secret) is None
    assert [row.name for row in (*list_tokens(session), *list_vendors(session))] == [
        "reports",
        "Acme",
    ]
    with pytest.raises(Conflict):
        create_token(session, keyring, "reports", ["progress:read"])
    with pytest.raises(Conflict):
        create_vendor(session, keyring, "Acme")


def test_what_is_not_there_cannot_be_revoked(session):
    with pytest.raises(NotFound):
        revoke_token(session, "reports")
    with pytest.raises(NotFound):
        revoke_vendor(session, "Acme")


def test_a_broken_rule_of_a_token_names_the_input(session, keyring):
    for name, scopes, field in (
        ("reports", [], "scopes"),
        ("reports", ["progress:write"], "scopes"),
        ("reports", ["all"], "scopes"),
        ("reports", ["statements:read"], "scopes"),
        ("  ", ["progress:read"], "name"),
        ("re\0ports", ["progress:read"], "name"),
    ):
        with pytest.raises(Invalid) as caught:
            create_token(session, keyring, name, scopes)

        assert caught.value.field == field


@pytest.mark.parametrize("scope", ["state", "define", "profile", "all/read"])
def test_a_vendor_can_have_each_scope_of_the_standard(session, keyring, scope):
    vendor, _, _ = create_vendor(session, keyring, "Acme", [scope])

    assert vendor.scopes == [scope]


def test_a_scope_beyond_the_standard_is_refused_with_those_that_there_are(session, keyring):
    with pytest.raises(Invalid, match="There is no scope 'authority/write'") as caught:
        create_vendor(session, keyring, "Acme", ["authority/write"])

    assert "statements/read/mine" in caught.value.hint


def test_a_vendor_works_until_its_expiry_and_no_longer(session, keyring):
    with time_machine.travel(NOON, tick=False):
        end = end_of(NOON.date())
        _, key, secret = create_vendor(session, keyring, "Acme", expires_at=end)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert check_vendor(session, keyring, key, secret) is not None
    with time_machine.travel(end, tick=False):
        assert look_up(session, keyring, key, secret)[1] == "The credentials have expired."


def test_a_vendor_is_strict_until_it_is_told_otherwise(session, keyring):
    vendor, _, _ = create_vendor(session, keyring, "Acme")
    assert (vendor.intake, vendor.lenient) == ("strict", False)

    change_vendor(session, vendor, expires_at=None, intake="set-aside", lenient=True)

    session.refresh(vendor)
    assert (vendor.intake, vendor.lenient) == ("set-aside", True)


def test_a_change_that_makes_no_sense_names_the_input(session, keyring):
    vendor, _, _ = create_vendor(session, keyring, "Acme")
    for values, field in (
        ({"expires_at": NOON - timedelta(days=9999), "intake": "strict"}, "expires_at"),
        ({"expires_at": None, "intake": "loose"}, "intake"),
    ):
        with pytest.raises(Invalid) as caught:
            change_vendor(session, vendor, lenient=False, **values)

        assert caught.value.field == field


def test_a_revoked_vendor_cannot_be_changed(session, keyring):
    vendor, _, _ = create_vendor(session, keyring, "Acme")
    revoke_vendor(session, "Acme")

    with pytest.raises(Conflict, match="is revoked"):
        change_vendor(session, vendor, expires_at=None, intake="strict", lenient=False)


def test_a_token_cannot_be_born_expired(session, keyring):
    with time_machine.travel(NOON, tick=False), pytest.raises(Invalid) as caught:
        create_token(session, keyring, "reports", ["progress:read"], NOON)

    assert caught.value.field == "expires_at"


def test_the_use_of_a_token_is_noted_once_a_minute(session, keyring):
    token, _ = create_token(session, keyring, "reports", ["progress:read"])

    def used_after(at):
        with time_machine.travel(at, tick=False):
            note_use(session, token)
        session.refresh(token)
        return token.used_at

    assert used_after(NOON) == NOON
    assert used_after(NOON + timedelta(seconds=59)) == NOON
    assert used_after(NOON + timedelta(seconds=60)) == NOON + timedelta(seconds=60)
