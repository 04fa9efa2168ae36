"""Documents at the door: wrong requests are refused by name, and by scope."""

import json

import pytest

from tests.hub.lrs.documenting import (
    ACTIVITY,
    ANN,
    NEW,
    REGISTRATION,
    RESOURCES,
    Shelf,
    shelf_of,
)
from tests.hub.lrs.speaking import mbox, refusal

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
GROUP = {"objectType": "Group", **mbox("team@example.org")}


@pytest.fixture(params=sorted(RESOURCES))
def shelf(request, vendor):
    return shelf_of(vendor, request.param)


def ask(shelf, method, **parameters):
    if method in {"PUT", "POST"}:
        return shelf.ask(method, json={"a": 1}, headers=NEW, **parameters)
    return shelf.ask(method, **parameters)


def test_a_wrong_request_changes_nothing_whatever_its_method(shelf):
    shelf.make(b"x")
    wrong = [
        {"colour": "red"},
        {shelf.id: ["a", "b"]},
        {next(iter(shelf.usual)): None},
        {next(iter(shelf.usual)): "true"},
    ]

    for method in METHODS:
        for parameters in wrong:
            answer = ask(shelf, method, **parameters)
            assert answer.status_code == 400
            assert method == "HEAD" or next(iter(parameters)) in refusal(answer, 400)
    assert shelf.names() == ["bookmark"]


def test_profiles_have_no_registration(vendor):
    for kind in ("agent profile", "activity profile"):
        answer = shelf_of(vendor, kind).get(registration=REGISTRATION)
        assert "registration" in refusal(answer, 400)


def test_profiles_are_not_cleared_at_once(vendor):
    for kind in ("agent profile", "activity profile"):
        answer = shelf_of(vendor, kind).delete(profileId=None)
        assert "profileId" in refusal(answer, 400)


@pytest.mark.parametrize("kind", ["state", "agent profile"])
def test_a_group_is_taken_in_2_0_and_is_known_by_its_identifier_in_both(vendor, kind):
    shelf = shelf_of(vendor, kind, version="2.0.0")
    shelf.make(b"x", agent=json.dumps(GROUP))

    vendor.version = "1.0.3"
    assert "Group" in refusal(shelf.get(agent=json.dumps(GROUP)), 400)
    assert shelf.get(agent=json.dumps(mbox("team@example.org"))).data == b"x"


def test_other_methods_are_refused_with_those_that_there_are(vendor):
    answer = shelf_of(vendor, "state").ask("PATCH")

    assert "PATCH" in refusal(answer, 405)
    assert set(METHODS) <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("scope", "kind", "reads", "writes"),
    [
        ("state", "state", True, True),
        ("all/read", "state", True, False),
        ("profile", "state", False, False),
        ("profile", "agent profile", True, True),
        ("state", "agent profile", False, False),
        ("profile", "activity profile", True, True),
        ("all/read", "activity profile", True, False),
        ("define", "activity profile", False, False),
    ],
)
def test_scopes_open_what_the_standard_says(new_vendor, scope, kind, reads, writes):
    shelf = shelf_of(new_vendor(scope), kind)

    assert ask(shelf, "PUT").status_code == (204 if writes else 403)
    assert ask(shelf, "POST", **{shelf.id: "other"}).status_code == (204 if writes else 403)
    assert ask(shelf, "DELETE").status_code == (204 if writes else 403)
    assert ask(shelf, "GET", **{shelf.id: None}).status_code == (200 if reads else 403)


def test_without_credentials_nothing_is_read(client):
    answer = client.get(
        "/xapi/activities/state",
        query_string={"activityId": ACTIVITY, "agent": ANN},
        headers={"X-Experience-API-Version": "1.0.3"},
    )

    refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"]


def test_every_credential_sees_the_same_documents(new_vendor):
    shelf_of(new_vendor(), "state").make(b"x")

    assert Shelf(new_vendor("state"), *RESOURCES["state"]).get().data == b"x"
