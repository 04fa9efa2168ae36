"""The objectives of an attempt, read by the same rules as the attempt itself."""

from collections.abc import Mapping

from scorm import words
from scorm.cmi import Context, Objective
from scorm.numbers import number_of
from scorm.rows import numbered
from scorm.scores import score_of


def objectives_of(
    rows: Mapping[str, str], context: Context
) -> tuple[tuple[Objective, ...], frozenset[str]]:
    """The objectives by rising number, and the flags of their rows.

    An objective without an id is left out: nothing could refer to it. Where an id is used twice,
    the higher number stands (SCORM 2004 demands unique ids, SCORM 1.2 does not); flag
    `objective_id_repeated`. Flags of scores are prefixed `objective_`.
    """
    by_id: dict[str, Objective] = {}
    flags: set[str] = set()
    for index, fields in numbered(rows, "cmi.objectives"):
        identifier = fields.get("id", "")
        if not identifier:
            continue
        if by_id.pop(identifier, None):
            flags.add("objective_id_repeated")
        completion, success = _verdict(fields, context, flags)
        score, odd_score = score_of(fields, "score", context)
        progress, odd_progress = progress_of(fields.get("progress_measure", ""))
        flags.update(f"objective_{flag}" for flag in odd_score | odd_progress)
        by_id[identifier] = Objective(
            index=index,
            id=identifier,
            completion=completion,
            success=success,
            score=score,
            progress=progress,
            description=fields.get("description", ""),
        )
    return tuple(by_id.values()), frozenset(flags)


def progress_of(text: str) -> tuple[float | None, frozenset[str]]:
    """A progress_measure, 0..1. Out of that range it is unknown: flag `progress_out_of_range`."""
    value, flags = number_of(text)
    if value is None or 0 <= value <= 1:
        return value, frozenset(flags)
    return None, frozenset(flags) | {"progress_out_of_range"}


def _verdict(
    fields: Mapping[str, str], context: Context, flags: set[str]
) -> tuple[bool | None, bool | None]:
    if context.version == "1.2":
        lesson, _, unread = words.lesson_status(fields.get("status", ""))
        flags.update(unread)
        return words.verdict_of(lesson, context.failed_completion)
    completion, unread_completion = words.completion_status(fields.get("completion_status", ""))
    success, unread_success = words.success_status(fields.get("success_status", ""))
    flags.update(unread_completion, unread_success)
    return completion, success
