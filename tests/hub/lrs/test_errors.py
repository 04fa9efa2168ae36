"""Every error below /xapi is JSON in one shape, with the version header; nothing else is."""

import pytest

from tests.hub.lrs.speaking import CONSISTENT, VERSION, refusal, statement

CANARY = "s3cret-in-a-traceback"


def test_an_unknown_path_says_what_is_served(vendor):
    message = refusal(vendor.get("/xapi/nothing"), 404)

    assert "/xapi/nothing" in message
    assert "statements, activities, activities/state" in message


def test_a_wrong_method_names_the_right_ones(vendor):
    answer = vendor.ask("DELETE")

    assert "DELETE is not possible here" in refusal(answer, 405)
    assert {"GET", "PUT", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.headers[CONSISTENT]


def test_a_body_that_is_too_large_is_refused(vendor, app):
    app.config["MAX_CONTENT_LENGTH"] = 500

    message = refusal(
        vendor.post(statement(actor={"mbox": "mailto:a@b.org", "name": "x" * 999})), 413
    )

    assert "too large" in message


def test_too_many_statements_are_refused_with_the_limit(vendor, hub):
    limit = hub.settings.max_batch

    message = refusal(vendor.post([statement()] * (limit + 1)), 413)

    assert str(limit) in message
    assert vendor.find() == []


def test_a_mistake_of_the_hub_has_a_reference_and_no_traceback(vendor, app):
    def fail():
        raise RuntimeError(CANARY)

    app.add_url_rule("/xapi/fail", view_func=fail)

    answer = vendor.get("/xapi/fail")

    assert "reference" in refusal(answer, 500)
    assert CANARY not in answer.text


def test_a_failing_database_is_answered_in_the_same_shape(vendor, hub):
    with hub.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE statement RENAME TO lost")

    answer = vendor.post(statement())

    assert answer.status_code == 500
    assert "reference" in answer.json["message"]
    assert "no such table" not in answer.text
    assert "does not exist" not in answer.text


def test_an_error_has_the_negotiated_version(vendor):
    vendor.version = "2.0.0"

    answer = vendor.get(limit="-1")

    assert answer.headers[VERSION] == "2.0.0"
    refusal(answer, 400)


@pytest.mark.parametrize("version", ["", "0.95", "1.1", "2.1.0", "1.0.", "1.0.3.1", "3"])
def test_a_version_that_is_not_spoken_is_refused(vendor, version):
    vendor.version = version

    assert "This store speaks 1.0.3 and 2.0.0" in refusal(vendor.get(), 400)


def test_a_request_without_a_version_is_refused(client):
    assert VERSION in refusal(client.get("/xapi/statements"), 400)


@pytest.mark.parametrize(
    ("version", "spoken"),
    [("1.0", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0", "2.0.0"), ("2.0.1", "2.0.0")],
)
def test_the_answer_names_the_version_that_is_spoken(vendor, version, spoken):
    vendor.version = version

    assert vendor.get().headers[VERSION] == spoken


def test_about_needs_neither_credentials_nor_version(client):
    answer = client.get("/xapi/about")

    assert answer.json == {"version": ["1.0.3", "2.0.0"], "extensions": {}}
    assert answer.headers[VERSION] == "1.0.3"


@pytest.mark.parametrize(("asked", "told"), [("1.0.3", ["1.0.3"]), ("2.0.0", ["1.0.3", "2.0.0"])])
def test_about_tells_old_clients_only_of_versions_that_they_know(client, asked, told):
    assert client.get("/xapi/about", headers={VERSION: asked}).json["version"] == told


def test_elsewhere_an_error_is_a_page(client):
    answer = client.get("/xapifoo")

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert VERSION not in answer.headers


def test_an_error_of_the_api_stays_a_problem(client):
    assert client.get("/api/v1/nothing").mimetype == "application/problem+json"
