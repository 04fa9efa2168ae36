"""How long to wait before a request is sent again: what the system asks for, else full jitter.

RFC 9110 section 10.2.3 allows Retry-After as seconds or as an HTTP date; some systems write an ISO
8601 instant, others say X-RateLimit-Reset as seconds since 1970.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the system asks us to wait, never negative; None if it does not say."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    if text and (until := _instant(text)) is not None:
        return max(0.0, (until - now).total_seconds())
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if reset.isascii() and reset.isdigit():
        return max(0.0, float(reset) - now.timestamp())
    return None


def jittered_wait(tries: int) -> float:
    """Seconds to wait after *tries* failed tries: anything up to 1, 2, 4 ... 60 s.

    Full jitter, so that many workers that failed together do not come back together.
    """
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)))  # noqa: S311
