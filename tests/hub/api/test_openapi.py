"""The document that describes the API."""

import re

import pytest
from openapi_spec_validator import validate


@pytest.fixture
def document(api_app):
    return api_app.test_client().get("/api/v1/openapi.json").json


def test_anybody_may_read_it_and_it_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_it_has_every_address_of_the_api(api_app, document):
    addresses = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in api_app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api-docs.openapi_json"
    }

    assert set(document["paths"]) == addresses


def test_every_operation_says_that_it_wants_a_token_and_how_its_errors_look(document):
    for path in document["paths"].values():
        (operation,) = (path[method] for method in ("get", "post") if method in path)
        assert operation["security"] == [{"bearer": []}]
        assert operation["summary"]
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}
    errors = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(errors) == ["application/problem+json"]


def test_statuses_are_listed_and_instants_are_date_times(document):
    record = document["components"]["schemas"]["ProgressAnswer"]["properties"]

    assert "no_show" in record["status"]["enum"]
    assert record["updated_at"]["format"] == "date-time"
    assert record["due_at"]["type"] == ["string", "null"]


def test_an_answer_is_what_the_document_promises(
    document, ask, add_learner, add_course, add_progress
):
    from openapi_schema_validator import OAS31Validator

    add_progress(add_learner("Alice", ("mbox", "", "a@example.org")), add_course(), score_raw=1.0)

    for path in ("/api/v1/progress", "/api/v1/learners", "/api/v1/sources"):
        answers = document["paths"][path]["get"]["responses"]["200"]
        schema = answers["content"]["application/json"]["schema"]
        rooted = {**schema, "components": document["components"]}
        OAS31Validator(rooted).validate(ask(path).json)
