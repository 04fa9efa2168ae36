"""ISO 8601 durations (xAPI Data 4.6) and seconds.

Only the form with designators (ISO 8601:2004 4.4.3.2) exists in xAPI. Negative durations do not.
"""

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal

from xapi.formats import remembering

_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"P(?:({_NUMBER})W"
    rf"|(?=[0-9T])(?:({_NUMBER})Y)?(?:({_NUMBER})M)?(?:({_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?)",
    re.ASCII,
)
_FRACTION_LAST = re.compile(r"[^.,]*[.,]\d+[A-Z]", re.ASCII)
_DAY = 86400
_SECONDS = tuple(Decimal(unit) for unit in (7 * _DAY, 365 * _DAY, 30 * _DAY, _DAY, 3600, 60, 1))
_MICROSECOND = Decimal("0.000001")


@remembering
def is_duration(text: str) -> bool:
    """Tell whether *text* is a duration; a fraction may stand only in its last part."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return False
    if "." not in text and "," not in text:
        return True
    return _FRACTION_LAST.fullmatch(text) is not None


def seconds_of(text: str) -> float:
    """Return the seconds of a duration. A year counts 365 days, a month 30.

    Raises ValueError for anything that is not an ISO 8601 duration with designators.
    """
    if not is_duration(text):
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as PT1H30M")
    return float(_exact_seconds(text))


def _exact_seconds(text: str) -> Decimal:
    found = _DURATION.fullmatch(text)
    assert found is not None
    return sum(
        (
            Decimal(part.replace(",", ".")) * unit
            for part, unit in zip(found.groups(), _SECONDS, strict=True)
            if part is not None
        ),
        Decimal(0),
    )


def duration_of(seconds: float) -> str:
    """Return *seconds* as a duration in hours, minutes and seconds: 5400 is "PT1H30M".

    Exact to a microsecond. Days are not used, since a day of a calendar need not have 24 hours.
    Raises ValueError for a negative or not finite number.
    """
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{seconds!r} seconds is not a length of time")
    exact = Decimal(repr(float(seconds))).quantize(_MICROSECOND, rounding=ROUND_HALF_EVEN)
    minutes, rest = divmod(exact, 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{int(hours)}H")
    if minutes:
        parts.append(f"{int(minutes)}M")
    if rest or not parts:
        parts.append(f"{_plain(rest)}S")
    return "PT" + "".join(parts)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
