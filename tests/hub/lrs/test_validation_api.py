"""POST /api/v1/statements/validate: every rule by name, and nothing is stored."""

import json

import pytest
from sqlalchemy import func, select

from hub.lrs.models import Statement
from tests.hub.lrs.speaking import mbox, statement

PATH = "/api/v1/statements/validate"
ID = "39e24cc4-69af-4b01-a824-1fdc6ea8a3af"


@pytest.fixture
def check(app, token):
    """Sends a body with a token that may validate and nothing else."""
    client, text = app.test_client(), token("statements:validate")

    def post(body, **query):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {text}"}
        answer = client.post(PATH, data=data, query_string=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    return post


def rules(answer):
    return [(item["statement"], item["pointer"], item["rule"]) for item in answer["problems"]]


def test_a_valid_batch_is_valid_and_not_stored(check, hub):
    assert check([statement(), statement()]) == {
        "valid": True,
        "version": "1.0.3",
        "statements": 2,
        "problems": [],
    }
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Statement)) == 0


def test_every_problem_is_named_with_place_rule_and_section(check):
    answer = check([statement(), statement(actor={"mbox": "ann"}, colour="red")])

    assert (answer["valid"], answer["statements"]) == (False, 2)
    assert rules(answer) == [(1, "/colour", "unknown_property"), (1, "/actor/mbox", "not_mailto")]
    assert answer["problems"][1]["section"] == "Data 2.4.2.3"
    assert answer["problems"][1]["message"].endswith('such as "mailto:ann@example.org".')


def test_the_version_decides(check):
    whole = statement(
        context={"contextAgents": [{"objectType": "contextAgent", "agent": mbox()}]},
    )

    assert rules(check(whole)) == [(0, "/context/contextAgents", "unknown_property")]
    assert check(whole, version="2.0.0")["valid"]


def test_an_id_that_stands_twice_is_named(check):
    answer = check([statement(id=ID), statement(), statement(id=ID.upper())])

    assert rules(answer) == [(2, "/id", "repeated_id")]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b'{"actor": 1, "actor": 2}', "duplicate_key"),
        (b'{"result": {"score": {"raw": NaN}}}', "nan"),
        (b'{"result": {"score": {"raw": -Infinity}}}', "nan"),
        (b'{"result": {"response": "\\ud800"}}', "lone_surrogate"),
        (b'{"result": {"response": "\\u0000"}}', "nul_character"),
        (b"[" * 100_000, "too_deep"),
        (b"1" * 400, "number_too_large"),
        (b'{"raw": 1e999}', "number_too_large"),
        (b"\xef\xbb\xbf{}", "bom"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"", "empty"),
        (b"{", "syntax"),
        (b"<html>", "syntax"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_by_name(check, body, rule):
    answer = check(body)

    assert (answer["valid"], answer["statements"]) == (False, 0)
    assert rules(answer) == [(None, "", rule)]
    assert answer["problems"][0]["section"]


def test_a_text_that_is_too_long_is_refused_by_name(check, hub):
    answer = check(b" " * (hub.settings.max_body_bytes + 1))

    assert rules(answer) == [(None, "", "too_large")]


def test_another_version_is_refused(app, token):
    headers = {"Authorization": f"Bearer {token('statements:validate')}"}

    answer = app.test_client().post(f"{PATH}?version=0.95", data="{}", headers=headers)

    assert answer.status_code == 422
    assert "1.0.3" in answer.json["detail"]


def test_a_token_without_the_scope_is_refused(app, token):
    headers = {"Authorization": f"Bearer {token('progress:read')}"}

    assert app.test_client().post(PATH, data="{}", headers=headers).status_code == 403
