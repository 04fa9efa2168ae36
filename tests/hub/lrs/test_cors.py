"""Browser content of other sites at /xapi: nothing by default, named origins by a setting."""

from dataclasses import replace

import pytest

from config import BadSettings, load_settings
from hub.app import create_app
from hub.extensions import Hub
from hub.lrs.http import CONSISTENT_HEADER, VERSION_HEADER
from tests.hub.lrs.speaking import open_door, statement

SITE = "https://lms.example.org"
PREFLIGHT = {
    "Origin": SITE,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,x-experience-api-version,if-match",
}


@pytest.fixture
def opened(hub):
    """Makes an application that lets these origins in."""

    def make(*origins):
        return create_app(
            hub=Hub(replace(hub.settings, xapi_cors_origins=origins), hub.database, hub.keyring)
        )

    return make


def allowed(answer):
    return {name: value for name, value in answer.headers if name.startswith("Access-Control")}


def test_by_default_no_other_site_is_let_in(client, vendor):
    answer = client.options("/xapi/statements", headers=PREFLIGHT)

    assert allowed(answer) == {}
    assert allowed(vendor.ask("GET", headers={"Origin": SITE})) == {}


@pytest.mark.parametrize("path", ["/xapi/statements", "/xapi/activities/state", "/xapi/about"])
def test_a_browser_may_ask_first_without_credentials(opened, path):
    answer = opened(SITE).test_client().options(path, headers=PREFLIGHT)

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    headers = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(PREFLIGHT["Access-Control-Request-Headers"].split(",")) <= set(headers)
    assert "Origin" in answer.vary
    assert answer.headers[VERSION_HEADER]


def test_content_of_a_named_origin_can_read_the_answer(opened, hub):
    door = open_door(hub, opened(SITE))

    answer = door.ask("POST", json=statement(), headers={"Origin": SITE})

    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {CONSISTENT_HEADER, VERSION_HEADER, "ETag", "Last-Modified"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_refusal_can_be_read_too(opened):
    client = opened(SITE).test_client()

    for answer in (
        client.get("/xapi/statements", headers={"Origin": SITE, VERSION_HEADER: "1.0.3"}),
        client.get("/xapi/nothing", headers={"Origin": SITE}),
        client.delete("/xapi/statements", headers={"Origin": SITE}),
    ):
        assert answer.status_code in {401, 404, 405}
        assert answer.headers["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", "http://lms.example.org", f"{SITE}.evil.org", "null"]
)
def test_another_origin_is_told_nothing(opened, origin):
    client = opened(SITE).test_client()

    answers = [
        client.options("/xapi/statements", headers=PREFLIGHT | {"Origin": origin}),
        client.get("/xapi/about", headers={"Origin": origin}),
    ]

    assert [allowed(answer) for answer in answers] == [{}, {}]
    assert all("Origin" in answer.vary for answer in answers)


def test_every_origin_can_be_allowed_but_never_with_cookies(opened):
    answer = opened("*").test_client().get("/xapi/about", headers={"Origin": SITE})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_other_doors_stay_closed(opened):
    client = opened("*").test_client()

    for path in ("/api/v1/openapi.json", "/signin"):
        assert allowed(client.get(path, headers={"Origin": SITE})) == {}
        assert allowed(client.options(path, headers=PREFLIGHT)) == {}


def test_the_setting_is_a_list_of_origins():
    text = f"{SITE}, http://localhost:3000"

    settings = load_settings({"HUB_XAPI_CORS_ORIGINS": text})

    assert settings.xapi_cors_origins == (SITE, "http://localhost:3000")


@pytest.mark.parametrize("text", ["lms.example.org", f"{SITE}/", f"{SITE}/path", "ftp://x", "null"])
def test_what_no_browser_would_send_is_refused(text):
    with pytest.raises(BadSettings, match="is no origin"):
        load_settings({"HUB_XAPI_CORS_ORIGINS": text})
