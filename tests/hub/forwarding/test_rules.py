"""What answers mean and how long to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.forwarding.rules import (
    BATCH_LIMIT,
    LONGEST_ASKED,
    LONGEST_WAIT,
    Verdict,
    grown,
    halves,
    verdict,
    wait_seconds,
)


@pytest.mark.parametrize(
    ("status", "body", "count", "means"),
    [
        (200, b'["id"]', 1, Verdict.ACCEPTED),
        (204, b"", 5, Verdict.ACCEPTED),
        (200, b"<html>Please sign in</html>", 5, Verdict.STOP),
        (200, b'{"message": "hello"}', 5, Verdict.STOP),
        (400, b"no", 5, Verdict.SMALLER),
        (400, b"no", 1, Verdict.REFUSED),
        (409, b"no", 2, Verdict.SMALLER),
        (409, b"no", 1, Verdict.DIFFERENT),
        (413, b"no", 2, Verdict.SMALLER),
        (413, b"no", 1, Verdict.TOO_LARGE),
        (401, b"no", 1, Verdict.STOP),
        (403, b"no", 5, Verdict.STOP),
        (404, b"no", 1, Verdict.STOP),
        (302, b"", 1, Verdict.STOP),
    ],
)
def test_an_answer_means_one_thing(status, body, count, means):
    assert verdict(status, body, count) is means


@given(st.lists(st.integers(), min_size=2))
def test_halves_are_the_whole_in_order_and_never_empty(items):
    first, second = halves(items)
    assert [*first, *second] == items
    assert first
    assert second


@given(st.integers(min_value=1, max_value=10_000))
def test_waits_grow_to_fifteen_minutes_and_no_further(tries):
    assert 2.5 <= wait_seconds(tries, None) <= LONGEST_WAIT
    if tries > 8:
        assert wait_seconds(tries, None) >= LONGEST_WAIT / 2


def test_what_the_other_side_asks_for_is_waited_up_to_an_hour():
    assert wait_seconds(1, 120.0) == 120.0
    assert wait_seconds(1, 86_400.0) == LONGEST_ASKED
    assert wait_seconds(20, 1.0) >= LONGEST_WAIT / 2


def test_a_small_batch_grows_back_to_the_usual_size():
    limit = 1
    for _ in range(100):
        limit = grown(limit)
    assert limit == BATCH_LIMIT
