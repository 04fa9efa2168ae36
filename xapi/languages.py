"""Chooses the language of a language map by an Accept-Language header (xAPI Communication 2.1.3).

The rules are those of HTTP: quality values, ranges that match by prefix, `*`, and q=0 for what is
not wanted. A map is never left empty: where nothing suits, its first language is taken. A header
that cannot be read says nothing; it is no error.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_MOST_RANGES = 50
"""More than any browser sends; what comes after is not read."""

_RANGE = re.compile(
    r"\s*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*[qQ]\s*=\s*([01](?:\.[0-9]{0,9})?|\.[0-9]{1,9})\s*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Range:
    """A language range such as "de", "pt-br" or "*", in lower case. quality: 0 (refused) to 1."""

    tag: str
    quality: float

    def matches(self, tag: str) -> bool:
        """Whether a tag in lower case is this one or begins with it."""
        return self.tag in ("*", tag) or tag.startswith(self.tag + "-")


Languages = tuple[Range, ...]
"""What a reader understands, in the order of the header. Empty: every language alike."""


def accepted(header: str | None) -> Languages:
    """Read an Accept-Language header (RFC 9110 section 12.5.4); parts that are none are skipped."""
    ranges: dict[str, Range] = {}
    for part in (header or "").split(",", _MOST_RANGES)[:_MOST_RANGES]:
        found = _RANGE.fullmatch(part)
        if found:
            tag = found[1].lower()
            ranges.setdefault(tag, Range(tag, min(float(found[2] or 1), 1.0)))
    return tuple(ranges.values())


def in_one_language(texts: Mapping[str, str], languages: Languages) -> dict[str, str]:
    """The entry of a language map that suits the reader best; an empty map stays empty."""
    if len(texts) < 2:
        return dict(texts)
    tag = _chosen(tuple(texts), languages)
    return {tag: texts[tag]}


@lru_cache(maxsize=512)  # a page of statements asks the same question again and again
def _chosen(tags: tuple[str, ...], languages: Languages) -> str:
    ranked = [_rank(tag.lower(), languages) for tag in tags]
    wanted = _best(tags, ranked)
    if wanted is not None:
        return wanted
    # Nobody who reads en-GB is helped by Finnish where there is English.
    wider = tuple(Range(item.tag.partition("-")[0], item.quality) for item in languages)
    open_to = [tag for tag, rank in zip(tags, ranked, strict=True) if rank is None]
    near = _best(open_to, [_rank(tag.lower(), wider) for tag in open_to])
    return near or next(iter(open_to), tags[0])


def _rank(tag: str, languages: Languages) -> tuple[float, int, bool] | None:
    """How well a tag suits: quality, place in the header, whether it is named itself.

    The longest range that matches decides. None where no range does.
    """
    matching = [(item, place) for place, item in enumerate(languages) if item.matches(tag)]
    if not matching:
        return None
    item, place = max(matching, key=lambda pair: 0 if pair[0].tag == "*" else len(pair[0].tag))
    return item.quality, -place, item.tag == tag


def _best(tags: Iterable[str], ranks: Iterable[tuple[float, int, bool] | None]) -> str | None:
    """The tag with the highest rank, the first of several; None when none is wanted."""
    wanted = [
        (tag, rank) for tag, rank in zip(tags, ranks, strict=True) if rank is not None and rank[0]
    ]
    return max(wanted, key=lambda pair: pair[1])[0] if wanted else None
