"""The string formats of xAPI (Data 4.0): IRI, UUID, timestamp, language tag, mailto, media type.

Predicates answer for any string and never raise. IRIs are checked for a scheme and for characters
that RFC 3987 excludes, not for a resolvable address; no length is too long. What statements repeat
(IRIs, language tags, media types) is remembered, within bounds.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20\x7f-\xa0<>\"{}|\\^`\u2028\u2029\u3000]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_MAILTO = re.compile(r"mailto:[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\\]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_SHA2 = re.compile(r"(?:[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+\-]+/[\w!#$&^.+\-]+(?:\s*;.*)?", re.ASCII)
_LANGUAGE = re.compile(
    # RFC 5646 section 2.1: language, script, region, variants, extensions, private use
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)"
    r"|sgn-be-(?:fr|nl)|sgn-ch-de|zh-min(?:-nan)?)",
    re.IGNORECASE | re.ASCII,
)
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_ORDINARY = re.compile(  # nearly every timestamp, if its day exists; Python reads these by itself
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z", re.ASCII
)
_RFC3339_END = re.compile(r":\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_NO_OFFSET = frozenset({"-00", "-0000", "-00:00"})

_LONGEST_REMEMBERED = 250


def remembering(fits: Callable[[str], object], *, most: int = 20_000) -> Callable[[str], bool]:
    """Spare the second look at a string that fits.

    Keeps at most *most* strings of 250 characters each, and forgets all of them when there are
    more: who sends them in turn gains nothing, and loses little.
    """
    known: set[str] = set()

    def judge(text: str) -> bool:
        if text in known:
            return True
        if not fits(text):
            return False
        if len(text) <= _LONGEST_REMEMBERED:
            if len(known) >= most:
                known.clear()
            known.add(text)
        return True

    return judge


is_uuid = _UUID.fullmatch
is_mailto = _MAILTO.fullmatch
is_sha1 = _SHA1.fullmatch
is_sha2 = _SHA2.fullmatch
is_media_type = remembering(_MEDIA_TYPE.fullmatch)
is_language_tag = remembering(_LANGUAGE.fullmatch)
is_iri = remembering(_IRI.fullmatch)


def is_timestamp(text: str, *, rfc3339: bool = False) -> bool:
    """Tell whether *text* is a timestamp (Data 4.5): an ISO 8601 date and time that exists.

    Only the extended form counts. Seconds and zone may be missing unless *rfc3339* (xAPI 2.0).
    The offset -00:00 means "unknown" and is refused.
    """
    if rfc3339 and not _RFC3339_END.fullmatch(text, 16):
        return False
    try:
        instant_of(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)  # a statement is asked for its timestamp several times in a row
def instant_of(text: str) -> datetime:
    """Return the instant of a timestamp, aware, in UTC. Without a zone it is read as UTC.

    Microseconds are kept and what is finer is cut off; a leap second is the second after it.
    Raises ValueError for anything that is not a timestamp.
    """
    if _ORDINARY.fullmatch(text):
        return datetime.fromisoformat(text)
    found = _TIMESTAMP.fullmatch(text)
    if found is None or found[6] in _NO_OFFSET:
        raise ValueError(f"{text!r} is not a timestamp such as 2026-03-18T17:00:00Z")
    date, hour, minute, second, fraction, zone = found.groups()
    leap = second == "60" and minute[1] == "9"
    micros = (fraction or "")[:6].ljust(6, "0")
    clock = f"{date}T{hour}:{minute}:{'59' if leap else second or '00'}.{micros}"
    moment = datetime.fromisoformat(clock + (zone if zone and zone != "Z" else "+00:00"))
    if leap:
        moment += timedelta(seconds=1)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999") from error
