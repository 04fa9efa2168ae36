"""Instants, grades and progress as Arlo writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadRecord
from connectors.tms.arlo_values import (
    floor_to_millisecond,
    instant_literal,
    offset_literal,
    parse_grade,
    parse_instant,
    parse_progress,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-29T00:20:11.3165599Z", datetime(2026, 5, 29, 0, 20, 11, 316559, UTC)),
        ("2026-05-29T00:20:11.95Z", datetime(2026, 5, 29, 0, 20, 11, 950000, UTC)),
        ("2026-05-29T00:20:11Z", datetime(2026, 5, 29, 0, 20, 11, tzinfo=UTC)),
        ("2026-05-29T09:00:00.000+12:00", datetime(2026, 5, 28, 21, 0, tzinfo=UTC)),
        ("2026-05-29T09:00:00.000-03:30", datetime(2026, 5, 29, 12, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_has_up_to_seven_digits_and_an_offset(text, expected):
    found = parse_instant(text, "StartDateTime")
    assert found == expected
    assert found.tzinfo is not None


def test_the_offset_is_kept_as_written():
    found = parse_instant("2026-05-29T09:00:00.000+12:00", "StartDateTime")
    assert found.utcoffset() == timedelta(hours=12)


@pytest.mark.parametrize(
    "text", ["2026-05-29T09:00:00", "2026-02-30T09:00:00Z", "29/05/2026", "", "2026-05-29"]
)
def test_an_instant_that_would_have_to_be_guessed_is_refused(text):
    with pytest.raises(BadRecord) as refused:
        parse_instant(text, "StartDateTime")
    assert refused.value.code == "bad_time"
    assert refused.value.pointer == "StartDateTime"
    assert f"“{text}”" in refused.value.message


def test_a_filter_literal_has_three_digits_and_is_in_utc():
    instant = datetime(2026, 5, 29, 9, 0, 0, 316559, timezone(timedelta(hours=12)))
    assert instant_literal(instant) == "datetime('2026-05-28T21:00:00.316Z')"
    assert offset_literal(instant) == "datetimeoffset('2026-05-28T21:00:00.316+00:00')"


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_literal_is_never_after_its_instant(instant):
    floor = floor_to_millisecond(instant)
    assert timedelta(0) <= instant - floor < timedelta(milliseconds=1)
    assert instant_literal(instant) == instant_literal(floor)


@pytest.mark.parametrize(
    ("text", "raw", "most", "scaled"),
    [
        ("92%", 92.0, 100.0, 0.92),
        ("92.5 %", 92.5, 100.0, 0.925),
        ("92,5%", 92.5, 100.0, 0.925),
        ("0%", 0.0, 100.0, 0.0),
        ("17/20", 17.0, 20.0, 0.85),
        ("17 / 20", 17.0, 20.0, 0.85),
        ("92", 92.0, None, None),
        ("0", 0.0, None, None),
        ("A+ (92%)", None, None, None),
        ("Merit", None, None, None),
        ("-", None, None, None),
        ("120%", None, None, None),
        ("21/20", None, None, None),
        ("0/0", None, None, None),
        ("12/10/2026", None, None, None),
        ("-5", None, None, None),
        ("1,250", None, None, None),
        ("80-90%", None, None, None),
        ("٩٢%", None, None, None),
    ],
)
def test_a_grade_is_a_score_only_where_it_cannot_mean_anything_else(text, raw, most, scaled):
    grade = parse_grade(text)
    assert (grade.raw, grade.max, grade.scaled) == (raw, most, scaled)
    assert grade.min == (None if most is None else 0.0)
    assert grade.text == text


@given(st.text(max_size=64))
def test_any_grade_stays_readable_and_in_range(text):
    grade = parse_grade(text)
    assert grade.text == text.strip()
    assert grade.scaled is None or 0 <= grade.scaled <= 1


@pytest.mark.parametrize(("text", "says"), [("-", False), ("…", False), ("C", True), ("0", True)])
def test_a_dash_is_no_grade(text, says):
    assert parse_grade(text).says_something is says


@pytest.mark.parametrize(("text", "expected"), [("75.0", 0.75), ("0", 0.0), ("100", 1.0)])
def test_progress_is_a_part_of_one(text, expected):
    assert parse_progress(text) == expected


@pytest.mark.parametrize("text", ["101", "-1", "half", "NaN", "1e1"])
def test_progress_out_of_range_is_refused(text):
    with pytest.raises(BadRecord) as refused:
        parse_progress(text)
    assert refused.value.code == "bad_progress"
