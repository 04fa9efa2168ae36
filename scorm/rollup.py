"""One result for a course of several SCOs, where the LMS gives none for the course itself.

No single rule is right for every package, so the score rule is a setting. What the LMS says about
the course always stands above this. Assets are not parts: leave them out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ScoreRule = Literal["mean", "last", "max"]


@dataclass(frozen=True, slots=True)
class PartState:
    """One SCO's outcome. score is scaled, -1..1; a part that is not required adds only its time."""

    completion: bool | None = None
    success: bool | None = None
    score: float | None = None
    seconds: float | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class RolledUp:
    """The course. score is scaled, -1..1; done of total counts the required parts."""

    completion: bool | None
    success: bool | None
    score: float | None
    seconds: float | None
    done: int
    total: int


def roll_up(parts: Sequence[PartState], *, score_rule: ScoreRule = "mean") -> RolledUp:
    """Combine the parts of a course, given in the course's order.

    completion: true if all required parts are complete, false if any is known to be incomplete,
    else unknown. success: false if any failed; true if all that report success passed and all are
    complete; else unknown. score: over the parts that have one. seconds: their sum, None where no
    part has any.
    """
    required = [part for part in parts if part.required]
    done = sum(part.completion is True for part in required)
    completion = _completion(required, done)
    seconds = [part.seconds for part in parts if part.seconds is not None]
    return RolledUp(
        completion=completion,
        success=_success(required, all_done=completion is True),
        score=_score([part.score for part in required if part.score is not None], score_rule),
        seconds=math.fsum(seconds) if seconds else None,
        done=done,
        total=len(required),
    )


def _completion(required: Sequence[PartState], done: int) -> bool | None:
    if any(part.completion is False for part in required):
        return False
    return True if required and done == len(required) else None


def _success(required: Sequence[PartState], *, all_done: bool) -> bool | None:
    reported = [part.success for part in required if part.success is not None]
    if False in reported:
        return False
    return True if reported and all_done else None


def _score(scores: Sequence[float], rule: ScoreRule) -> float | None:
    if not scores:
        return None
    if rule == "last":
        return scores[-1]
    return max(scores) if rule == "max" else math.fsum(scores) / len(scores)
