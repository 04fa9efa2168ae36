"""The rows of run-time data as text: one place that knows how sources spell keys and values.

Only `cmi.*` keys are kept. What an LMS derives from them (Moodle adds `status`, `score_raw`,
`total_time` and more) is its own opinion and not read: for SCORM 2004 Moodle's `status` says
"completed" for an attempt that failed.
"""

import re
from collections.abc import Iterator, Mapping

_UNDERSCORED = re.compile(r"_(\d{1,6})(?=\.)", re.ASCII)
_NUMBERED = re.compile(r"(0|[1-9]\d{0,5})\.(.+)", re.ASCII | re.DOTALL)


def texts_of(cmi: Mapping[str, object]) -> dict[str, str]:
    """The `cmi.*` rows, trimmed; `None` becomes "". `cmi.objectives_0.id` is `cmi.objectives.0.id`.

    Where a source gives both spellings of a key, the dotted one stands.
    """
    respelled: dict[str, str] = {}
    as_specified: dict[str, str] = {}
    for key in sorted(key for key in cmi if key.startswith("cmi.")):
        value = cmi[key]
        text = "" if value is None else str(value).strip()
        dotted = _UNDERSCORED.sub(r".\1", key)
        (as_specified if dotted == key else respelled)[dotted] = text
    return respelled | as_specified


def numbered(rows: Mapping[str, str], prefix: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The members of a list such as `cmi.objectives`, by rising number, keys without the prefix."""
    members: dict[int, dict[str, str]] = {}
    start = prefix + "."
    for key, text in rows.items():
        match = _NUMBERED.fullmatch(key.removeprefix(start)) if key.startswith(start) else None
        if match:
            members.setdefault(int(match.group(1)), {})[match.group(2)] = text
    yield from sorted(members.items())
