"""Progress in plain words."""

from datetime import UTC, datetime

import pytest

from hub.transcript.words import (
    date_words,
    hours_text,
    in_classroom,
    notes_of,
    score_text,
    status_word,
    technical,
    time_text,
    title_text,
)


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


def test_a_registration_without_a_date_is_told_only_where_its_date_is_shown():
    flags = ["registered_at_observed"]
    assert date_words("Registered", flags) == (
        "The system gives no registration date; first seen on"
    )
    assert date_words("Registered", []) == "Registered"
    assert date_words("Completed", flags) == "Completed"
    assert notes_of(flags, status="completed", last_result=None, sources="") == ()
    assert technical(flags) == ("registered_at_observed",)


@pytest.mark.parametrize(
    ("modality", "kind", "note"),
    [
        ("instructor-led", None, "Attended, not passed"),
        ("virtual", "course", "Attended, not passed"),
        ("blended", "session", "Attended, not passed"),
        ("self-paced", "module", "Completed and failed at the same time"),
        (None, None, "Completed and failed at the same time"),
    ],
)
def test_whoever_attended_a_classroom_and_did_not_pass_met_no_contradiction(modality, kind, note):
    notes = notes_of(
        ["completed_but_failed"], status="failed", last_result="failed", sources="",
        classroom=in_classroom(modality, kind),
    )  # fmt: skip
    assert notes == (note,)


@pytest.mark.parametrize(
    ("title", "kind", "text"),
    [
        ("Fire safety", "course", "Fire safety"),
        ("Safety: urn or not", "course", "Safety: urn or not"),
        ("https://m.example/courses/fire-safety_101/", "course", "Fire safety 101"),
        ("https://m.example/k/%E5%AE%89%E5%85%A8", "course", "安全"),
        ("https://m.example/course/view.php?id=2", "course", "Untitled course (m.example)"),
        ("https://m.example/a/6f1d0c1e-0a5b-4c8e-9a36-1f0e4a7c2b11", "Module",
         "Untitled module (m.example)"),
        ("https://m.example/quiz/17", "part", "Untitled part (m.example)"),
        ("https://m.example", "course", "Untitled course (m.example)"),
        ("urn:uuid:6f1d0c1e-0a5b-4c8e-9a36-1f0e4a7c2b11", "course", "Untitled course"),
        ("http://[x", "course", "Untitled course"),
    ],
)  # fmt: skip
def test_an_identifier_in_place_of_a_title_is_told_so_that_a_person_can_read_it(title, kind, text):
    assert title_text(title, kind) == text
