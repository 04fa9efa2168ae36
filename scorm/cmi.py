"""The words for one attempt at one SCO: what the rows of run-time data become.

Completion, success and score are three facts. Each may be unknown (`None`), which is never the
same as "no" or as 0. `state` is one word derived from them, for people.
"""

from dataclasses import dataclass
from typing import Literal

Version = Literal["1.2", "2004"]
State = Literal["not_started", "in_progress", "completed", "passed", "failed", "browsed"]
End = Literal["suspended", "terminated"]
FailedCompletion = Literal["unknown", "complete", "incomplete"]
ScaledSemantics = Literal["unit", "percent", "minus_one_to_one"]


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows do not say about themselves; most of it is configured per source.

    failed_completion: what SCORM 1.2 "failed" says about completion. Engines disagree, so
        "unknown" unless the source is known to mean more.
    lms_applies_thresholds: the LMS has already compared score and progress with the thresholds,
        so what it reports stands.
    assume_100: a SCORM 1.2 raw score without a maximum is out of 100 (ADL xAPI SCORM profile).
    scaled_semantics: what the source writes into `score.scaled`: "unit" is SCORM's own -1..1,
        "percent" is 0..100, "minus_one_to_one" is a 0..1 score stretched over -1..1.
    """

    version: Version
    failed_completion: FailedCompletion = "unknown"
    lms_applies_thresholds: bool = True
    assume_100: bool = True
    scaled_semantics: ScaledSemantics = "unit"


@dataclass(frozen=True, slots=True)
class Score:
    """raw, min and max in the course's own points; scaled -1..1. min <= raw <= max where given."""

    raw: float | None = None
    min: float | None = None
    max: float | None = None
    scaled: float | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective of an attempt. progress is 0..1."""

    index: int
    id: str
    completion: bool | None = None
    success: bool | None = None
    score: Score | None = None
    progress: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One answered question.

    type, response and correct_responses are in xAPI's form (xAPI 1.0.3 Data, appendix C); what
    cannot be brought into it has type "other" and its text unchanged. `at` is the text of the
    row: SCORM 1.2 gives a time of day without a date. latency_seconds: how long the answer took.
    """

    index: int
    id: str
    type: str = "other"
    at: str = ""
    response: str = ""
    result: str = ""
    success: bool | None = None
    correct_responses: tuple[str, ...] = ()
    objective_ids: tuple[str, ...] = ()
    weighting: float | None = None
    latency_seconds: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one SCO.

    progress is 0..1. session_seconds is the last session, total_seconds the LMS's running total
    of the attempt (a gauge: only its newest value means anything). flags are sorted.
    """

    version: Version
    state: State
    completion: bool | None = None
    success: bool | None = None
    score: Score | None = None
    progress: float | None = None
    session_seconds: float | None = None
    total_seconds: float | None = None
    mode: str = ""
    credit: str = ""
    entry: str = ""
    end: End | None = None
    objectives: tuple[Objective, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the attempt may say anything about completion, success and score."""
        return "not_for_credit" not in self.flags
