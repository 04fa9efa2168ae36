from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xapi.formats import (
    instant_of,
    is_iri,
    is_language_tag,
    is_mailto,
    is_media_type,
    is_timestamp,
    remembering,
)

GOOD_TIMESTAMPS = [
    "2026-03-18T17:00:00Z",
    "2026-03-18T17:00:00.1Z",
    "2026-03-18T17:00:00.123456789Z",
    "2026-03-18T17:00:00+00:00",
    "2026-03-18T17:00:00+0200",
    "2026-03-18T17:00:00-05",
    "2026-03-18T17:00:00",
    "2026-03-18T17:00Z",
    "2024-02-29T00:00:00Z",
    "2016-12-31T23:59:60Z",
]
BAD_TIMESTAMPS = [
    "",
    "2026-03-18",
    "2026-03-18 17:00:00Z",
    "2026-03-18t17:00:00z",
    "20260318T170000Z",
    "2026-W12-3T17:00:00Z",
    "2026-03-18T17:00:00-00",
    "2026-03-18T17:00:00-0000",
    "2026-03-18T17:00:00-00:00",
    "2026-02-30T17:00:00Z",
    "2026-13-01T17:00:00Z",
    "2026-03-18T25:00:00Z",
    "2026-03-18T17:61:00Z",
    "2026-03-18T17:00:61Z",
    "2026-03-18T17:00:60Z",
    "2026-03-18T17:00:00+25:00",
    "0001-01-01T00:00:00+14:00",
    "2026-03-18T17:00:00.Z",
    "2026-03-18T17:00:00Z\n",
    "٢٠٢٦-03-18T17:00:00Z",
]


@pytest.mark.parametrize("text", GOOD_TIMESTAMPS)
def test_a_timestamp_is_an_iso_8601_instant(text):
    assert is_timestamp(text)


@pytest.mark.parametrize("text", BAD_TIMESTAMPS)
def test_anything_else_is_no_timestamp(text):
    assert not is_timestamp(text)


@given(st.datetimes(), st.integers(min_value=-23 * 60, max_value=23 * 60))
def test_an_instant_is_read_back(clock, minutes):
    zone = timezone(timedelta(minutes=minutes))
    try:
        moment = clock.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        assume(False)
    if minutes:
        assert instant_of(clock.replace(tzinfo=zone).isoformat()) == moment
    assert instant_of(moment.isoformat().replace("+00:00", "Z")) == moment


def test_without_a_zone_an_instant_is_read_as_utc():
    assert instant_of("2026-03-18T17:00:00") == datetime(2026, 3, 18, 17, tzinfo=UTC)


def test_a_zone_is_kept_in_mind():
    there = timezone(timedelta(hours=13))
    assert instant_of("2026-03-18T17:00:00+13:00") == datetime(2026, 3, 18, 17, tzinfo=there)


def test_a_leap_second_is_the_second_after_it():
    assert instant_of("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "tag",
    [
        "en",
        "de-CH",
        "zh-Hant-TW",
        "und",
        "i-klingon",
        "x-house",
        "es-419",
        "sl-rozaj",
        "en-a-bbb-x-a-ccc",
        "art-lojban",
        "zh-min-nan",
        "de-1996",
        "tlh",
    ],
)
def test_a_language_tag_follows_rfc_5646(tag):
    assert is_language_tag(tag)


@pytest.mark.parametrize("tag", ["", "e", "en_US", "en-", "english language", "en-US-", "x", "12"])
def test_anything_else_is_no_language_tag(tag):
    assert not is_language_tag(tag)


@pytest.mark.parametrize("text", ["a:b", "HTTPS://X", "urn:uuid:1", "https://a.org/ü?x=[1]#y"])
def test_an_iri_has_a_scheme(text):
    assert is_iri(text)


@pytest.mark.parametrize(
    "text", ["", "a", ":b", "http:", "1a:b", "a b:c", "a:b c", "a:b\n", "a:{b}", 'a:"b"', "//a.org"]
)
def test_anything_else_is_no_iri(text):
    assert not is_iri(text)


@pytest.mark.parametrize("text", ["mailto:a@b", "mailto:a+b@c.org", "mailto:jürg@bücher.example"])
def test_a_mailto_iri_holds_one_address(text):
    assert is_mailto(text)


@pytest.mark.parametrize(
    "text",
    ["a@b", "MAILTO:a@b", "mailto:", "mailto:a@", "mailto:@b", "mailto:a@b@c", "mailto:a@b,c@d"],
)
def test_anything_else_is_no_mailto_iri(text):
    assert not is_mailto(text)


@pytest.mark.parametrize("text", ["text/plain", "application/vnd.a+json; charset=utf-8"])
def test_a_media_type_has_two_parts(text):
    assert is_media_type(text)


@pytest.mark.parametrize("text", ["", "text", "text/", "/plain", "text/plain; \n"])
def test_anything_else_is_no_media_type(text):
    assert not is_media_type(text)


@given(st.from_regex(r"2026-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]", fullmatch=True))
def test_the_usual_spelling_of_an_instant_is_judged_like_the_others(text):
    usual, other = f"{text}.25Z", f"{text}.25+00:00"
    assert is_timestamp(usual) == is_timestamp(other)
    if is_timestamp(usual):
        assert instant_of(usual) == instant_of(other)


def counted(**bounds):
    """A predicate for strings without spaces that remembers, and what it was really asked."""
    asked = []

    def fits(text):
        asked.append(text)
        return " " not in text

    return remembering(fits, **bounds), asked


def test_what_fits_is_looked_at_once():
    judge, asked = counted()
    assert [judge("a"), judge("a"), judge("b"), judge("a")] == [True] * 4
    assert asked == ["a", "b"]


def test_what_does_not_fit_is_never_remembered():
    judge, asked = counted()
    assert [judge("a b"), judge("a b")] == [False] * 2
    assert asked == ["a b"] * 2


def test_memory_is_bounded_in_number_and_length():
    judge, asked = counted(most=2)
    for text in ("a", "b", "c", "c", "a", "x" * 251, "x" * 251):
        assert judge(text)
    assert asked == ["a", "b", "c", "a", "x" * 251, "x" * 251]
