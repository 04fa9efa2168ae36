"""Instants as people read them. Always UTC, and always said to be."""

from datetime import UTC, datetime

UNKNOWN = "not known"


def day(at: datetime | None) -> str:
    """Like "3 March 2026"; "not known" for None."""
    if at is None:
        return UNKNOWN
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y}"


def moment(at: datetime | None) -> str:
    """Like "3 March 2026, 14:05 UTC"; "not known" for None."""
    if at is None:
        return UNKNOWN
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"
