"""Passing scores and completion thresholds: applied only where the LMS has not done so itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from scorm.cmi import Context, Score
from scorm.numbers import number_of


@dataclass(frozen=True, slots=True)
class Judged:
    """Completion and success after the thresholds, and the flags that say what changed them."""

    completion: bool | None
    success: bool | None
    flags: frozenset[str] = frozenset()


def judge(
    rows: Mapping[str, str],
    reported: Judged,
    *,
    score: Score | None,
    progress: float | None,
    context: Context,
) -> Judged:
    """What is completed and passed, given what was reported. For attempts that count only."""
    if context.version == "1.2":
        return _judge_12(rows, reported, score, context)
    return (
        reported if context.lms_applies_thresholds else _judge_2004(rows, reported, score, progress)
    )


def _judge_12(
    rows: Mapping[str, str], reported: Judged, score: Score | None, context: Context
) -> Judged:
    mastery, _ = number_of(rows.get("cmi.student_data.mastery_score", ""))
    if mastery is None or score is None or score.raw is None:
        return reported
    mastered = score.raw >= mastery
    if reported.success is not None:
        contradicts = reported.success != mastered
        flags = reported.flags | {"mastery_contradiction"} if contradicts else reported.flags
        return Judged(reported.completion, reported.success, flags)
    if context.lms_applies_thresholds or reported.completion is not True:
        # A score on the way through an unfinished lesson is no failure yet.
        return reported
    return Judged(reported.completion, mastered, reported.flags | {"success_by_threshold"})


def _judge_2004(
    rows: Mapping[str, str], reported: Judged, score: Score | None, progress: float | None
) -> Judged:
    """SCORM 2004 4th edition RTE 4.2.4 and 4.2.22: a threshold overrules the reported status.

    With a threshold but no progress, the reported completion is kept and flagged; with a passing
    score but no scaled score, success is unknown.
    """
    completion, success, flags = reported.completion, reported.success, set(reported.flags)
    threshold, _ = number_of(rows.get("cmi.completion_threshold", ""))
    if threshold is not None and progress is None:
        flags.add("threshold_without_progress")
    elif threshold is not None and progress is not None:
        completion = progress >= threshold
        flags.add("completion_by_threshold")
    passing, _ = number_of(rows.get("cmi.scaled_passing_score", ""))
    if passing is not None:
        scaled = score.scaled if score else None
        success = None if scaled is None else scaled >= passing
        if scaled is not None:
            flags.add("success_by_threshold")
        elif reported.success is not None:
            flags.add("threshold_without_score")
    return Judged(completion, success, frozenset(flags))
