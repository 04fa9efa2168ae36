"""Which xAPI statements follow from an attempt, as data: verb, result, time, and what about.

Ids, actor and context are the caller's. The session statement ("ended") carries the SCO's status;
completed, passed, failed and scored stand beside it for those who look for these verbs (ADL xAPI
SCORM profile, "Terminating an attempt"). Refuses to say what is unknown: a failed attempt is not
thereby incomplete, and a total time is never the duration of a session.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Literal

from scorm.cmi import Attempt, Interaction, Objective, Score
from xapi import durations
from xapi.vocabulary import (
    BASE,
    COMPLETED,
    EXT_FLAGS,
    EXT_PROGRESS,
    FAILED,
    INITIALIZED,
    PASSED,
    RESPONDED,
    SCORED,
    SUSPENDED,
    TERMINATED,
    Verb,
)

EXT_TOTAL_SECONDS = BASE + "ext/total-seconds"
EXT_INTERACTION_RESULT = BASE + "ext/interaction-result"

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ObjectiveRef:
    """The objective that a fact is about."""

    id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class InteractionRef:
    """The question that a fact is about; type and patterns are in xAPI's form."""

    index: int
    id: str
    type: str
    correct_responses: tuple[str, ...] = ()
    objective_ids: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class AttemptFact:
    """One statement to be.

    name: stable within the attempt, part of the statement's identity. at: when it happened by the
    source's clock, None where the source does not say. corrects: a later, different version of
    this fact says that the earlier one was wrong; otherwise it only supersedes it.
    """

    name: str
    verb: Verb
    result: Result | None
    at: datetime | None
    about: Literal["sco"] | ObjectiveRef | InteractionRef = "sco"
    corrects: bool = True


def facts_of(
    attempt: Attempt,
    *,
    started_at: datetime | None,
    modified_at: datetime | None,
    objectives: bool = True,
    interactions: bool = False,
) -> tuple[AttemptFact, ...]:
    """The facts of an attempt, the same for the same arguments, in a fixed order.

    Names: "initialized" (only where the start is known), "ended" (verb suspended or terminated),
    "completed", "passed", "failed", "scored" (a score and no status), "objective:<id>:<verb>",
    "interaction:<number>". An attempt that was never started gives at most "initialized"; one that
    does not count gives no verdict.

    "initialized" is also the verb of an attempt whose entry is "resume": the attempt began once,
    and a statement about its beginning must not change when it is resumed.
    """
    facts: list[AttemptFact] = []
    if started_at is not None:
        facts.append(AttemptFact("initialized", INITIALIZED, None, started_at))
    if attempt.state == "not_started":
        return tuple(facts)
    facts.append(_ended(attempt, modified_at))
    if not attempt.counts:
        return tuple(facts)
    for verb_name, verb, result in _verdicts(attempt):
        facts.append(AttemptFact(verb_name, verb, result, modified_at))
    if objectives:
        facts.extend(_about_objectives(attempt, modified_at))
    if interactions:
        session = _Session(started_at, modified_at)
        facts.extend(_answered(interaction, session) for interaction in attempt.interactions)
    return tuple(facts)


def _ended(attempt: Attempt, at: datetime | None) -> AttemptFact:
    result: Result = {}
    if attempt.completion is not None:
        result["completion"] = attempt.completion
    if attempt.success is not None:
        result["success"] = attempt.success
    if score := _score(attempt.score):
        result["score"] = score
    extensions: dict[str, Any] = {}
    if attempt.session_seconds is not None:
        result["duration"] = durations.duration_of(attempt.session_seconds)
    if attempt.total_seconds is not None and attempt.total_seconds != attempt.session_seconds:
        extensions[EXT_TOTAL_SECONDS] = _number(attempt.total_seconds)
    if attempt.progress is not None:
        extensions[EXT_PROGRESS] = _percent(attempt.progress)
    if attempt.flags:
        extensions[EXT_FLAGS] = list(attempt.flags)
    if extensions:
        result["extensions"] = extensions
    verb = SUSPENDED if attempt.end == "suspended" else TERMINATED
    return AttemptFact("ended", verb, result or None, at, corrects=False)


def _verdicts(of: Attempt | Objective) -> Iterator[tuple[str, Verb, Result]]:
    score = _score(of.score)
    scored: Result = {"score": score} if score else {}
    if of.completion:
        yield "completed", COMPLETED, {"completion": True}
    if of.success is True:
        yield "passed", PASSED, {"success": True} | scored
    if of.success is False:
        yield "failed", FAILED, {"success": False} | scored
    if scored and of.completion is None and of.success is None:
        yield "scored", SCORED, scored


def _about_objectives(attempt: Attempt, at: datetime | None) -> Iterator[AttemptFact]:
    for objective in attempt.objectives:
        about = ObjectiveRef(objective.id, objective.description)
        for verb_name, verb, result in _verdicts(objective):
            yield AttemptFact(f"objective:{objective.id}:{verb_name}", verb, result, at, about)


def _answered(interaction: Interaction, session: "_Session") -> AttemptFact:
    result: Result = {}
    if interaction.response:
        result["response"] = interaction.response
    if interaction.success is not None:
        result["success"] = interaction.success
    if interaction.latency_seconds is not None:
        result["duration"] = durations.duration_of(interaction.latency_seconds)
    if interaction.result and interaction.success is None:
        result["extensions"] = {EXT_INTERACTION_RESULT: interaction.result}
    about = InteractionRef(
        index=interaction.index,
        id=interaction.id,
        type=interaction.type,
        correct_responses=interaction.correct_responses,
        objective_ids=interaction.objective_ids,
        description=interaction.description,
    )
    at = session.instant_of(interaction.at)
    return AttemptFact(f"interaction:{interaction.index}", RESPONDED, result or None, at, about)


@dataclass(frozen=True, slots=True)
class _Session:
    started_at: datetime | None
    modified_at: datetime | None

    def instant_of(self, text: str) -> datetime | None:
        """When `text` says, if that is within the session; else when the attempt was modified.

        SCORM 1.2 writes a time of day and no date. Its zone, and that of a SCORM 2004 timestamp
        without one, is the browser's and not known: taken as the session's, it is believed only
        where it falls into the session.
        """
        if self.started_at is None or self.modified_at is None:
            return self.modified_at
        said = _instant(text, self.started_at.date(), self.started_at.tzinfo or UTC)
        if said is None or not self.started_at <= said <= self.modified_at:
            return self.modified_at
        return said


def _instant(text: str, day: date, zone: tzinfo) -> datetime | None:
    try:
        said = (
            datetime.fromisoformat(text)
            if "T" in text
            else datetime.combine(day, time.fromisoformat(text))
        )
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=zone)


def _score(score: Score | None) -> Result:
    """The score in xAPI's form; empty where there are only limits and no score."""
    if score is None or (score.raw is None and score.scaled is None):
        return {}
    values = {"scaled": score.scaled, "raw": score.raw, "min": score.min, "max": score.max}
    return {name: _number(value) for name, value in values.items() if value is not None}


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _percent(progress: float) -> int:
    """0-100 (cmi5 10.1 progress extension); 100 only for the whole."""
    return 100 if progress >= 1 else min(99, round(progress * 100))
