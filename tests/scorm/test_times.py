"""Durations in both forms and both versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorm.times import seconds_of


@pytest.mark.parametrize(
    ("text", "version", "seconds", "flags"),
    [
        ("00:05:12", "1.2", 312.0, ()),
        ("0123:04:05.60", "1.2", 443045.6, ()),
        ("00:90:00", "1.2", 5400.0, ()),
        ("1:02:03", "1.2", 3723.0, ()),
        ("00:00:12.5", "1.2", 12.5, ()),
        ("PT1H30M5.25S", "2004", 5405.25, ()),
        ("PT0S", "2004", 0.0, ()),
        ("P1DT1S", "2004", 86401.0, ()),
        ("P1Y", "2004", 365 * 86400.0, ("calendar_duration",)),
        ("P1M", "2004", 30 * 86400.0, ("calendar_duration",)),
        ("PT1M", "2004", 60.0, ()),
        ("PT1M", "1.2", 60.0, ("time_format_mismatch",)),
        ("P1M", "1.2", 30 * 86400.0, ("calendar_duration", "time_format_mismatch")),
        ("00:01:00", "2004", 60.0, ("time_format_mismatch",)),
        (" 00:01:00 ", "1.2", 60.0, ()),
        ("", "1.2", None, ()),
        ("P", "2004", None, ("time_invalid",)),
        ("PT", "2004", None, ("time_invalid",)),
        ("-PT5S", "2004", None, ("time_invalid",)),
        ("PT-5S", "2004", None, ("time_invalid",)),
        ("P1000Y", "2004", None, ("time_invalid",)),
        ("P" + "9" * 400 + "Y", "2004", None, ("time_invalid",)),
        ("5 minutes", "1.2", None, ("time_invalid",)),
        ("00:-1:00", "1.2", None, ("time_invalid",)),
        ("٠٠:٠٥:١٢", "1.2", None, ("time_invalid",)),
    ],
)
def test_a_time_is_read_in_either_form(text, version, seconds, flags):
    assert seconds_of(text, version=version) == (pytest.approx(seconds), flags)


@given(st.integers(0, 9999), st.integers(0, 59), st.integers(0, 5999))
def test_every_timespan_is_read_exactly(hours, minutes, centiseconds):
    text = f"{hours:04}:{minutes:02}:{centiseconds / 100:05.2f}"
    seconds, flags = seconds_of(text, version="1.2")
    assert seconds == pytest.approx(hours * 3600 + minutes * 60 + centiseconds / 100)
    assert flags == ()


@given(st.text(), st.sampled_from(["1.2", "2004"]))
def test_no_text_raises_and_none_gives_less_than_nothing(text, version):
    seconds, _ = seconds_of(text, version=version)
    assert seconds is None or seconds >= 0
