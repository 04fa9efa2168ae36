"""Which statements follow from which attempt."""

from datetime import UTC, datetime

import pytest

from scorm.cmi import Attempt, Context
from scorm.normalize import normalize
from scorm.statements import (
    EXT_INTERACTION_RESULT,
    EXT_TOTAL_SECONDS,
    InteractionRef,
    ObjectiveRef,
    facts_of,
)
from xapi.vocabulary import (
    COMPLETED,
    EXT_FLAGS,
    EXT_PROGRESS,
    FAILED,
    INITIALIZED,
    PASSED,
    RESPONDED,
    SCORED,
    SUSPENDED,
    TERMINATED,
)

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
END = datetime(2026, 5, 1, 12, 10, tzinfo=UTC)


def attempt12(status: str = "completed", **more: str) -> Attempt:
    rows = {f"cmi.core.{key.replace('__', '.')}": value for key, value in more.items()}
    return normalize({"cmi.core.lesson_status": status} | rows, Context("1.2"))


def facts(attempt: Attempt, **options):
    found = facts_of(attempt, started_at=START, modified_at=END, **options)
    return {fact.name: fact for fact in found}


@pytest.mark.parametrize(
    ("attempt", "verbs"),
    [
        (Attempt("1.2", "not_started"), [INITIALIZED]),
        (attempt12("incomplete", exit="suspend"), [INITIALIZED, SUSPENDED]),
        (attempt12("incomplete", exit="time-out"), [INITIALIZED, TERMINATED]),
        (attempt12("completed"), [INITIALIZED, TERMINATED, COMPLETED]),
        (attempt12("passed"), [INITIALIZED, TERMINATED, COMPLETED, PASSED]),
        (attempt12("failed"), [INITIALIZED, TERMINATED, FAILED]),
        (attempt12("", score__raw="50"), [INITIALIZED, TERMINATED, SCORED]),
        (attempt12("completed", score__raw="50"), [INITIALIZED, TERMINATED, COMPLETED]),
        (attempt12("browsed"), [INITIALIZED, TERMINATED]),
        (attempt12("passed", credit="no-credit"), [INITIALIZED, TERMINATED]),
    ],
)
def test_an_attempt_says_what_is_known_and_no_more(attempt, verbs):
    assert [fact.verb for fact in facts(attempt).values()] == verbs


def test_a_passed_attempt_has_its_status_score_and_session_time_in_the_session_statement():
    ended = facts(
        attempt12("passed", score__raw="92", score__min="0", score__max="100",
                  session_time="00:05:12", total_time="00:05:12")
    )["ended"]  # fmt: skip
    assert ended.result == {
        "completion": True,
        "success": True,
        "score": {"scaled": 0.92, "raw": 92, "min": 0, "max": 100},
        "duration": "PT5M12S",
        "extensions": {EXT_FLAGS: ["scaled_derived"]},
    }
    assert ended.at == END


def test_failed_says_nothing_about_completion():
    found = facts(attempt12("failed", score__raw="40"))
    assert "completion" not in found["ended"].result
    assert found["failed"].result == {"success": False, "score": {"scaled": 0.4, "raw": 40}}


def test_a_known_incomplete_is_said():
    assert facts(attempt12("incomplete"))["ended"].result == {"completion": False}


def test_an_attempt_that_does_not_count_says_only_so_and_how_long_it_took():
    browsed = attempt12("browsed", score__raw="90", session_time="00:01:00")
    assert facts(browsed)["ended"].result == {
        "duration": "PT1M",
        "extensions": {EXT_FLAGS: ["not_for_credit"]},
    }


def test_the_time_of_earlier_sessions_stands_beside_that_of_the_last():
    ended = facts(attempt12("passed", session_time="00:05:12", total_time="01:00:00"))["ended"]
    assert ended.result["duration"] == "PT5M12S"
    assert ended.result["extensions"][EXT_TOTAL_SECONDS] == 3600


def test_a_total_time_is_not_passed_off_as_the_duration_of_a_session():
    ended = facts(attempt12("completed", total_time="00:10:00"))["ended"]
    assert ended.result == {"completion": True, "extensions": {EXT_TOTAL_SECONDS: 600}}


@pytest.mark.parametrize(("measure", "percent"), [("0", 0), ("0.5", 50), ("0.999", 99), ("1", 100)])
def test_progress_is_a_percentage_that_is_100_only_for_the_whole(measure, percent):
    attempt = normalize(
        {"cmi.completion_status": "incomplete", "cmi.progress_measure": measure}, Context("2004")
    )
    assert facts(attempt)["ended"].result["extensions"] == {EXT_PROGRESS: percent}


def test_limits_without_a_score_are_no_score():
    assert facts(attempt12("completed", score__raw="", score__max="100"))["ended"].result == {
        "completion": True
    }


def test_only_the_session_statement_is_superseded_and_the_others_are_corrected():
    found = facts(attempt12("passed"))
    assert {name: fact.corrects for name, fact in found.items()} == {
        "initialized": True,
        "ended": False,
        "completed": True,
        "passed": True,
    }


def test_a_start_that_is_not_known_is_not_invented():
    found = facts_of(attempt12("completed"), started_at=None, modified_at=None)
    assert [(fact.name, fact.at) for fact in found] == [("ended", None), ("completed", None)]


def test_resuming_does_not_change_the_statement_about_the_beginning():
    first, resumed = attempt12("incomplete"), attempt12("incomplete", entry="resume")
    assert facts(first)["initialized"] == facts(resumed)["initialized"]


DETAILS = normalize(
    {
        "cmi.core.lesson_status": "passed",
        "cmi.objectives.0.id": "obj1",
        "cmi.objectives.0.status": "passed",
        "cmi.objectives.0.score.raw": "90",
        "cmi.objectives.1.id": "obj2",
        "cmi.objectives.1.score.raw": "50",
        "cmi.interactions.0.id": "q1",
        "cmi.interactions.0.type": "choice",
        "cmi.interactions.0.student_response": "a,b",
        "cmi.interactions.0.correct_responses.0.pattern": "a",
        "cmi.interactions.0.result": "wrong",
        "cmi.interactions.0.latency": "00:00:12.5",
        "cmi.interactions.0.time": "12:05:00",
        "cmi.interactions.1.id": "q2",
        "cmi.interactions.1.result": "neutral",
        "cmi.interactions.1.time": "23:00:00",
    },
    Context("1.2"),
)


def test_objectives_have_their_own_verdicts():
    found = facts(DETAILS)
    passed, scored = found["objective:obj1:passed"], found["objective:obj2:scored"]
    assert (passed.verb, passed.about) == (PASSED, ObjectiveRef("obj1"))
    assert passed.result == {"success": True, "score": {"scaled": 0.9, "raw": 90}}
    assert (scored.verb, scored.result) == (SCORED, {"score": {"scaled": 0.5, "raw": 50}})
    assert not [name for name in facts(DETAILS, objectives=False) if name.startswith("objective")]


def test_interactions_are_told_only_when_asked_for():
    assert not [name for name in facts(DETAILS) if name.startswith("interaction")]
    answered = facts(DETAILS, interactions=True)["interaction:0"]
    assert answered.verb == RESPONDED
    assert answered.about == InteractionRef(0, "q1", "choice", ("a",))
    assert answered.result == {"response": "a[,]b", "success": False, "duration": "PT12.5S"}


def test_a_result_that_is_neither_right_nor_wrong_is_kept_beside():
    answered = facts(DETAILS, interactions=True)["interaction:1"]
    assert answered.result == {"extensions": {EXT_INTERACTION_RESULT: "neutral"}}


def test_a_time_of_day_is_believed_only_within_the_session():
    found = facts(DETAILS, interactions=True)
    assert found["interaction:0"].at == datetime(2026, 5, 1, 12, 5, tzinfo=UTC)
    assert found["interaction:1"].at == END


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-01T14:05:00+02:00", datetime(2026, 5, 1, 12, 5, tzinfo=UTC)),
        ("2026-05-01T12:05:00", datetime(2026, 5, 1, 12, 5, tzinfo=UTC)),
        ("2019-01-01T00:00:00Z", END),
        ("yesterday", END),
    ],
)
def test_a_timestamp_is_believed_only_within_the_session(text, at):
    rows = {"cmi.completion_status": "completed", "cmi.interactions.0.id": "q"}
    attempt = normalize(rows | {"cmi.interactions.0.timestamp": text}, Context("2004"))
    assert facts(attempt, interactions=True)["interaction:0"].at == at


def test_the_names_of_the_facts_of_an_attempt_are_unique():
    found = facts_of(DETAILS, started_at=START, modified_at=END, interactions=True)
    assert len({fact.name for fact in found}) == len(found)
