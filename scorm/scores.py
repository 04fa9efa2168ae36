"""A score from its four rows: what was given, what can be derived, and what stays unknown.

Refuses to invent a scale: a raw score of 250 without a maximum has no scaled score, and a scaled
score of 85 is not read as 0.85.
"""

import math
from collections.abc import Mapping

from scorm.cmi import Context, ScaledSemantics, Score
from scorm.numbers import number_of


def score_of(
    rows: Mapping[str, str], prefix: str, context: Context
) -> tuple[Score | None, frozenset[str]]:
    """The score under `prefix` (such as `cmi.core.score`), or None where no number is given.

    scaled is, in this order: the given one if it is within -1..1; (raw - min) / (max - min), min
    being 0 where it is missing; SCORM 1.2 only, raw / 100 (ADL xAPI SCORM profile, score mapping);
    else unknown.

    Flags: `scaled_out_of_range` (dropped), `score_range_invalid` (min and max dropped),
    `raw_out_of_range`, `scaled_derived`, `scaled_assumed_100`, `scaled_unknown`, and those of
    `number_of`.
    """
    flags: set[str] = set()

    def number(name: str) -> float | None:
        value, found = number_of(rows.get(f"{prefix}.{name}", ""))
        flags.update(found)
        return value

    raw, low, high, scaled = number("raw"), number("min"), number("max"), number("scaled")
    scaled = _as_specified(scaled, context.scaled_semantics)
    if scaled is not None and not -1 <= scaled <= 1:
        flags.add("scaled_out_of_range")
        scaled = None
    if high is not None and not _is_range(low, high):
        flags.add("score_range_invalid")
        low = high = None
    if raw is not None and scaled is None:
        scaled, why = _derived(raw, low, high, context)
        flags.update(why)
    if raw is not None and _outside(raw, low, high):
        # xAPI demands min <= raw <= max: the raw score is the fact, the range was wrong.
        flags.add("raw_out_of_range")
        low = high = None
    score = Score(raw, low, high, scaled)
    return (None if score == Score() else score), frozenset(flags)


def _as_specified(scaled: float | None, semantics: ScaledSemantics) -> float | None:
    if scaled is None or semantics == "unit":
        return scaled
    return scaled / 100 if semantics == "percent" else (scaled + 1) / 2


def _is_range(low: float | None, high: float) -> bool:
    span = high - (low or 0.0)
    return 0 < span < math.inf


def _outside(raw: float, low: float | None, high: float | None) -> bool:
    return (low is not None and raw < low) or (high is not None and raw > high)


def _derived(
    raw: float, low: float | None, high: float | None, context: Context
) -> tuple[float | None, tuple[str, ...]]:
    if high is not None:
        if low is None and raw < 0:
            return None, ("raw_out_of_range", "scaled_unknown")
        bottom = low or 0.0
        return min(1.0, max(0.0, (raw - bottom) / (high - bottom))), ("scaled_derived",)
    if context.version != "1.2" or not context.assume_100:
        return None, ("scaled_unknown",)
    if not 0 <= raw <= 100 or (low is not None and raw < low):
        return None, ("raw_out_of_range", "scaled_unknown")
    return raw / 100, ("scaled_assumed_100",)
