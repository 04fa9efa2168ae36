"""Progress in plain words."""

from datetime import UTC, datetime

import pytest

from hub.transcript.words import hours_text, notes_of, score_text, status_word, time_text


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (None, ""),
        ({"scaled": None, "raw": None, "min": None, "max": None}, ""),
        ({"scaled": 0.92, "raw": 92, "min": 0, "max": 100}, "92 %"),
        ({"scaled": 0.0, "raw": 0, "min": 0, "max": 100}, "0 %"),
        ({"scaled": 0.875, "raw": 7, "min": 0, "max": 8}, "87.5 % (7 of 8)"),
        ({"scaled": None, "raw": 18, "min": None, "max": 20}, "18 of 20"),
        ({"scaled": None, "raw": 18, "min": None, "max": None}, "18 points"),
        ({"scaled": 0.5, "raw": None, "min": None, "max": None}, "50 %"),
    ],
)
def test_a_score_is_a_percentage_or_points_and_zero_is_a_score(score, text):
    assert score_text(score) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0 min"), (20, "less than a minute"), (2700, "45 min"), (3600, "1 h"),
     (3599.9, "1 h"), (4800, "1 h 20 min")],
)  # fmt: skip
def test_time_is_told_in_hours_and_minutes_and_unknown_is_not_zero(seconds, text):
    assert time_text(seconds) == text


def test_hours_are_whole_above_ten():
    assert [hours_text(s) for s in (0, 1800, 35_000, 360_000)] == ["0", "0.5", "9.7", "100"]


def test_a_status_has_its_own_word():
    assert status_word("no_show").word == "Did not attend"
    assert status_word("something_new").word == "Something new"


def test_notes_say_who_set_a_completion_and_what_the_last_attempt_came_to():
    notes = notes_of(
        ["overridden", "completed_but_failed", "time_format_mismatch"],
        status="in_progress",
        last_result="failed",
        sources="Moodle",
    )
    assert notes == (
        "Set by an administrator in Moodle",
        "Completed and failed at the same time",
        "Last attempt failed",
    )


def test_a_course_that_is_failed_does_not_repeat_that_its_last_attempt_failed():
    assert notes_of([], status="failed", last_result="failed", sources="") == ()


def test_expiry_is_told_with_its_day():
    day = datetime(2026, 3, 1, tzinfo=UTC)
    notes = notes_of(["expired"], status="passed", last_result=None, sources="", valid_until=day)
    assert notes == ("No longer valid since 1 March 2026",)
