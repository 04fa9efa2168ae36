"""Filters and orders of the simulated platform, for any instants."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.demo.arlo_query import BadQuery, Query, selected
from hub.demo.arlo_resources import utc_text
from hub.demo.arlo_world import ticks

TICKS = st.integers(min_value=ticks(datetime(2024, 1, 1, tzinfo=UTC)), max_value=2 * 10**16)


@dataclass(frozen=True)
class Row:
    id: int
    modified: int


def _properties(row):
    return {"RegistrationID": row.id, "LastModifiedDateTime": row.modified}


def _select(rows, *, filter_="", orderby=""):
    query = Query(expand=(), filter=filter_, orderby=orderby, skip=0, top=100)
    return selected(rows, query, _properties)


def _rows(stamps):
    return [Row(place, stamp) for place, stamp in enumerate(stamps)]


@given(st.lists(TICKS), TICKS)
def test_later_and_not_later_share_the_rows_between_them(stamps, instant):
    rows = _rows(stamps)
    literal = f"datetime('{utc_text(instant - instant % 10_000)}')"
    later = _select(rows, filter_=f"LastModifiedDateTime gt {literal}")
    others = _select(rows, filter_=f"(LastModifiedDateTime le {literal})")
    assert sorted(later + others, key=lambda row: row.id) == rows


@given(st.lists(st.sampled_from([1, 2, 3])))
def test_the_second_order_decides_between_equals(stamps):
    rows = _select(_rows(stamps), orderby="LastModifiedDateTime DESC, RegistrationID ASC")
    assert rows == sorted(rows, key=lambda row: (-row.modified, row.id))


WORDS = st.sampled_from(
    [
        "(",
        ")",
        "RegistrationID",
        "LastModifiedDateTime",
        "eq",
        "gt",
        "AND",
        "or",
        "7",
        "'x'",
        "datetime",
        "datetime('2026-01-01T00:00:00Z')",
        "datetimeoffset('0001-01-01T00:00:00+14:00')",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=9).map(" ".join)))
def test_any_text_is_a_filter_or_a_bad_query(text):
    with suppress(BadQuery):
        assert len(_select(_rows([1, 2]), filter_=text)) <= 2


def test_an_offset_is_the_same_instant_in_other_words():
    row = Row(1, ticks(datetime(2026, 1, 1, 12, tzinfo=UTC)))
    same = "LastModifiedDateTime eq datetimeoffset('2026-01-01T13:00:00.000+01:00')"
    assert _select([row], filter_=same) == [row]


def test_and_binds_more_tightly_than_or():
    rows = _rows([1, 2, 3])
    kept = _select(
        rows, filter_="RegistrationID eq 0 OR RegistrationID gt 0 AND RegistrationID lt 2"
    )
    assert [row.id for row in kept] == [0, 1]


def test_a_date_that_no_calendar_has_is_refused():
    with pytest.raises(BadQuery, match="2026-02-31"):
        _select(_rows([1]), filter_="LastModifiedDateTime gt datetime('2026-02-31T00:00:00Z')")
