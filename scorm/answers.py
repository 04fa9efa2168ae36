"""Responses and response patterns of SCORM interactions in xAPI's form.

xAPI took over SCORM 2004's delimiters `[,]`, `[.]` and `[:]` (xAPI 1.0.3 Data, appendix C); SCORM
1.2 writes `a,b` or `{a,b}`, `1.a,2.b`, `t`, `0`. Refuses to guess: a text that does not fit its
type makes the whole interaction "other", with all its texts unchanged.
"""

import re
from collections.abc import Callable
from typing import Final

from scorm.numbers import number_of

_TYPES: Final = frozenset(
    {
        "true-false",
        "choice",
        "fill-in",
        "long-fill-in",
        "matching",
        "performance",
        "sequencing",
        "likert",
        "numeric",
        "other",
    }
)
_TRUTH: Final = {"0": "false", "f": "false", "false": "false"} | {
    "1": "true",
    "t": "true",
    "true": "true",
}
_PAIR: Final = re.compile(r"([^.\[\],{}]{1,250})\.([^.\[\],{}]{1,250})")


def in_xapi_form(kind: str, texts: tuple[str, ...], *, version: str) -> tuple[str, tuple[str, ...]]:
    """The xAPI interaction type and `texts` in its form. Empty texts stay empty."""
    kind = kind.strip().lower()
    if kind not in _TYPES:
        return "other", texts
    translators = _TRANSLATORS_12 if version == "1.2" else _TRANSLATORS_2004
    translate = translators.get(kind, _unchanged)
    translated = tuple(translate(text) if text else "" for text in texts)
    if any(text is None for text in translated):
        return "other", texts
    return kind, tuple(text for text in translated if text is not None)


def _unchanged(text: str) -> str | None:
    return text


def _refused(_text: str) -> str | None:
    return None


def _truth(text: str) -> str | None:
    return _TRUTH.get(text.lower())


def _number(text: str) -> str | None:
    if "[:]" in text:
        return text
    ends = text.split(":")
    plain = [number_of(end) for end in ends if end]
    if len(ends) > 2 or not plain or any(value is None or flags for value, flags in plain):
        return None
    return "[:]".join(ends)


def _members(text: str) -> list[str] | None:
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    members = [member.strip() for member in text.split(",")]
    return members if all(members) and not any(c in text for c in "{}[]") else None


def _list(text: str) -> str | None:
    members = _members(text)
    return None if members is None else "[,]".join(members)


def _pairs(text: str) -> str | None:
    pairs = [_PAIR.fullmatch(member) for member in _members(text) or ["not a pair"]]
    if any(pair is None for pair in pairs):
        return None
    return "[,]".join(f"{pair[1]}[.]{pair[2]}" for pair in pairs if pair is not None)


_TRANSLATORS_12: Final[dict[str, Callable[[str], str | None]]] = {
    "true-false": _truth,
    "choice": _list,
    "sequencing": _list,
    "matching": _pairs,
    "numeric": _number,
    # SCORM 1.2's free text names no steps, which xAPI's form of this type demands.
    "performance": _refused,
}
_TRANSLATORS_2004: Final[dict[str, Callable[[str], str | None]]] = {
    "true-false": _truth,
    "numeric": _number,
}
