"""Run-time data of one attempt at one SCO into three facts: completion, success, score.

Total: no text makes it raise. What is contradictory is kept as it was reported and flagged, what
cannot be read is unknown and flagged. Whether an attempt satisfies a course is not decided here.
"""

from collections.abc import Mapping
from dataclasses import replace

from scorm import words
from scorm.cmi import Attempt, Context, End, Score, State, Version
from scorm.interactions import interactions_of
from scorm.objectives import objectives_of, progress_of
from scorm.rows import texts_of
from scorm.scores import score_of
from scorm.thresholds import Judged, judge
from scorm.times import seconds_of

_A_DAY = 24 * 3600
_ONLY_IN_2004 = (
    "cmi.completion_status",
    "cmi.success_status",
    "cmi.score.",
    "cmi.progress_measure",
    "cmi.session_time",
    "cmi.total_time",
    "cmi.exit",
)


def normalize(cmi: Mapping[str, object], context: Context) -> Attempt:
    """The attempt that the `cmi.*` rows tell of. Other keys are not read.

    An attempt that was not for credit, in another mode than normal, or only browsed says nothing
    about completion, success, score or progress: those are None and the flag is `not_for_credit`.
    Its time is kept.

    Flags beside those of scores, thresholds and times: `status_vocabulary`, `version_mismatch`
    (rows of the other SCORM version; they are read as what they are), `completed_but_failed`,
    `passed_but_incomplete`, `progress_out_of_range`, `implausible_session_time` (over 24 hours),
    `total_less_than_session`.
    """
    rows = texts_of(cmi)
    version = _version_of(rows, context.version)
    flags = set() if version == context.version else {"version_mismatch"}
    context = replace(context, version=version)
    core = "cmi.core." if version == "1.2" else "cmi."
    mode = rows.get(core + ("lesson_mode" if version == "1.2" else "mode"), "")
    credit = rows.get(core + "credit", "")
    reported, browsed, end = _reported(rows, context)
    session, total = _times(rows, core, version, flags)
    interactions = interactions_of(rows, version)
    attempt = Attempt(
        version=version,
        state="browsed",
        session_seconds=session,
        total_seconds=total,
        mode=mode,
        credit=credit,
        entry=rows.get(core + "entry", ""),
        end=end,
    )
    if browsed or not words.counts(mode=mode, credit=credit):
        return replace(attempt, flags=_sorted(flags | reported.flags | {"not_for_credit"}))
    score, score_flags = score_of(rows, core + "score", context)
    progress, progress_flags = progress_of(rows.get("cmi.progress_measure", ""))
    judged = judge(rows, reported, score=score, progress=progress, context=context)
    objectives, objective_flags = objectives_of(rows, context)
    active = bool(session or total or progress or interactions or end == "suspended")
    return replace(
        attempt,
        state=_state(judged, active=active or _has_result(score)),
        completion=judged.completion,
        success=judged.success,
        score=score,
        progress=progress,
        objectives=objectives,
        interactions=interactions,
        flags=_sorted(
            flags
            | judged.flags
            | score_flags
            | progress_flags
            | objective_flags
            | _contradictions(judged)
        ),
    )


def _version_of(rows: Mapping[str, str], expected: Version) -> Version:
    """The version whose own rows are there; the expected one if both or neither are."""
    of_12 = any(key.startswith("cmi.core.") for key in rows)
    of_2004 = any(key.startswith(_ONLY_IN_2004) for key in rows)
    if of_12 == of_2004:
        return expected
    return "1.2" if of_12 else "2004"


def _reported(rows: Mapping[str, str], context: Context) -> tuple[Judged, bool, End | None]:
    """What the status rows say, whether the lesson was only browsed, and how the session ended."""
    if context.version == "2004":
        completion, unread_completion = words.completion_status(
            rows.get("cmi.completion_status", "")
        )
        success, unread_success = words.success_status(rows.get("cmi.success_status", ""))
        flags = frozenset(unread_completion + unread_success)
        return Judged(completion, success, flags), False, words.end_of(rows.get("cmi.exit"))
    lesson, appended_exit, unread = words.lesson_status(rows.get("cmi.core.lesson_status", ""))
    completion, success = words.verdict_of(lesson, context.failed_completion)
    end = words.end_of(rows.get("cmi.core.exit", appended_exit))
    return Judged(completion, success, frozenset(unread)), lesson == "browsed", end


def _times(
    rows: Mapping[str, str], core: str, version: Version, flags: set[str]
) -> tuple[float | None, float | None]:
    """Session and total seconds; `flags` receives what is odd about them."""
    session, session_flags = seconds_of(rows.get(core + "session_time", ""), version=version)
    total, total_flags = seconds_of(rows.get(core + "total_time", ""), version=version)
    flags.update(session_flags, total_flags)
    if session is not None and session > _A_DAY:
        flags.add("implausible_session_time")
    if session is not None and total is not None and total < session:
        flags.add("total_less_than_session")
    return session, total


def _has_result(score: Score | None) -> bool:
    return score is not None and (score.raw is not None or score.scaled is not None)


def _state(judged: Judged, *, active: bool) -> State:
    if judged.success is not None:
        return "passed" if judged.success else "failed"
    if judged.completion:
        return "completed"
    return "in_progress" if active or judged.completion is False else "not_started"


def _contradictions(judged: Judged) -> set[str]:
    if judged.completion is True and judged.success is False:
        return {"completed_but_failed"}
    if judged.completion is False and judged.success is True:
        return {"passed_but_incomplete"}
    return set()


def _sorted(flags: set[str] | frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(flags))
