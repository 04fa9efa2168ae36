"""Every error under /api is a problem, and nothing else is."""

import json

import pytest
from flask import Flask, abort, redirect
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from config import Settings
from hub.api.openapi import register
from hub.database import Database
from hub.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from hub.extensions import Hub, csrf

CANARY = "s3cret-in-a-traceback"


class Inner(Schema):
    age = fields.Integer(required=True)


class Body(Schema):
    name = fields.String(required=True)
    people = fields.List(fields.Nested(Inner))


@pytest.fixture
def client(keyring, tmp_path):
    """An API of operations that go wrong; none of them asks the database."""
    app = Flask(__name__)
    app.secret_key = "a key"
    app.config["MAX_CONTENT_LENGTH"] = 1000
    app.extensions["hub"] = Hub(Settings(), Database(f"sqlite:///{tmp_path}/unused.db"), keyring)
    csrf.init_app(app)
    blueprint = Blueprint("broken", __name__, url_prefix="/api/v1/broken")

    @blueprint.route("/boom")
    def boom():
        raise RuntimeError(CANARY)

    @blueprint.route("/refused/<kind>")
    def refused(kind):
        kinds = {"404": NotFound, "409": Conflict, "403": Forbidden, "400": HubError}
        if kind == "422":
            raise Invalid("The name is empty.", hint="Give one.", field="name")
        raise kinds[kind]("It is not possible.", hint="Do otherwise.")

    @blueprint.route("/body", methods=["POST"])
    @blueprint.arguments(Body)
    def body(data):
        return data

    @blueprint.route("/moved")
    def moved():
        return redirect("/api/v1/broken/body", 308)

    @blueprint.route("/busy")
    def busy():
        abort(503)

    @app.route("/page")
    def page():
        abort(404)

    register(app, [blueprint])
    return app.test_client()


def problem(answer):
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail", "instance", "errors"}
    assert answer.json["status"] == answer.status_code
    return answer.json


def test_an_unknown_address_says_where_the_addresses_are(client):
    found = problem(client.get("/api/v1/nothing"))

    assert found["status"] == 404
    assert "/api/v1/openapi.json" in found["detail"]
    assert found["instance"] == "/api/v1/nothing"


def test_an_unknown_input_says_which_are_known(client):
    found = problem(client.post("/api/v1/broken/body", json={"name": "Léa", "nmae": "x"}))

    assert [(entry["pointer"], entry["code"]) for entry in found["errors"]] == [
        ("/body/nmae", "unknown")
    ]
    assert found["detail"].endswith("Known are: name, people.")


def test_an_unknown_input_further_down_lists_no_names_of_the_top(client):
    body = {"name": "Léa", "people": [{"age": 3, "size": 4}]}
    found = problem(client.post("/api/v1/broken/body", json=body))

    assert "Known are" not in found["detail"]


def test_a_wrong_method_says_which_are_right(client):
    answer = client.delete("/api/v1/broken/body")

    assert problem(answer)["status"] == 405
    assert answer.headers["Allow"] in problem(answer)["detail"]
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("status", ["400", "403", "404", "409"])
def test_what_cannot_be_done_says_why_and_what_to_do(client, status):
    answer = client.get(f"/api/v1/broken/refused/{status}")

    assert problem(answer)["status"] == int(status)
    assert answer.json["detail"] == "It is not possible. Do otherwise."


def test_an_input_to_blame_is_pointed_at(client):
    found = problem(client.get("/api/v1/broken/refused/422"))

    assert found["errors"] == [
        {"pointer": "/body/name", "detail": "The name is empty.", "code": "invalid"}
    ]


def test_each_wrong_value_in_a_body_has_its_own_pointer(client):
    found = problem(
        client.post(
            "/api/v1/broken/body", json={"people": [{"age": 1}, {"age": "old"}, {}], "a/b": 1}
        )
    )

    assert found["status"] == 422
    assert {(error["pointer"], error["code"]) for error in found["errors"]} == {
        ("/body/name", "required"),
        ("/body/people/1/age", "invalid"),
        ("/body/people/2/age", "required"),
        ("/body/a~1b", "unknown"),
    }


def test_a_body_that_is_no_json_is_a_problem(client):
    answer = client.post("/api/v1/broken/body", data="{", content_type="application/json")

    assert problem(answer)["status"] == 400
    assert answer.json["errors"][0]["pointer"] == "/body"


def test_a_body_that_is_too_large_is_a_problem(client):
    answer = client.post("/api/v1/broken/body", json={"name": "x" * 2000})

    assert problem(answer)["status"] == 413


def test_a_mistake_of_the_hub_is_a_problem_without_a_traceback(client):
    answer = client.get("/api/v1/broken/boom")

    assert problem(answer)["status"] == 500
    assert CANARY not in json.dumps(answer.json)
    assert "Traceback" not in answer.text


def test_any_other_error_of_http_is_a_problem(client):
    assert problem(client.get("/api/v1/broken/busy"))["status"] == 503


def test_a_redirect_stays_a_redirect(client):
    answer = client.get("/api/v1/broken/moved")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/broken/body")


def test_a_post_needs_no_csrf_token(client):
    assert client.post("/api/v1/broken/body", json={"name": "x"}).status_code == 200


def test_elsewhere_errors_stay_what_they_were(client):
    assert client.get("/page").mimetype == "text/html"
    assert client.get("/apifoo").mimetype == "text/html"
