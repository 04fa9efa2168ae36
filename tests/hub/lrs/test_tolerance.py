"""What older clients do beside the standard: refused, but for credentials that are lenient."""

import pytest

from hub.accounts.vendors import create_vendor
from tests.hub.lrs.speaking import Door, refusal, statement

LAUNCH = {"theme": "dark", "activity_platform": "LMS", "Accept-Language": "de"}


@pytest.fixture
def content(hub, app):
    """A vendor that the store is lenient with."""
    with hub.database.transaction() as session:
        vendor, key, secret = create_vendor(session, hub.keyring, "Course", ["all"], lenient=True)
    return Door(app, vendor, key, secret)


def test_launch_parameters_in_every_address_do_no_harm(content):
    answer = content.ask("POST", json=[statement(), statement()], query_string=LAUNCH)
    stored = answer.json
    assert answer.status_code == 200

    assert content.find(**LAUNCH, limit=1) in ([stored[0]], [stored[1]])
    assert content.get(**LAUNCH, statementId=stored[0]).json["id"] == stored[0]


def test_a_state_is_kept_in_spite_of_launch_parameters(content):
    where = {
        "activityId": "https://lms.example.org/course/1",
        "agent": '{"mbox":"mailto:ann@example.org"}',
        "stateId": "bookmark",
    }
    path = "/xapi/activities/state"

    answer = content.ask("PUT", path, data=b"7", query_string=where | LAUNCH)

    assert answer.status_code == 204
    assert content.get(path, **where, **LAUNCH).data == b"7"


def test_a_known_parameter_is_judged_as_ever(content):
    assert "limit" in refusal(content.get(limit="many", theme="dark"), 400)
    refusal(content.ask("GET", query_string="verb=x&verb=y"), 400)


def test_by_default_an_unknown_parameter_is_refused_by_name(vendor):
    assert "theme" in refusal(vendor.get(theme="dark"), 400)
    assert "theme" in refusal(
        vendor.ask("POST", json=statement(), query_string={"theme": "dark"}), 400
    )


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_new_profile_needs_no_precondition_and_a_known_one_does(content, version):
    content.version = version
    where = {"activityId": "https://lms.example.org/course/1", "profileId": "p"}
    path = "/xapi/activities/profile"

    assert content.ask("PUT", path, data=b"1", query_string=where).status_code == 204
    answer = content.ask("PUT", path, data=b"2", query_string=where)

    assert "If-Match" in refusal(answer, 409)
    assert content.get(path, **where).data == b"1"


def test_a_precondition_that_is_given_counts_as_ever(content):
    where = {"activityId": "https://lms.example.org/course/1", "profileId": "p"}
    changed = {"headers": {"If-Match": '"1"'}, "data": b"1"}

    answer = content.ask("PUT", "/xapi/activities/profile", query_string=where, **changed)

    refusal(answer, 412)
