"""How long something took, as SCORM writes it: CMITimespan (1.2) and ISO 8601 (2004), in seconds.

Content writes either form into either version, so both are read and the wrong one is flagged.
What is neither is no duration at all: never 0.
"""

import re

from xapi import durations

_TIMESPAN = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_LONGEST = 1e10  # seconds, some three centuries: beyond is no length of study but a broken clock
_CALENDAR = re.compile(r"P[^T]*[YM]")


def seconds_of(text: str, *, version: str) -> tuple[float | None, tuple[str, ...]]:
    """The seconds that `text` says, or None, and flags about how it was written.

    A year counts as 365 days and a month as 30. Empty text is None without a flag.

    Flags: `time_invalid`, `time_format_mismatch` (the other version's form),
    `calendar_duration` (years or months, whose length is a convention).
    Source: SCORM 1.2 RTE 3.4.2.1.1 (CMITimespan), SCORM 2004 RTE 4.1.1.7 (timeinterval).
    """
    text = text.strip()
    if not text:
        return None, ()
    timespan = _TIMESPAN.fullmatch(text)
    if timespan:
        hours, minutes, seconds = timespan.groups()
        flags = () if version == "1.2" else ("time_format_mismatch",)
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds), flags
    iso = _iso_seconds(text)
    if iso is None:
        return None, ("time_invalid",)
    found = []
    if _CALENDAR.match(text):
        found.append("calendar_duration")
    if version == "1.2":
        found.append("time_format_mismatch")
    return iso, tuple(found)


def _iso_seconds(text: str) -> float | None:
    try:
        seconds = durations.seconds_of(text)
    except ValueError:
        return None
    return seconds if seconds <= _LONGEST else None
