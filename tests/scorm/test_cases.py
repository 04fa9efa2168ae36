"""Each case of the file: these rows, in this context, are read as this."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from scorm.cmi import Attempt, Context
from scorm.normalize import normalize

CASES = json.loads((Path(__file__).parents[1] / "data/scorm/cmi_cases.json").read_text())
FIELDS = {"session_s": "session_seconds", "total_s": "total_seconds"}


def _said(attempt: Attempt, key: str) -> object:
    if key == "flags":
        return list(attempt.flags)
    if key == "score":
        score = asdict(attempt.score) if attempt.score else {}
        return {name: value for name, value in score.items() if value is not None}
    return getattr(attempt, FIELDS.get(key, key))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rows_are_read_as_expected(case):
    attempt = normalize(case["cmi"], Context(**case["ctx"]))
    said = {key: _said(attempt, key) for key in case["expect"]}
    expected = {
        key: pytest.approx(value) if key == "score" else value
        for key, value in case["expect"].items()
    }
    assert said == expected


def test_all_cases_are_there():
    assert len(CASES) == 39
