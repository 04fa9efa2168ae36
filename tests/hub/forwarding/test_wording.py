"""Lag in words."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.forwarding.reading import COUNTED, Lag
from hub.forwarding.wording import lag_sentence

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "waits", "sentence"),
    [
        (0, None, "Nothing waits"),
        (1, 1, "1 statement behind, the oldest waits 1 second"),
        (3, 125, "3 statements behind, the oldest waits 2 minutes"),
        (2500, 7300, "2,500 statements behind, the oldest waits 2 hours"),
        (COUNTED, 200_000, "more than 10,000 statements behind, the oldest waits 2 days"),
        (2, -5, "2 statements behind, the oldest waits 0 seconds"),
    ],
)
def test_a_lag_is_a_sentence(count, waits, sentence):
    oldest = None if waits is None else NOW - timedelta(seconds=waits)
    assert lag_sentence(Lag(count, oldest), NOW) == sentence
