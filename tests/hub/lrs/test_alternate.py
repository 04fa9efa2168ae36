"""The alternate request syntax of xAPI 1.0.3: a POST form that stands for any request."""

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from werkzeug.datastructures import Authorization

from tests.hub.lrs.speaking import VERSION, refusal, statement

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def tunnel(client, vendor):
    """Sends a form whose fields hold the credentials and the version, as browsers without CORS."""

    def send(method, path="/xapi/statements", query="", kind=FORM, **fields):
        auth = Authorization("basic", {"username": vendor.key, "password": vendor.secret})
        form = {"Authorization": auth.to_header(), VERSION: "1.0.3"}
        form |= {name.replace("_", "-"): value for name, value in fields.pop("headers", {}).items()}
        body = urlencode(form | fields)
        return client.post(f"{path}?method={method}{query}", data=body, content_type=kind)

    return send


def test_a_put_is_a_form_with_its_content(tunnel, vendor):
    statement_id = str(uuid4())

    answer = tunnel("PUT", statementId=statement_id, content=json.dumps(statement()))

    assert answer.status_code == 204
    assert vendor.one(statement_id)["id"] == statement_id


def test_content_is_read_as_utf_8(tunnel, vendor):
    name = "Zoë Ångström 東京"
    sent = statement(actor={"mbox": "mailto:zoe@example.org", "name": name})

    (stored,) = tunnel("POST", content=json.dumps(sent, ensure_ascii=False)).json

    assert vendor.one(stored)["actor"]["name"] == name


def test_fields_that_are_no_header_are_parameters(tunnel, vendor):
    vendor.store(statement(), statement())

    answer = tunnel("GET", limit="1")

    assert len(answer.json["statements"]) == 1
    assert answer.headers[VERSION] == "1.0.3"


def test_names_of_headers_and_methods_are_read_in_any_case(client, vendor):
    auth = Authorization("basic", {"username": vendor.key, "password": vendor.secret}).to_header()
    form = {"authorization": auth, VERSION.lower(): "1.0.3"}

    assert client.post("/xapi/statements?method=get", data=form).status_code == 200


def test_headers_may_stay_where_they_are(vendor):
    assert vendor.ask("POST", "/xapi/statements?method=GET", data={"limit": "1"}).status_code == 200


def test_a_head_has_no_body(tunnel):
    answer = tunnel("HEAD")

    assert (answer.status_code, answer.data) == (200, b"")


def test_a_version_in_the_form_counts(tunnel):
    assert "0.8" in refusal(tunnel("GET", headers={VERSION: "0.8"}), 400)


@pytest.mark.parametrize("place", ["form", "header"])
def test_version_2_has_no_such_syntax(tunnel, vendor, place):
    if place == "form":
        answer = tunnel("GET", headers={VERSION: "2.0.0"})
    else:
        vendor.version = "2.0.0"
        answer = vendor.ask("POST", "/xapi/statements?method=GET", data={"limit": "1"})

    assert "xAPI 2.0.0 has no alternate request syntax" in refusal(answer, 400)


def test_another_parameter_in_the_address_is_refused(tunnel):
    answer = tunnel("PUT", query=f"&statementId={uuid4()}", content=json.dumps(statement()))

    assert "Beside ?method= stands statementId" in refusal(answer, 400)


def test_an_unknown_field_is_an_unknown_parameter(tunnel):
    assert "colour" in refusal(tunnel("GET", colour="red"), 400)


@pytest.mark.parametrize("method", ["TRACE", "", "PUT%20", "OPTIONS"])
def test_only_methods_of_the_standard_can_be_meant(tunnel, method):
    assert "it must be one of" in refusal(tunnel(method, content="{}"), 400)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_content_must_be_a_field_of_its_own(tunnel, method):
    assert "needs the field content" in refusal(tunnel(method, statementId=str(uuid4())), 400)


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_refused(tunnel, kind):
    assert "is a form" in refusal(tunnel("PUT", kind=kind, content="{}"), 400)


@pytest.mark.parametrize(
    "body", [b'{"statementId":"x"}', b"\xff=1", b"a=%ff", b"&".join([b"a=1"] * 2)]
)
def test_a_body_that_is_no_form_is_refused(client, body):
    answer = client.post("/xapi/statements?method=PUT", data=body, content_type=FORM)

    refusal(answer, 400)


def test_wrong_credentials_in_the_form_are_refused_as_anywhere(client):
    form = {"Authorization": "Basic eDp5", VERSION: "1.0.3"}

    answer = client.post("/xapi/statements?method=GET", data=form)

    refusal(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_form_that_is_too_large_is_refused(client, app):
    body = "content=" + "x" * app.config["MAX_CONTENT_LENGTH"]

    answer = client.post("/xapi/statements?method=POST", data=body, content_type=FORM)

    assert "too large" in refusal(answer, 413)


def test_other_doors_know_no_such_syntax(client):
    assert client.post("/api/v1/progress?method=GET", data={}).status_code == 405
