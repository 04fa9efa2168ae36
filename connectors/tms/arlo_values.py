"""Values as Arlo writes them: instants, grades, progress. Pure.

Refuses an instant without an offset, since it would have to be guessed, and a number from a grade
that could mean something else: "A+ (92%)" may name a result or a pass mark, so it stays text.
Shapes: developer.arlo.co, "Date and time formats" and "Registrations".
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.errors import BadRecord

MILLISECOND = timedelta(milliseconds=1)

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_NUMBER = r"(\d{1,9}(?:\.\d{1,9}|,\d{1,2})?)"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_PERCENT = re.compile(_NUMBER + r"\s?%", re.ASCII)
_FRACTION = re.compile(_NUMBER + r"\s?/\s?" + _NUMBER, re.ASCII)


def parse_instant(text: str, pointer: str) -> datetime:
    """An aware instant. Arlo writes up to seven fractional digits; those after six are cut off.

    The numeric offset decides; the time zone abbreviations beside it are for display only.
    Raises BadRecord ("bad_time") naming *pointer*.
    """
    found = _INSTANT.fullmatch(text.strip())
    try:
        if found is not None:
            whole, fraction, offset = found.groups()
            digits = (fraction or "")[:6].ljust(6, "0")
            return datetime.fromisoformat(f"{whole}.{digits}{offset.replace('Z', '+00:00')}")
    except ValueError:
        pass  # the shape is right and the date does not exist: the same refusal
    raise BadRecord(
        f"Arlo's {pointer} “{text}” is not a point in time with its offset.",
        code="bad_time",
        hint="Look at the record in Arlo and save it again; its date is not understood.",
        pointer=pointer,
    )


def floor_to_millisecond(instant: datetime) -> datetime:
    """The latest whole millisecond that is not after *instant*: filters know three digits."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def instant_literal(instant: datetime) -> str:
    """A filter literal for the UTC columns (CreatedDateTime, LastModifiedDateTime)."""
    stamp = instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"datetime('{stamp}Z')"


def offset_literal(instant: datetime) -> str:
    """A filter literal for the columns with an offset (StartDateTime, FinishDateTime)."""
    return f"datetimeoffset('{instant.astimezone(UTC).isoformat(timespec='milliseconds')}')"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade as written and, where the whole text is a number, that number.

    scaled is 0..1; min, max and scaled are None where the text does not say out of how much.
    """

    text: str
    raw: float | None = None
    min: float | None = None
    max: float | None = None
    scaled: float | None = None

    @property
    def says_something(self) -> bool:
        """False for a dash and the like, which people enter to say that there is no grade."""
        return any(character.isalnum() for character in self.text)


def parse_grade(text: str) -> Grade:
    """Read Arlo's free-text Grade: "92%" and "17/20" are scores, "92" is a raw score, else text."""
    text = text.strip()
    if found := _PERCENT.fullmatch(text):
        return _out_of(text, _number(found[1]), 100.0)
    if found := _FRACTION.fullmatch(text):
        return _out_of(text, _number(found[1]), _number(found[2]))
    if _PLAIN.fullmatch(text):
        return Grade(text, raw=_number(text))
    return Grade(text)


def parse_progress(text: str) -> float:
    """ProgressPercent (0..100) as 0..1. Raises BadRecord ("bad_progress") for anything else."""
    if _PLAIN.fullmatch(text.strip()) and (percent := _number(text.strip())) <= 100:
        return percent / 100
    raise BadRecord(
        f"Arlo's ProgressPercent “{text}” is not a number from 0 to 100.",
        code="bad_progress",
        hint="The system that reports progress to Arlo wrote it; correct it there.",
        pointer="ProgressPercent",
    )


def _out_of(text: str, raw: float, most: float) -> Grade:
    if most == 0 or raw > most:
        return Grade(text)
    return Grade(text, raw=raw, min=0.0, max=most, scaled=raw / most)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
