"""The version of each request, and the headers that every answer has (xAPI Communication 3.3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.app import create_app
from hub.extensions import Hub
from hub.lrs.http import VERSION_HEADER, version_of
from tests.hub.lrs.speaking import refusal, statement


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.3", "1.0.3"),
        ("1.0.9", "1.0.3"),
        ("1.0.17", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.5", "2.0.0"),
    ],
)
def test_a_version_of_a_known_line_is_spoken(vendor, asked, spoken):
    vendor.version = asked

    answer = vendor.get()

    assert answer.status_code == 200
    assert answer.headers[VERSION_HEADER] == spoken


@pytest.mark.parametrize(
    "asked",
    ["", "0.95", "0.9", "1", "1.0.", "1.0.x", "1.1", "1.1.0", "1.00", "2", "2.1", "2.1.0", "3.0.0",
     "1.0.3, 2.0.0", "1.0.3-beta", "1.0.٣", "1.0.33333333333333333333"],
)  # fmt: skip
def test_another_version_is_refused(vendor, asked):
    vendor.version = asked

    assert VERSION_HEADER in refusal(vendor.get(), 400)


@given(st.text(max_size=30))
def test_only_two_lines_of_versions_are_spoken(text):
    spoken = version_of(text)
    assert spoken is None or text.startswith(spoken[:3])


@pytest.mark.parametrize("default", ["1.0.3", "2.0.0"])
def test_who_names_no_version_is_refused_in_the_deployments_own(hub, default):
    settings = replace(hub.settings, xapi_default_version=default)
    client = create_app(hub=Hub(settings, hub.database, hub.keyring)).test_client()

    answer = client.get("/xapi/statements")

    assert VERSION_HEADER in refusal(answer, 400)
    assert answer.headers[VERSION_HEADER] == default


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/xapi/statements", 401),
        ("GET", "/xapi/nothing", 404),
        ("GET", "/xapi/statements/", 404),
        ("DELETE", "/xapi/statements", 405),
        ("POST", "/xapi/about", 405),
        ("GET", "/xapi/about", 200),
        ("OPTIONS", "/xapi/statements", 200),
    ],
)
def test_every_answer_names_the_version_that_was_asked_for(client, method, path, status, version):
    answer = client.open(path, method=method, headers={VERSION_HEADER: version})

    assert answer.status_code == status
    assert answer.headers.getlist(VERSION_HEADER) == [version]


def test_a_body_that_is_too_large_is_answered_with_the_version(vendor, app):
    app.config["MAX_CONTENT_LENGTH"] = 100

    assert refusal(vendor.post([statement()] * 9), 413)


def test_a_mistake_of_the_hub_is_answered_with_the_version(vendor, app, hub):
    app.extensions.pop("xapi_writer")

    assert "mistake of its own" in refusal(vendor.post(statement()), 500)


def test_what_is_possible_is_told_where_something_is_not(client):
    answer = client.delete("/xapi/statements", headers={VERSION_HEADER: "1.0.3"})

    refusal(answer, 405)
    assert {"GET", "HEAD", "PUT", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_about_needs_neither_credentials_nor_a_version(client):
    answer = client.get("/xapi/about")

    assert answer.status_code == 200
    assert answer.json["version"] == ["1.0.3", "2.0.0"]
