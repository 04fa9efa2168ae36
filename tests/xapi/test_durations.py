import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.durations import duration_of, is_duration, seconds_of

SECONDS = {
    "PT0S": 0,
    "PT60S": 60,
    "PT1M": 60,
    "PT4H35M59.14S": 16559.14,
    "PT16559.14S": 16559.14,
    "PT0,5S": 0.5,
    "PT1.5H": 5400,
    "P4W": 4 * 7 * 86400,
    "P0.5D": 43200,
    "P3Y": 3 * 365 * 86400,
    "P1M": 30 * 86400,
    "P3Y1M29DT4H35M59.14S": (3 * 365 + 30 + 29) * 86400 + 16559.14,
    "PT36H": 129600,
    "PT05M12S": 312,
}


@pytest.mark.parametrize(("text", "seconds"), SECONDS.items())
def test_a_duration_has_seconds(text, seconds):
    assert is_duration(text)
    assert seconds_of(text) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "1H", "PT1", "P1H", "PT1D", "P1W2D", "P1DT", "-PT1S", "PT-1S", "PT1.S",
        "PT.5S", "PT1.5H30M", "PT1.5M1.5S", "pt1s", "PT1S ", "PT1S\n", "PT1M1H", "P1S",
        "P0003-01-29T04:35:59", "00:05:12", "PT1e3S", "PT١S",
    ],
)  # fmt: skip
def test_anything_else_is_no_duration(text):
    assert not is_duration(text)
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "PT0S"),
        (0.0000001, "PT0S"),
        (0.1, "PT0.1S"),
        (60, "PT1M"),
        (5400, "PT1H30M"),
        (90061.5, "PT25H1M1.5S"),
        (312, "PT5M12S"),
        (10, "PT10S"),
        (59.9999999, "PT1M"),
    ],
)
def test_seconds_are_written_in_hours_minutes_and_seconds(seconds, text):
    assert duration_of(seconds) == text


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_what_is_no_length_of_time_has_no_duration(seconds):
    with pytest.raises(ValueError, match="not a length of time"):
        duration_of(seconds)


@given(st.integers(min_value=0, max_value=10**15))
def test_microseconds_survive_the_way_there_and_back(microseconds):
    seconds = microseconds / 1_000_000
    text = duration_of(seconds)
    assert is_duration(text)
    assert seconds_of(text) == pytest.approx(seconds, rel=1e-12, abs=5e-7)


@given(st.text(alphabet="PTWYMDHS0123456789.,", max_size=12))
def test_seconds_are_known_exactly_when_it_is_a_duration(text):
    if is_duration(text):
        assert seconds_of(text) >= 0
    else:
        with pytest.raises(ValueError, match="duration"):
            seconds_of(text)
