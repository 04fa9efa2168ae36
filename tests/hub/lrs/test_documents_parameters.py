"""Parameters of the document resources: what is wrong is named, before a database is asked."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from hub.lrs.document_parameters import ACTIVITY_PROFILE, AGENT_PROFILE, STATE, asked_of
from hub.lrs.errors import XapiError
from tests.hub.lrs.documenting import ACTIVITY, ANN, REGISTRATION
from tests.hub.lrs.speaking import mbox
from xapi.actors import IFI

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
CHANGES = ("PUT", "POST", "DELETE")
SHAPES = (STATE, AGENT_PROFILE, ACTIVITY_PROFILE)
WITH_AGENT = (STATE, AGENT_PROFILE)
WITH_ACTIVITY = (STATE, ACTIVITY_PROFILE)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.resource)
every_method = pytest.mark.parametrize("method", METHODS)


def given(shape, **parameters):
    """The parameters of one document; None leaves one out."""
    values = {"activityId": ACTIVITY, "agent": ANN, shape.name: "bookmark"}
    usual = {name: values[name] for name in (*shape.required, shape.name)}
    return {name: value for name, value in {**usual, **parameters}.items() if value is not None}


def asked(shape, method="GET", version="1.0.3", **parameters):
    return asked_of(shape, given(shape, **parameters), method=method, version=version)


def refused(shape, method="GET", version="1.0.3", **parameters):
    with pytest.raises(XapiError) as refusal:
        asked(shape, method, version, **parameters)
    assert refusal.value.status == 400
    return refusal.value.message


def test_all_parameters_of_a_state_are_read():
    found = asked(STATE, registration=REGISTRATION)

    assert found.place.activity == ACTIVITY
    assert found.place.agent == IFI("mbox", "ann@example.org")
    assert found.place.registration == UUID(REGISTRATION)
    assert (found.name, found.since) == ("bookmark", None)


def test_without_a_name_many_are_meant():
    found = asked(STATE, stateId=None, since="2026-03-18T17:00:00.5+01:00")

    assert found.name is None
    assert found.since == datetime(2026, 3, 18, 16, 0, 0, 500_000, tzinfo=UTC)


@every_shape
@every_method
def test_a_missing_parameter_is_named(shape, method):
    for name in shape.required:
        assert name in refused(shape, method, **{name: None})


@every_shape
def test_a_change_needs_the_name_of_the_document(shape):
    for method in CHANGES:
        if method == "DELETE" and shape is STATE:
            assert asked(shape, method, stateId=None).name is None
        else:
            assert shape.name in refused(shape, method, **{shape.name: None})


@every_shape
@every_method
@pytest.mark.parametrize("name", ["colour", "Agent", "ActivityId", "stateid", "limit"])
def test_an_unknown_parameter_is_named(shape, method, name):
    assert name in refused(shape, method, **{name: "x"})


@every_shape
def test_a_change_takes_no_since(shape):
    for method in CHANGES:
        assert "since" in refused(shape, method, since="2026-03-18T17:00:00Z")


@every_shape
def test_since_selects_among_many_documents_only(shape):
    message = refused(shape, since="2026-03-18T17:00:00Z")

    assert "since" in message
    assert shape.name in message


@every_shape
@pytest.mark.parametrize("since", ["true", "not a timestamp", "2026-03-18", "2026-02-30T00:00:00Z"])
def test_since_must_be_a_timestamp(shape, since):
    assert "since" in refused(shape, since=since, **{shape.name: None})


@every_shape
@every_method
@pytest.mark.parametrize("name", ["", "a\0b"])
def test_a_name_must_not_be_empty_nor_hold_what_no_database_holds(shape, method, name):
    assert shape.name in refused(shape, method, **{shape.name: name})


@pytest.mark.parametrize("shape", WITH_ACTIVITY, ids=lambda shape: shape.resource)
@pytest.mark.parametrize("activity", ["course", "http://x y", "//x.org/1", "http://x.org/\0", ""])
def test_an_activity_must_be_an_iri(shape, activity):
    assert "activityId" in refused(shape, activityId=activity)


@every_method
@pytest.mark.parametrize("registration", ["true", "0f6e1b5235f54a0e9c3f0d1c6d3c3f01", "{}", ""])
def test_a_registration_must_be_a_uuid(method, registration):
    assert "registration" in refused(STATE, method, registration=registration)


@pytest.mark.parametrize("shape", WITH_AGENT, ids=lambda shape: shape.resource)
@every_method
@pytest.mark.parametrize(
    "agent",
    [
        "true",
        "not JSON",
        "",
        "[]",
        "{}",
        '{"mbox": "ann@example.org"}',
        '{"mbox": "mailto:a@x.org", "openid": "https://x.org"}',
        '{"mbox": "mailto:a@x.org", "mbox": "mailto:b@x.org"}',
        json.dumps({"account": {"homePage": "https://x.org", "name": "a\0"}}),
    ],
)
def test_an_agent_must_be_an_agent_as_json(shape, method, agent):
    assert refused(shape, method, agent=agent).startswith("agent")


def test_a_group_needs_an_identifier_and_2_0():
    anonymous = json.dumps({"objectType": "Group", "member": [mbox("ann@example.org")]})
    team = json.dumps({"objectType": "Group", **mbox("team@example.org")})

    assert "group without" in refused(AGENT_PROFILE, version="2.0.0", agent=anonymous)
    assert "Group" in refused(AGENT_PROFILE, agent=team)
    found = asked(AGENT_PROFILE, version="2.0.0", agent=team)
    assert found.place.agent == IFI("mbox", "team@example.org")
