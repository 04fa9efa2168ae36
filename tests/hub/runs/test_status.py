"""The status word of a source."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hub.runs.models import Run
from hub.runs.status import status_of
from hub.sources.checking import CheckOutcome
from hub.sources.models import Source

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(**columns):
    return Source(**{"id": uuid4(), "name": "a", "created_at": NOW - 99 * HOUR} | columns)


def run(state, hours_ago=1, message="", **counts):
    ended = None if state in {"queued", "running"} else NOW - hours_ago * HOUR
    return Run(state=state, ended_at=ended, message=message, counts=counts)


def word(found, *runs):
    return str(status_of(found, runs, NOW).word)


def test_a_new_source_is_being_set_up():
    assert word(source()) == "Setting up"
    assert word(source(), run("running")) == "Setting up"


def test_a_pause_is_said_before_anything_else():
    assert word(source(paused_at=NOW), run("failed")) == "Paused"


def test_a_recent_success_is_healthy_and_says_what_it_found():
    status = status_of(source(), [run("succeeded", new=3, superseded=1)], NOW)
    assert (str(status.word), status.reason) == (
        "Healthy",
        "The last pull found 4 new or changed records.",
    )


def test_records_that_were_set_aside_do_not_make_a_source_ill_but_are_told():
    status = status_of(source(), [run("succeeded_with_warnings", rejected=2)], NOW)
    assert str(status.word) == "Healthy"
    assert "set 2 aside" in status.reason


def test_a_failure_needs_attention_since_the_first_one_in_a_row():
    runs = [run("failed", 1, "Refused."), run("failed", 5, "Refused."), run("succeeded", 9)]
    status = status_of(source(), runs, NOW)
    assert (str(status.word), status.reason, status.since) == (
        "Needs attention",
        "Refused.",
        NOW - 5 * HOUR,
    )


@pytest.mark.parametrize("state", ["abandoned", "cancelled"])
def test_a_run_that_was_broken_off_says_nothing_about_the_source(state):
    assert word(source(), run(state, 1), run("succeeded", 2)) == "Healthy"
    assert word(source(), run(state, 1), run("failed", 2)) == "Needs attention"


def test_a_bad_check_after_the_last_success_needs_attention_and_an_older_one_does_not():
    def checked(hours_ago):
        return source(last_check=CheckOutcome(NOW - hours_ago * HOUR, message="No.").as_json())

    assert word(checked(1), run("succeeded", 2)) == "Needs attention"
    assert word(checked(3), run("succeeded", 2)) == "Healthy"


def test_without_a_success_for_two_days_it_is_late():
    assert word(source(), run("succeeded", 49)) == "Late"
    assert word(source(), run("succeeded", 47)) == "Healthy"
