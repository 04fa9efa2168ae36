"""What an answer of the other store means, and how long to wait. Pure."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

BATCH_LIMIT = 200
"""Most statements in one request."""
BODY_BYTES = 2 * 1024 * 1024
"""Most bytes of statements in one request; a larger statement travels alone."""
FIRST_WAIT = 5.0
LONGEST_WAIT = 900.0
LONGEST_ASKED = 3600.0
"""Seconds: a Retry-After is obeyed up to this."""
REFUSED_IN_A_ROW = 10
"""So many refused statements without an accepted one between mean that all would be refused."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which statements are sent; an empty part lets everything pass.

    verbs and activities are IRIs; an activity that ends in * stands for all that begin so.
    only_from and not_from are keys of authorities: whose statements are sent, whose are not.
    """

    verbs: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    only_from: tuple[str, ...] = ()
    not_from: tuple[str, ...] = ()

    @property
    def chooses(self) -> bool:
        return bool(self.verbs or self.activities or self.only_from)


class Verdict(Enum):
    """What to do after an answer."""

    ACCEPTED = "accepted"
    SMALLER = "send fewer at a time"
    DIFFERENT = "there already, and different"
    REFUSED = "refused"
    TOO_LARGE = "too large"
    INCOMPLETE = "attachment lost here"
    SKIPPED = "set aside by an admin"
    STOP = "an admin must act"


def verdict(status: int, body: bytes, count: int) -> Verdict:
    """What the answer to a POST of *count* statements means (xAPI Communication 2.1.2, 3.2).

    Answers that pass by themselves (408, 425, 429, 5xx) do not get here. A 200 counts only with a
    JSON array of ids, or empty: a sign-in page of a proxy answers 200 too.
    """
    if 200 <= status < 300:
        return Verdict.ACCEPTED if _are_ids(body) else Verdict.STOP
    alone = {400: Verdict.REFUSED, 409: Verdict.DIFFERENT, 413: Verdict.TOO_LARGE}
    if status not in alone:
        return Verdict.STOP
    return alone[status] if count == 1 else Verdict.SMALLER


def _are_ids(body: bytes) -> bool:
    if not body.strip():
        return True
    try:
        return isinstance(json.loads(body), list)
    except (ValueError, RecursionError):
        return False


def halves(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """The first and the second half, in order; neither is empty for two items or more."""
    middle = len(items) // 2
    return items[:middle], items[middle:]


def wait_seconds(tries: int, asked: float | None) -> float:
    """Seconds until the next try after *tries* failed ones: 5 s, doubled each time, to 15 minutes.

    Between half of that and all of it, so that hubs that failed together do not come back
    together; never less than the other side asked for, of which one hour is obeyed.
    """
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))
    drawn = random.uniform(longest / 2, longest)  # noqa: S311
    return max(drawn, min(asked or 0.0, LONGEST_ASKED))


def grown(limit: int) -> int:
    """The next batch limit after a batch was taken: a tenth more, until it is the usual one."""
    return min(BATCH_LIMIT, limit + max(1, limit // 10))
