"""The flags that depend on the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.progress.flags import flags_now

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE, AFTER = NOON - timedelta(microseconds=1), NOON + timedelta(microseconds=1)
instants = st.datetimes(timezones=st.just(UTC)) | st.none()


@pytest.mark.parametrize(
    ("satisfied_at", "valid_until", "due_at", "now", "flags"),
    [
        (BEFORE, NOON, None, BEFORE, ()),
        (BEFORE, NOON, None, NOON, ("expired",)),
        (None, NOON, None, AFTER, ()),
        (None, None, NOON, NOON, ()),
        (None, None, NOON, AFTER, ("overdue",)),
        (AFTER, None, NOON, AFTER, ()),
        (None, None, None, AFTER, ()),
    ],
)
def test_the_edges_of_expired_and_overdue(satisfied_at, valid_until, due_at, now, flags):
    found = flags_now(
        [], satisfied_at=satisfied_at, valid_until=valid_until, due_at=due_at, now=now
    )

    assert found == flags


def test_stored_flags_stay_in_their_order_and_none_comes_twice():
    found = flags_now(
        ["b", "expired", "a"], satisfied_at=BEFORE, valid_until=NOON, due_at=None, now=AFTER
    )

    assert found == ("b", "a", "expired")


@given(
    instants,
    instants,
    instants,
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)),
)
def test_what_is_expired_or_overdue_stays_so_while_nothing_else_changes(
    satisfied_at, valid_until, due_at, now, later
):
    if now > datetime.max.replace(tzinfo=UTC) - later:
        return
    facts = {"satisfied_at": satisfied_at, "valid_until": valid_until, "due_at": due_at}

    assert set(flags_now([], **facts, now=now)) <= set(flags_now([], **facts, now=now + later))
