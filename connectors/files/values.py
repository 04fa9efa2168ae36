"""Cells become instants, seconds and scores, by the rules that the admin declared.

Refuses to guess: 03/04/2026 is read as the declared format says, and a grade is a number only when
it can be nothing else. Every refusal is a ValueError whose text ends a sentence about the value.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from connectors.files.cells import Cell, Uncalculated, text_of

DATE_FORMATS = ("iso", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy")
MAX_SECONDS = 366 * 24 * 3600
NEVER = 9999
"""The year that systems write for "does not end"."""

_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})"
_YEAR_FIRST = f"{_YEAR}-{_MONTH}-{_DAY}"
_DATES = {
    "iso": _YEAR_FIRST,
    "yyyy-mm-dd": _YEAR_FIRST,
    "dd/mm/yyyy": rf"{_DAY}[/.-]{_MONTH}[/.-]{_YEAR}",
    "mm/dd/yyyy": rf"{_MONTH}[/.-]{_DAY}[/.-]{_YEAR}",
}
_TIME = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?:\s*(?P<offset>Z|[+-]\d{2}:?\d{2}))?)?"
)
_NUMBER = r"\d{1,12}(?:[.,]\d{1,12})?"
_OF = re.compile(rf"({_NUMBER})\s*(?:/|out of|sur|von)\s*({_NUMBER})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant at the offset that the source's clocks had, so that its date stays the source's.

    label names it for activity IRIs.
    """

    at: datetime
    has_time: bool
    label: str


@dataclass(frozen=True, slots=True)
class Score:
    """A grade that is a number. scaled is 0..1 and known only when the highest grade is."""

    raw: float
    min: float | None = None
    max: float | None = None
    scaled: float | None = None


def parse_moment(
    cell: Cell, date_format: str, zone: ZoneInfo, *, end_of_day: bool = False
) -> Moment:
    """An instant. A date without a time is the start of that day in *zone*, or its last second."""
    if isinstance(cell, datetime):
        local, has_time = cell, cell.time() != time()
    elif isinstance(cell, str):
        local, has_time = _parse_text(cell.strip(), date_format)
    elif isinstance(cell, Uncalculated):
        raise ValueError(  # noqa: TRY004 - one error for every value that is no date
            "is a formula that was saved without its value; open and save the workbook"
        )
    else:
        raise ValueError("is not a date; format the column as a date")  # noqa: TRY004 - as above
    if not 1900 <= local.year <= 2200:
        raise ValueError("is not between the years 1900 and 2200")
    if not has_time and end_of_day:
        local = local.replace(hour=23, minute=59, second=59)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone)
    # Datetimes of one ZoneInfo are subtracted by the wall clock: wrong across a DST change.
    at = local.replace(microsecond=0, tzinfo=timezone(local.utcoffset() or timedelta()))
    label = f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if has_time else at.date().isoformat()
    return Moment(at, has_time=has_time, label=label)


def means_never(cell: Cell) -> bool:
    """Whether an expiry date stands for "does not expire": any day of the year 9999."""
    return str(NEVER) in re.split(r"\D", text_of(cell))


def _parse_text(text: str, date_format: str) -> tuple[datetime, bool]:
    # Year first is the same day under every declaration.
    for pattern in (_DATES[date_format], _YEAR_FIRST):
        if match := re.fullmatch(pattern + _TIME, text, re.ASCII):
            break
    else:
        raise ValueError(f"is not a date written as {_name(date_format)}")
    part = match.groupdict()
    hour = int(part["hour"] or 0)
    if part["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("has an hour that does not go with am or pm")
        hour = hour % 12 + (12 if part["half"] in "Pp" else 0)
    try:
        found = datetime(
            int(part["year"]), int(part["month"]), int(part["day"]),
            hour, int(part["minute"] or 0), int(part["second"] or 0),
            tzinfo=_offset(part["offset"]),
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(
            f"is no day and time when read as {_name(date_format)} ({error})"
        ) from error
    return found, part["hour"] is not None


def _name(date_format: str) -> str:
    return "yyyy-mm-dd" if date_format == "iso" else date_format


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(size if text[0] == "+" else -size)


def parse_number(text: str, *, decimal_comma: bool) -> float:
    """A number of 0 or more, with the declared decimal sign."""
    text = text.strip()
    if not re.fullmatch(_NUMBER, text, re.ASCII):
        raise ValueError("is not a number of 0 or more")
    if "," in text and not decimal_comma:
        raise ValueError("has a comma, and the source does not declare decimal commas")
    if decimal_comma and re.fullmatch(r"\d+\.\d{3}", text, re.ASCII):
        raise ValueError("could mean thousands or a fraction under decimal commas")
    return float(text.replace(",", "."))


def parse_seconds(cell: Cell, unit: int, *, decimal_comma: bool) -> int:
    """A length of time in whole seconds. *unit*: seconds in one of the column (60 or 3600)."""
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, timedelta):
        seconds = cell.total_seconds()
    elif match := _CLOCK.fullmatch(text_of(cell).strip()):
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        seconds = hours * 3600.0 + minutes * 60 + rest
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        seconds = cell * unit
    else:
        seconds = parse_number(text_of(cell), decimal_comma=decimal_comma) * unit
    if not 0 <= seconds <= MAX_SECONDS:
        raise ValueError("is not between 0 and one year")
    return round(seconds)


def parse_score(text: str, *, decimal_comma: bool) -> Score | None:
    """The number in a grade, or None where it is not plainly one ("Merit", "A+ (92%)")."""
    text = text.strip()
    try:
        if match := _OF.fullmatch(text):
            raw, top = (parse_number(part, decimal_comma=decimal_comma) for part in match.groups())
            return Score(raw, 0.0, top, raw / top) if top > 0 and raw <= top else None
        if text.endswith("%"):
            # A percentage in a workbook is always handed over with a point.
            percent = parse_number(text[:-1], decimal_comma=decimal_comma)
            return Score(percent, 0.0, 100.0, percent / 100) if percent <= 100 else None
        return Score(parse_number(text, decimal_comma=decimal_comma))
    except ValueError:
        return None
