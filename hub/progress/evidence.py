"""Statement -> evidence: what a statement says about one learner and one activity. Pure.

A small fixed vocabulary; a statement that says nothing in it is no evidence. Nothing is decided
here: an attendance is evidence of being there, not of having completed a course.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.catalog.rules import ABOUT_A_QUESTION
from hub.findable import findable
from scorm.statements import EXT_TOTAL_SECONDS
from xapi import vocabulary as v
from xapi.durations import seconds_of
from xapi.formats import instant_of

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE = timedelta(hours=24)
"""A timestamp before EARLIEST, or this far ahead of its storing, is not believed."""

LARGEST = 1e15
"""Larger numbers are nobody's minutes or points; JSON does not limit them."""

CMI5_CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"


class Kind(StrEnum):
    """What can be said, in the order that settles equal timestamps."""

    REQUESTED = "requested"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"
    STARTED = "started"
    PROGRESSED = "progressed"
    SCORED = "scored"
    NO_SHOW = "no_show"
    ATTENDED = "attended"
    UNCOMPLETED = "uncompleted"
    COMPLETED = "completed"
    FAILED = "failed"
    PASSED = "passed"
    WAIVED = "waived"
    CERTIFIED = "certified"
    REVOKED = "revoked"
    ENDED = "ended"


RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Score:
    """scaled is -1..1; the others as the source counts. Each None where unknown."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing said about one activity, by what the activity is found by (hub.findable).

    registration is the enrolment's UUID, "" where none is given. attempt groups what belongs
    together ("" where the source does not count attempts); number is the source's count of it.
    fact and version find the newest version of what one source says. fraction is the share of a
    session that was attended, 0..1, None where only the mark is known.
    """

    kind: Kind
    at: datetime
    stored: datetime
    statement: str
    activity: str
    source: str
    registration: str = ""
    attempt: str = ""
    number: int | None = None
    fact: int | None = None
    version: int = 0
    score: Score | None = None
    progress: float | None = None
    seconds: float | None = None
    total_seconds: float | None = None
    fraction: float | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    overridden: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as the store gives it to the projector."""

    payload: Mapping[str, Any]
    stored: datetime
    authority: str
    fact: int | None
    version: int | None


_BY_VERB: Mapping[str, Kind] = {
    v.REGISTERED.id: Kind.REGISTERED,
    v.REQUESTED.id: Kind.REQUESTED,
    v.UNREGISTERED.id: Kind.WITHDRAWN,
    v.LAUNCHED.id: Kind.STARTED,
    v.INITIALIZED.id: Kind.STARTED,
    v.ATTEMPTED.id: Kind.STARTED,
    v.RESUMED.id: Kind.STARTED,
    v.PROGRESSED.id: Kind.PROGRESSED,
    v.SCORED.id: Kind.SCORED,
    v.COMPLETED.id: Kind.COMPLETED,
    v.SATISFIED.id: Kind.COMPLETED,
    v.RESET.id: Kind.UNCOMPLETED,
    v.PASSED.id: Kind.PASSED,
    v.FAILED.id: Kind.FAILED,
    v.WAIVED.id: Kind.WAIVED,
    v.MISSED.id: Kind.NO_SHOW,
    v.EARNED.id: Kind.CERTIFIED,
    v.REVOKED.id: Kind.REVOKED,
    v.TERMINATED.id: Kind.ENDED,
    v.SUSPENDED.id: Kind.ENDED,
    v.ABANDONED.id: Kind.ENDED,
}


_NOTHING: Mapping[str, Any] = {}

_CONTRADICTED: Mapping[Kind, tuple[str, bool]] = {
    Kind.COMPLETED: ("completion", False),
    Kind.PASSED: ("success", False),
    Kind.FAILED: ("success", True),
}
"""The member of the result, and its value, that says the opposite of the verb."""
_VERDICTS = frozenset({Kind.PASSED, Kind.FAILED})
_NO_VERDICT = frozenset({Kind.NO_SHOW, Kind.UNCOMPLETED, Kind.CERTIFIED, Kind.WAIVED})


def evidence_of(stored: StoredStatement) -> tuple[Evidence, ...]:
    """Everything that a statement says; empty when it is about something else than learning.

    Its score comes with one of the kinds only: with the verdict, where there is one.
    """
    statement = stored.payload
    verb = v.canonical_verb(statement["verb"]["id"])
    if verb in ABOUT_A_QUESTION:
        return ()
    result: Mapping[str, Any] = statement.get("result", {})
    own = _BY_VERB.get(verb)
    fraction: float | None = None
    if verb == v.ATTENDED.id:
        mark, fraction = _attendance(statement)
        kinds = [mark, *_verdict(result)]
    elif _contradicts_itself(own, result):
        return (_evidence(stored, verb, Kind.ENDED, flags=("contradictory",)),)
    else:
        kinds = _kinds(own, result)
        if not kinds:
            return ()
    base = _evidence(stored, verb, kinds[0], fraction=fraction)
    if len(kinds) == 1:
        return (base,)
    judging = next((kind for kind in kinds if kind in _VERDICTS), kinds[0])
    return tuple(
        [
            base
            if kind is base.kind is judging
            else replace(base, kind=kind, score=base.score if kind is judging else None)
            for kind in kinds
        ]
    )


def _contradicts_itself(own: Kind | None, result: Mapping[str, Any]) -> bool:
    """The verb and the result say opposite things: neither is believed."""
    if own is None or own not in _CONTRADICTED:
        return False
    name, opposite = _CONTRADICTED[own]
    return result.get(name) is opposite


def _kinds(own: Kind | None, result: Mapping[str, Any]) -> list[Kind]:
    """The verb's own kind, then what the result adds. Each once."""
    said = [own] if own is not None else []
    if result and own not in _NO_VERDICT:
        if result.get("completion") is True and own is not Kind.COMPLETED:
            said.append(Kind.COMPLETED)
        said += [kind for kind in _verdict(result) if kind is not own]
        if not said and "score" in result:
            said.append(Kind.SCORED)
    return said


def _verdict(result: Mapping[str, Any]) -> list[Kind]:
    success = result.get("success")
    return [Kind.PASSED if success else Kind.FAILED] if isinstance(success, bool) else []


def _evidence(
    stored: StoredStatement,
    verb: str,
    kind: Kind,
    *,
    fraction: float | None = None,
    flags: Iterable[str] = (),
) -> Evidence:
    """All that the statement tells, as evidence of one kind."""
    statement = stored.payload
    context: Mapping[str, Any] = statement.get("context", _NOTHING)
    result: Mapping[str, Any] = statement.get("result", _NOTHING)
    about: Mapping[str, Any] = context.get("extensions", _NOTHING)
    extra: Mapping[str, Any] = result.get("extensions", _NOTHING)
    stated = instant_of(statement["timestamp"])
    at = stated if _believable(stated, stored.stored) else stored.stored
    told = {*flags, *_texts(about.get(v.EXT_FLAGS)), *_texts(extra.get(v.EXT_FLAGS))}
    if at is not stated:
        told.add("timestamp_implausible")
    registration = str(context.get("registration", "")).lower()
    number = _count(about.get(v.EXT_ATTEMPT))
    return Evidence(
        kind=kind,
        at=at,
        stored=stored.stored,
        statement=statement["id"],
        activity=findable(statement["object"]["id"]),
        source=stored.authority,
        registration=registration,
        attempt=_attempt(context, registration, number),
        number=number,
        fact=stored.fact,
        version=stored.version or 0,
        score=_score(result.get("score")),
        progress=_progress(verb, result, extra),
        seconds=_seconds(result.get("duration")),
        total_seconds=_number(extra.get(EXT_TOTAL_SECONDS)),
        fraction=fraction,
        valid_until=_instant_or_none(extra.get(v.EXT_VALID_UNTIL)),
        due_at=_instant_or_none(about.get(v.EXT_DUE_DATE)),
        overridden=extra.get(v.EXT_OVERRIDDEN) is True,
        flags=tuple(sorted(told)),
    )


def _attempt(context: Mapping[str, Any], registration: str, number: int | None) -> str:
    """The attempt's key. A registration counts only where a profile says what it stands for."""
    if number is not None:
        return registration or str(number)
    if not registration:
        return ""
    category = context.get("contextActivities", _NOTHING).get("category", ())
    listed = [category] if isinstance(category, dict) else category
    is_cmi5 = any(item.get("id") == CMI5_CATEGORY for item in listed)
    return registration if is_cmi5 else ""


def _attendance(statement: Mapping[str, Any]) -> tuple[Kind, float | None]:
    """An attended statement. Some record every mark with this verb: completion false is absence."""
    details = statement.get("context", {}).get("extensions", {}).get(v.EXT_ATTENDANCE)
    if not isinstance(details, Mapping):
        absent = statement.get("result", {}).get("completion") is False
        fraction: float | None = 1.0
    else:
        mark = details.get("status")
        absent = mark in {"absent", "excused"}
        ratio = _number(details.get("ratio"))
        fraction = (1.0 if mark == "attended" else None) if ratio is None else ratio
    return (Kind.NO_SHOW, None) if absent else (Kind.ATTENDED, fraction)


def _believable(stated: datetime, stored: datetime) -> bool:
    """Whether it can be; what cannot is taken to have happened when it was stored."""
    return EARLIEST <= stated <= stored + FUTURE


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant_or_none(value: object) -> datetime | None:
    try:
        return instant_of(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: object) -> float | None:
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= LARGEST else None


def _score(value: object) -> Score | None:
    if not value or not isinstance(value, dict):
        return None
    told = value.get
    return Score(
        _number(told("scaled")), _number(told("raw")), _number(told("min")), _number(told("max"))
    )


def _progress(verb: str, result: Mapping[str, Any], extra: Mapping[str, Any]) -> float | None:
    """Progress 0..1: the cmi5 extension; the ADL profile's progressed verb puts it into scaled."""
    percent = _number(extra.get(v.EXT_PROGRESS))
    if percent is not None:
        return max(0.0, min(1.0, percent / 100))
    if verb == v.PROGRESSED.id:
        scaled = _number(result.get("score", _NOTHING).get("scaled"))
        return None if scaled is None else max(0.0, scaled)
    return None


def _seconds(value: object) -> float | None:
    try:
        return _number(seconds_of(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _texts(value: object) -> Iterable[str]:
    return map(str, value) if isinstance(value, list) else ()
