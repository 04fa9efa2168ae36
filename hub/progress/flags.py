"""The two flags that depend on the clock. They are put on when a record is read, never stored."""

from collections.abc import Iterable
from datetime import datetime

EXPIRED = "expired"
OVERDUE = "overdue"


def flags_now(
    flags: Iterable[str],
    *,
    satisfied_at: datetime | None,
    valid_until: datetime | None,
    due_at: datetime | None,
    now: datetime,
) -> tuple[str, ...]:
    """The stored flags, then ``expired`` and ``overdue`` where they hold at *now*.

    expired: it was satisfied, and the first instant at which it no longer counts has come.
    overdue: it was to be satisfied before now and has not been.
    """
    lasting = tuple(flag for flag in flags if flag not in {EXPIRED, OVERDUE})
    expired = satisfied_at is not None and valid_until is not None and now >= valid_until
    overdue = satisfied_at is None and due_at is not None and due_at < now
    return lasting + (EXPIRED,) * expired + (OVERDUE,) * overdue
