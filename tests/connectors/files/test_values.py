"""Dates, durations and grades are read as declared and never guessed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.files.values import Score, parse_moment, parse_score, parse_seconds

NAIVE = datetime(2026, 7, 1, 9)  # noqa: DTZ001 - as a workbook gives it
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("03/04/2026 09:00", "dd/mm/yyyy", datetime(2026, 4, 3, 7, tzinfo=UTC)),
        ("03/04/2026 09:00", "mm/dd/yyyy", datetime(2026, 3, 4, 8, tzinfo=UTC)),
        ("18.03.2026 09:00", "dd/mm/yyyy", datetime(2026, 3, 18, 8, tzinfo=UTC)),
        ("2026-03-18T09:00:00Z", "dd/mm/yyyy", datetime(2026, 3, 18, 9, tzinfo=UTC)),
        ("2026-03-18 09:00+05:30", "iso", datetime(2026, 3, 18, 3, 30, tzinfo=UTC)),
        ("3/18/2026, 1:30 PM", "mm/dd/yyyy", datetime(2026, 3, 18, 12, 30, tzinfo=UTC)),
        ("3/18/2026 12:00 a.m.", "mm/dd/yyyy", datetime(2026, 3, 17, 23, tzinfo=UTC)),
        (NAIVE, "iso", datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ("2026-03-18", "yyyy-mm-dd", datetime(2026, 3, 17, 23, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_declared_in_the_zone_of_the_source(text, declared, expected):
    assert parse_moment(text, declared, PARIS).at == expected


def test_a_date_stays_the_day_of_the_source():
    moment = parse_moment("2026-03-18", "iso", PARIS)
    assert moment.at.isoformat() == "2026-03-18T00:00:00+01:00"
    assert moment.label == "2026-03-18"
    assert not moment.has_time


@pytest.mark.parametrize(
    ("text", "declared", "why"),
    [
        ("03/18/2026", "dd/mm/yyyy", "read as dd/mm/yyyy"),
        ("18/03/26", "dd/mm/yyyy", "not a date written as dd/mm/yyyy"),
        ("18/03/2026", "iso", "not a date written as yyyy-mm-dd"),
        ("2026-03-18 09:00 CET", "iso", "not a date"),
        ("2026-02-30", "iso", "no day and time"),
        ("2026-03-18 25:00", "iso", "no day and time"),
        ("2026-03-18 13:00 PM", "iso", "am or pm"),
        ("2026-03-18 09:00+99:00", "iso", "no day and time"),
        ("0001-01-01", "iso", "between the years"),
        ("٢٠٢٦-٠٣-١٨", "iso", "not a date"),
        (46099, "iso", "format the column as a date"),
    ],
)
def test_what_is_no_date_under_the_declaration_is_refused(text, declared, why):
    with pytest.raises(ValueError, match=why):
        parse_moment(text, declared, PARIS)


def test_a_session_across_a_clock_change_has_its_true_length():
    start = parse_moment("2026-03-28 22:00", "iso", PARIS).at
    end = parse_moment("2026-03-29 06:00", "iso", PARIS).at
    assert end - start == timedelta(hours=7)


@pytest.mark.parametrize(
    ("cell", "unit", "comma", "seconds"),
    [
        ("7,5", 3600, True, 27000),
        ("7.5", 3600, True, 27000),
        ("7.5", 3600, False, 27000),
        ("480", 60, False, 28800),
        ("0", 60, False, 0),
        (7.5, 3600, True, 27000),
        ("1:30", 3600, False, 5400),
        (time(1, 30), 60, False, 5400),
        (timedelta(hours=30), 3600, False, 108000),
    ],
)
def test_a_duration_becomes_whole_seconds(cell, unit, comma, seconds):
    assert parse_seconds(cell, unit, decimal_comma=comma) == seconds


@pytest.mark.parametrize(
    ("cell", "comma", "why"),
    [
        ("7,5", False, "does not declare decimal commas"),
        ("1.500", True, "thousands"),
        ("-5", False, "not a number"),
        (-5, False, "between 0 and one year"),
        ("all day", False, "not a number"),
        ("999999999999", False, "one year"),
        (float("nan"), False, "between"),
    ],
)
def test_what_is_no_duration_is_refused(cell, comma, why):
    with pytest.raises(ValueError, match=why):
        parse_seconds(cell, 60, decimal_comma=comma)


@pytest.mark.parametrize(
    ("grade", "score"),
    [
        ("17/20", Score(17, 0, 20, 0.85)),
        ("17,5/20", Score(17.5, 0, 20, 0.875)),
        ("85%", Score(85, 0, 100, 0.85)),
        ("92", Score(92)),
        ("0", Score(0)),
        ("A+ (92%)", None),
        ("Merit", None),
        ("-", None),
        ("120%", None),
        ("21/20", None),
        ("5/0", None),
        ("=17/20", None),
    ],
)
def test_a_grade_is_a_score_only_when_it_can_be_nothing_else(grade, score):
    assert parse_score(grade, decimal_comma=True) == score
