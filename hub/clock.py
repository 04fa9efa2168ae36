"""The only clock. Everything that needs the time asks here, so that a test can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)
