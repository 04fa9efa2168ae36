"""Tracks that a real Moodle 4.5 answered, each read as a person would read it."""

import json
from pathlib import Path

import pytest

from scorm.cmi import Attempt, Context, Score
from scorm.normalize import normalize

TRACKS = Path(__file__).parents[1] / "data/scorm/moodle"


def read(name: str, version: str) -> Attempt:
    reply = json.loads((TRACKS / f"{name}.json").read_text())
    rows = {track["element"]: track["value"] for track in reply["data"]["tracks"]}
    return normalize(rows, Context(version))


def test_alice_passed_with_92_of_100():
    attempt = read("11-sco_tracks_s12_alice", "1.2")
    assert (attempt.state, attempt.completion, attempt.success) == ("passed", True, True)
    assert attempt.score == Score(raw=92, min=0, max=100, scaled=0.92)
    assert attempt.session_seconds == attempt.total_seconds == 312
    assert attempt.end == "terminated"
    assert attempt.flags == ("objective_scaled_assumed_100", "scaled_derived")


def test_alice_met_an_objective_and_answered_two_questions():
    attempt = read("11-sco_tracks_s12_alice", "1.2")
    (objective,) = attempt.objectives
    assert (objective.id, objective.success, objective.score) == (
        "obj1",
        True,
        Score(raw=90, scaled=0.9),
    )
    right, wrong = attempt.interactions
    assert (right.id, right.type, right.response, right.success) == ("q1", "choice", "b", True)
    assert (right.correct_responses, right.latency_seconds) == (("b",), 12.5)
    assert (wrong.id, wrong.type, wrong.response, wrong.success) == (
        "q2",
        "true-false",
        "false",
        False,
    )


def test_bob_failed_with_40_and_nobody_knows_whether_he_completed():
    attempt = read("11b-sco_tracks_s12_bob_attempt1", "1.2")
    assert (attempt.state, attempt.completion, attempt.success) == ("failed", None, False)
    assert attempt.score == Score(raw=40, min=0, max=100, scaled=0.4)


def test_bob_left_his_third_attempt_to_go_on_later_and_has_no_score():
    attempt = read("11c-sco_tracks_s12_bob_last", "1.2")
    assert (attempt.state, attempt.completion, attempt.success) == ("in_progress", False, None)
    assert attempt.score is None
    assert attempt.end == "suspended"
    assert attempt.session_seconds == 41


def test_carol_never_launched_it():
    attempt = read("11d-sco_tracks_s12_carol_notattempted", "1.2")
    assert attempt == Attempt(version="1.2", state="not_started")


def test_dave_passed_with_77():
    attempt = read("11e-sco_tracks_s12_dave_suspended", "1.2")
    assert attempt.state == "passed"
    assert attempt.score == Score(raw=77, min=0, max=100, scaled=0.77)


def test_alice_passed_although_moodles_own_status_only_says_completed():
    attempt = read("11f-sco_tracks_s2004_alice", "2004")
    assert (attempt.state, attempt.completion, attempt.success) == ("passed", True, True)
    assert attempt.score == Score(raw=85, min=0, max=100, scaled=0.85)
    assert attempt.session_seconds == 450
    assert attempt.flags == ()


def test_bob_completed_and_failed_although_moodles_own_status_says_completed():
    attempt = read("11g-sco_tracks_s2004_bob_attempt1_failed", "2004")
    assert (attempt.state, attempt.completion, attempt.success) == ("failed", True, False)
    assert attempt.score == Score(raw=30, min=0, max=100, scaled=0.3)
    assert attempt.flags == ("completed_but_failed",)


def test_erin_only_looked_at_one_part_and_her_time_is_kept():
    attempt = read("11h-sco_tracks_multi_erin_browsed", "1.2")
    assert (attempt.state, attempt.completion, attempt.success) == ("browsed", None, None)
    assert attempt.score is None
    assert attempt.session_seconds == 312
    assert attempt.flags == ("not_for_credit",)


def test_erin_spent_five_minutes_in_a_part_that_calls_itself_not_attempted():
    attempt = read("11i-sco_tracks_multi_erin_not_attempted_status", "1.2")
    assert (attempt.state, attempt.completion, attempt.success) == ("in_progress", None, None)


def test_the_times_that_moodle_made_up_for_a_closed_activity_are_not_read():
    attempt = read("11j-sco_tracks_closed_alice", "1.2")
    assert (attempt.state, attempt.completion) == ("completed", True)
    assert attempt.score == Score(raw=61, scaled=0.61)
    assert (attempt.session_seconds, attempt.total_seconds, attempt.end) == (None, None, None)


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_score_is_no_score_and_not_zero(value):
    rows = {"cmi.core.lesson_status": "completed", "cmi.core.score.raw": value}
    assert normalize(rows, Context("1.2")).score is None


def test_a_score_of_zero_is_a_score():
    rows = {"cmi.core.lesson_status": "completed", "cmi.core.score.raw": "0"}
    assert normalize(rows, Context("1.2")).score == Score(raw=0, scaled=0)


def test_moodles_derived_rows_alone_tell_nothing():
    rows = {"status": "completed", "score_raw": 92, "total_time": "00:05:12"}
    assert normalize(rows, Context("1.2")).state == "not_started"
