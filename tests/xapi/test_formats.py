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
