"""What one learner did in one course without parts, told as it happened."""

from dataclasses import replace

import pytest

from hub.progress.evidence import Score
from tests.hub.progress.saying import day, record, said


@pytest.mark.parametrize(
    ("story", "status", "last_result"),
    [
        ([], "not_started", None),
        ([said("registered")], "registered", None),
        ([said("requested")], "registered", None),
        ([said("requested"), said("registered", 1)], "registered", None),
        ([said("registered"), said("withdrawn", 1)], "withdrawn", None),
        ([said("withdrawn"), said("registered", 1)], "registered", None),
        ([said("registered"), said("started", 1)], "in_progress", None),
        ([said("ended")], "in_progress", None),
        ([said("scored", score=0.9)], "in_progress", None),
        ([said("completed")], "completed", "completed"),
        ([said("passed")], "passed", "passed"),
        ([said("failed")], "failed", "failed"),
        ([said("completed"), said("failed")], "failed", "failed"),
        ([said("failed"), said("completed", 1)], "failed", "failed"),
        ([said("completed"), said("failed", 1)], "failed", "failed"),
        ([said("completed"), said("passed", 1)], "passed", "passed"),
        ([said("failed"), said("passed", 1)], "passed", "passed"),
        ([said("passed"), said("failed", 1)], "passed", "failed"),
        ([said("no_show")], "no_show", "no_show"),
        ([said("no_show"), said("attended", 1, fraction=1.0)], "completed", None),
        ([said("no_show"), said("completed", 1)], "completed", "completed"),
        ([said("attended", fraction=0.79)], "in_progress", None),
        ([said("attended", fraction=0.8)], "completed", None),
        ([said("attended", fraction=None)], "in_progress", None),
        ([said("attended", fraction=1.0), said("failed", 1)], "failed", "failed"),
        ([said("attended", fraction=0.1), said("passed", 1)], "passed", "passed"),
        ([said("completed"), said("withdrawn", 1)], "completed", "completed"),
        ([said("withdrawn"), said("completed", 1)], "completed", "completed"),
        ([said("waived")], "waived", None),
        ([said("registered"), said("waived", 1)], "waived", None),
        ([said("waived"), said("passed", 1)], "passed", "passed"),
        ([said("completed"), said("uncompleted", 1)], "in_progress", None),
        ([said("uncompleted")], "not_started", None),
        ([said("started"), said("passed", 1), said("uncompleted", 2)], "in_progress", None),
        ([said("passed"), said("uncompleted", 1), said("passed", 2)], "passed", "passed"),
        ([said("certified")], "not_started", None),
        ([said("progressed", progress=1.0)], "in_progress", None),
    ],
)
def test_the_word_for_a_story(story, status, last_result):
    found = record(*story)

    assert (found.status, found.state.result) == (status, last_result)


@pytest.mark.parametrize(
    ("story", "status", "last_result", "attempts"),
    [
        ([said("failed", 1, attempt=1), said("passed", 2, attempt=2)], "passed", "passed", 2),
        ([said("passed", 1, attempt=1), said("failed", 2, attempt=2)], "passed", "failed", 2),
        ([said("failed", 1, attempt=1), said("completed", 2, attempt=2)], *["completed"] * 2, 2),
        ([said("failed", 1, attempt=1), said("started", 2, attempt=2)], "in_progress", "failed", 2),
        ([said("failed", 1, attempt=1), said("failed", 2, attempt=2)], "failed", "failed", 2),
        # The first attempt is known later than the second, by a time at which it was only seen.
        ([said("failed", 9, attempt=1), said("passed", 2, attempt=2)], "passed", "passed", 2),
        ([said("failed", 9, attempt=1), said("started", 2, attempt=2)], "in_progress", "failed", 2),
        # What belongs to no attempt is no further attempt.
        ([said("failed", 1, attempt=1), said("started", 0)], "failed", "failed", 1),
        ([said("failed", 1, attempt=1), said("passed", 2)], "passed", "passed", 1),
    ],
)
def test_attempts_one_after_the_other(story, status, last_result, attempts):
    found = record(*story)

    assert (found.status, found.state.result) == (status, last_result)
    assert found.state.attempts == attempts


def test_a_cmi5_registration_that_has_begun_again_is_not_failed():
    first = replace(said("failed", 1), attempt="a")
    second = replace(said("started", 2), attempt="b")

    found = record(first, second)

    assert (found.status, found.state.result, found.state.attempts) == ("in_progress", "failed", 2)


def test_the_best_satisfied_attempt_gives_the_score_and_the_first_gives_the_date():
    found = record(
        said("passed", 1, attempt=1, score=0.7),
        said("passed", 2, attempt=2, score=0.9),
        said("passed", 3, attempt=3, score=0.8),
    )

    assert found.state.score == Score(scaled=0.9)
    assert found.state.satisfied_at == day(1)


def test_a_failed_retake_does_not_take_the_score_of_the_pass():
    found = record(said("passed", 1, score=0.9), said("failed", 2, score=0.2))

    assert found.state.score == Score(scaled=0.9)


def test_a_score_of_zero_is_a_score():
    assert record(said("failed", score=0.0)).state.score == Score(scaled=0.0)
    assert record(said("failed")).state.score is None


def test_passed_after_failing_the_completed_attempt_counts_from_the_pass():
    found = record(said("completed", 1), said("failed", 2), said("passed", 3))

    assert (found.state.satisfied_at, found.state.completed_at) == (day(3), day(1))


def test_a_pass_after_completion_counts_from_the_completion():
    assert record(said("completed", 1), said("passed", 2)).state.satisfied_at == day(1)


def test_completed_and_failed_says_both_and_has_no_date():
    found = record(said("completed", attempt=1), said("failed", attempt=1))

    assert (found.state.completion, found.state.success) == (True, False)
    assert found.flags == ("completed_but_failed",)
    assert found.state.satisfied_at is found.state.completed_at is None
    assert found.percent == 0


def test_a_completion_taken_back_is_no_completion():
    found = record(said("completed", 1), said("uncompleted", 2))

    assert found.state.completion is False
    assert (found.state.satisfied_at, found.percent) == (None, 0)


def test_presence_beats_absence_and_says_so():
    found = record(said("no_show", 2), said("attended", 1, fraction=1.0))

    assert (found.status, found.flags) == ("completed", ("no_show_contradicted",))


def test_partial_attendance_is_flagged_until_enough_was_attended():
    partly = said("attended", 1, fraction=0.5)
    assert record(partly).flags == ("partial_attendance",)
    assert record(partly, said("attended", 2, fraction=0.9)).flags == ()


def test_what_an_administrator_set_is_no_attempt_and_no_result():
    found = record(said("completed", overridden=True))

    assert (found.status, found.flags) == ("completed", ("overridden",))
    assert (found.state.attempts, found.state.result) == (0, None)


@pytest.mark.parametrize(
    ("story", "seconds"),
    [
        ([said("started")], None),
        ([said("ended", seconds=0.0)], 0.0),
        ([said("ended", 1, seconds=60.0), said("ended", 2, seconds=30.0)], 90.0),
        ([said("ended", 1, seconds=60.0, total_seconds=50.0)], 60.0),
        ([said("ended", 1, seconds=60.0, total_seconds=500.0)], 500.0),
        ([said("ended", seconds=60.0, statement="s"), said("passed", seconds=60.0)], 60.0),
        ([said("passed", seconds=60.0)], 60.0),
        ([said("ended", 1, attempt=1, seconds=60.0), said("ended", 2, attempt=2, seconds=5.0)], 65),
        ([said("ended", 1, attempt=1, seconds=60.0), said("ended", 1, seconds=60.0)], 60.0),
    ],
)
def test_time_is_not_counted_twice(story, seconds):
    assert record(*story).state.seconds == seconds


@pytest.mark.parametrize(
    ("progress", "percent"), [(0.0, 0), (0.29, 29), (0.57, 57), (0.999, 99), (1.0, 99)]
)
def test_percent_is_what_was_said_and_a_hundred_only_when_done(progress, percent):
    assert record(said("progressed", progress=progress)).percent == percent
    assert record(said("progressed", progress=progress), said("completed", 1)).percent == 100


def test_validity_is_the_latest_and_ends_with_a_revocation():
    earned = said("certified", 1, valid_until=day(400))
    again = said("certified", 2, valid_until=day(300))
    assert record(earned, again).state.valid_until == day(400)
    assert record(earned, said("revoked", 3)).state.valid_until is None


def test_the_newest_registration_gives_the_due_date():
    found = record(said("registered", 1, due_at=day(30)), said("registered", 2, due_at=day(20)))
    assert found.state.due_at == day(20)
    assert found.state.registered_at == day(1)


def test_a_registration_first_seen_when_pulled_is_flagged():
    found = record(said("registered", flags=("timestamp_observed",)))
    assert found.flags == ("registered_at_observed",)
