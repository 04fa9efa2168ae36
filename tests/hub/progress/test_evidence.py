"""What one statement says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.progress.evidence import CMI5_CATEGORY, Kind, Score, StoredStatement, evidence_of
from xapi import vocabulary as v

STORED = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"


def heard(verb, result=None, *, at="2026-05-01T10:00:00Z", **context):
    """The evidence of a statement with this verb, result and context."""
    statement = {
        "id": "0b8f6a3e-7f0a-4a3e-9d53-0e1f6a3e7f0a",
        "actor": {"mbox": "mailto:alice@example.org"},
        "verb": {"id": getattr(verb, "id", verb)},
        "object": {"id": "https://lms.example.org/course/1"},
        "timestamp": at,
    }
    if result is not None:
        statement["result"] = result
    if context:
        statement["context"] = context
    return evidence_of(StoredStatement(statement, STORED, "vendor:v", None, None))


def kinds(verb, result=None, **context):
    return [item.kind for item in heard(verb, result, **context)]


@pytest.mark.parametrize(
    ("verb", "result", "expected"),
    [
        (v.COMPLETED, None, [Kind.COMPLETED]),
        (v.COMPLETED, {"completion": True, "success": True}, [Kind.COMPLETED, Kind.PASSED]),
        (v.COMPLETED, {"success": False}, [Kind.COMPLETED, Kind.FAILED]),
        (v.COMPLETED, {"completion": False}, [Kind.ENDED]),
        (v.PASSED, {"success": True}, [Kind.PASSED]),
        (v.PASSED, {"success": False}, [Kind.ENDED]),
        (v.FAILED, {"success": True}, [Kind.ENDED]),
        (v.FAILED, {"success": False, "completion": True}, [Kind.FAILED, Kind.COMPLETED]),
        (v.TERMINATED, None, [Kind.ENDED]),
        (
            v.TERMINATED,
            {"completion": True, "success": True},
            [Kind.ENDED, Kind.COMPLETED, Kind.PASSED],
        ),
        (v.SUSPENDED, {"completion": False}, [Kind.ENDED]),
        (v.SCORED, {"score": {"raw": 0}}, [Kind.SCORED]),
        (v.RESET, {"completion": False}, [Kind.UNCOMPLETED]),
        (v.WAIVED, {"completion": True, "success": True}, [Kind.WAIVED]),
        (v.EARNED, {"completion": True}, [Kind.CERTIFIED]),
        (v.MISSED, {"completion": False}, [Kind.NO_SHOW]),
        (v.REGISTERED, None, [Kind.REGISTERED]),
        (v.ABANDONED, None, [Kind.ENDED]),
        ("https://example.org/watched", {"completion": True}, [Kind.COMPLETED]),
        ("https://example.org/watched", {"score": {"raw": 3}}, [Kind.SCORED]),
        ("https://example.org/watched", None, []),
        (ANSWERED, {"success": True, "score": {"raw": 1}}, []),
        (v.RESPONDED, {"success": False}, []),
    ],
)
def test_what_verb_and_result_say_together(verb, result, expected):
    assert kinds(verb, result) == expected


def test_a_statement_that_contradicts_itself_is_flagged():
    (only,) = heard(v.PASSED, {"success": False})
    assert only.flags == ("contradictory",)


def test_the_score_comes_once_and_with_the_verdict():
    ended, done, passed = heard(
        v.TERMINATED, {"completion": True, "success": True, "score": {"scaled": 0.0}}
    )
    assert (ended.score, done.score, passed.score) == (None, None, Score(scaled=0.0))


@pytest.mark.parametrize(
    ("details", "result", "kind", "fraction"),
    [
        (None, None, Kind.ATTENDED, 1.0),
        (None, {"completion": True}, Kind.ATTENDED, 1.0),
        (None, {"completion": False}, Kind.NO_SHOW, None),
        ({"status": "attended"}, {"completion": True}, Kind.ATTENDED, 1.0),
        ({"status": "attended", "ratio": 0.5}, {"completion": True}, Kind.ATTENDED, 0.5),
        ({"status": "partial"}, {"completion": False}, Kind.ATTENDED, None),
        ({"status": "partial", "ratio": 0.9}, {"completion": False}, Kind.ATTENDED, 0.9),
        ({"status": "absent"}, {"completion": False}, Kind.NO_SHOW, None),
        ({"status": "excused"}, None, Kind.NO_SHOW, None),
        ("here", {"completion": False}, Kind.NO_SHOW, None),
    ],
)
def test_a_mark_in_the_register(details, result, kind, fraction):
    extensions = {} if details is None else {v.EXT_ATTENDANCE: details}
    (only,) = heard(v.ATTENDED, result, extensions=extensions)
    assert (only.kind, only.fraction) == (kind, fraction)


def test_an_attendance_with_a_verdict_says_both():
    assert kinds(v.ATTENDED, {"completion": True, "success": False}) == [
        Kind.ATTENDED,
        Kind.FAILED,
    ]


@pytest.mark.parametrize(
    ("stamp", "believed"),
    [
        ("1970-01-01T00:00:00Z", False),
        ("1989-12-31T23:59:59Z", False),
        ("1990-01-01T00:00:00Z", True),
        ("2026-05-02T12:00:00Z", True),
        ("2026-05-02T12:00:01Z", False),
        ("2099-01-01T00:00:00Z", False),
    ],
)
def test_a_time_that_cannot_be_is_not_believed(stamp, believed):
    (only,) = heard(v.COMPLETED, at=stamp)
    assert only.flags == (() if believed else ("timestamp_implausible",))
    assert believed is (only.at != STORED)


@given(st.datetimes(timezones=st.just(UTC)))
def test_nothing_happened_long_after_it_was_stored_or_before_computers(moment):
    (only,) = heard(v.COMPLETED, at=moment.isoformat().replace("+00:00", "Z"))
    assert datetime(1990, 1, 1, tzinfo=UTC) <= only.at <= STORED + timedelta(hours=24)


REGISTRATION = "EC531277-B57B-4C15-8D91-D292C5B2B8F7"
CMI5 = {"category": [{"id": CMI5_CATEGORY}]}


@pytest.mark.parametrize(
    ("context", "attempt", "number"),
    [
        ({}, "", None),
        ({"registration": REGISTRATION}, "", None),
        ({"registration": REGISTRATION, "contextActivities": CMI5}, REGISTRATION.lower(), None),
        ({"registration": REGISTRATION, "extensions": {v.EXT_ATTEMPT: 2}}, REGISTRATION.lower(), 2),
        ({"extensions": {v.EXT_ATTEMPT: 2}}, "2", 2),
        ({"extensions": {v.EXT_ATTEMPT: True}}, "", None),
        ({"extensions": {v.EXT_ATTEMPT: {"no": 1}}}, "", None),
    ],
)
def test_what_an_attempt_is_known_by(context, attempt, number):
    (only,) = heard(v.PASSED, **context)
    assert (only.attempt, only.number) == (attempt, number)


@pytest.mark.parametrize(
    ("verb", "result", "progress"),
    [
        (v.PROGRESSED, {"extensions": {v.EXT_PROGRESS: 29}}, 0.29),
        (v.PROGRESSED, {"extensions": {v.EXT_PROGRESS: 130}}, 1.0),
        (v.PROGRESSED, {"extensions": {v.EXT_PROGRESS: "half"}}, None),
        (v.PROGRESSED, {"extensions": {v.EXT_PROGRESS: 10**400}}, None),
        (v.PROGRESSED, {"score": {"scaled": 0.5}}, 0.5),
        (v.PROGRESSED, {"score": {"scaled": -0.5}}, 0.0),
        (v.SCORED, {"score": {"scaled": 0.5}}, None),
    ],
)
def test_progress_is_a_share(verb, result, progress):
    assert heard(verb, result)[0].progress == progress


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(
    st.sampled_from([v.PROGRESSED, v.ATTENDED, v.EARNED, v.REGISTERED, v.COMPLETED]),
    st.dictionaries(
        st.sampled_from([v.EXT_PROGRESS, v.EXT_FLAGS, v.EXT_VALID_UNTIL, v.EXT_OVERRIDDEN]),
        json_values,
    ),
    st.dictionaries(
        st.sampled_from([v.EXT_ATTEMPT, v.EXT_ATTENDANCE, v.EXT_DUE_DATE, v.EXT_FLAGS]),
        json_values,
    ),
)
def test_any_value_of_an_extension_is_survived(verb, of_result, of_context):
    """Extensions are the senders' own: the standard gives them no type."""
    for item in heard(verb, {"extensions": of_result}, extensions=of_context):
        assert item.progress is None or 0 <= item.progress <= 1
        assert item.number is None or type(item.number) is int
