"""Evidence about one activity -> the state of that activity, attempt by attempt. Pure.

Works on a set: the order in which evidence arrives does not matter, nor does arriving twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.progress.evidence import RANK, Evidence, Kind, Score
from hub.progress.state import NOTHING, State

MIN_ATTENDANCE = 0.8
"""Share of a session that counts as having attended it."""

# Each look-up in the enumeration itself is a call on Python 3.11.
_ATTENDED = Kind.ATTENDED
_COMPLETED = Kind.COMPLETED
_FAILED = Kind.FAILED
_NO_SHOW = Kind.NO_SHOW
_PASSED = Kind.PASSED
_PROGRESSED = Kind.PROGRESSED
_REGISTERED = Kind.REGISTERED
_REQUESTED = Kind.REQUESTED
_REVOKED = Kind.REVOKED
_UNCOMPLETED = Kind.UNCOMPLETED
_WAIVED = Kind.WAIVED
_WITHDRAWN = Kind.WITHDRAWN

_VERDICTS = {
    Kind.PASSED: "passed",
    Kind.FAILED: "failed",
    Kind.COMPLETED: "completed",
    Kind.NO_SHOW: "no_show",
}
_JUDGED = {Kind.PASSED, Kind.FAILED}
_SESSIONS = {Kind.ENDED, Kind.ATTENDED}
_BOOKINGS = {Kind.REGISTERED, Kind.REQUESTED, Kind.WITHDRAWN}
_STARTS = {Kind.STARTED, Kind.ATTENDED}
_ACTIVE = {  # the learner did something
    Kind.STARTED,
    Kind.PROGRESSED,
    Kind.SCORED,
    Kind.ATTENDED,
    Kind.COMPLETED,
    Kind.PASSED,
    Kind.FAILED,
    Kind.ENDED,
}


def newest_versions(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Each statement once, and of each fact of a source only its newest version."""
    unique = list({(item.statement, item.kind): item for item in evidence}.values())
    newest: dict[int, int] = {}
    for item in unique:
        if item.fact is not None:
            newest[item.fact] = max(newest.get(item.fact, 0), item.version)
    if not newest:
        return unique
    return [item for item in unique if item.fact is None or item.version == newest[item.fact]]


def in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The total order: time, kind, attempt number, source, statement id. Never arrival."""
    ordered = list(evidence)
    if len(ordered) > 1:
        ordered.sort(
            key=lambda e: (e.at, RANK[e.kind], e.number or 0, e.source, e.version, e.statement)
        )
    return ordered


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one attempt, or several together, amount to.

    number is None where the source does not count attempts.
    """

    key: str
    number: int | None
    last_at: datetime
    completion: bool | None
    success: bool | None
    score: Score | None
    progress: float | None
    completed_at: datetime | None
    satisfied_at: datetime | None
    seconds: float | None
    verdict: Evidence | None
    active: bool


def reduce_activity(evidence: Iterable[Evidence]) -> State:
    """The state of one activity from the evidence about itself, superseded versions left out."""
    ordered = in_order(evidence)
    if not ordered:
        return NOTHING
    groups: dict[str, list[Evidence]] = {}
    for item in ordered:
        groups.setdefault(item.attempt, []).append(item)
    return _state(ordered, [_reduce_attempt(key, items) for key, items in groups.items()])


def _reduce_attempt(key: str, items: Sequence[Evidence]) -> _Attempt:
    """One attempt, from its evidence in order.

    Later evidence replaces earlier. A pass is not undone by a later failure (cmi5 9.5.2: passed
    is final), only where the source takes the completion back. Completed and failed is a failure,
    whatever the order.
    """
    completion: bool | None = None
    success: bool | None = None
    score: Score | None = None
    progress: float | None = None
    completed_at: datetime | None = None
    satisfied_at: datetime | None = None
    number: int | None = None
    active = False
    for item in items:
        kind = item.kind
        if item.number is not None:
            number = item.number if number is None else max(number, item.number)
        if kind in _ACTIVE and not item.overridden:
            active = True
        if item.progress is not None:
            progress = item.progress
        if item.score is not None and kind is not _PROGRESSED:
            kept = kind is _FAILED and success is True
            score = score if kept else item.score
        if kind is _COMPLETED or (kind is _ATTENDED and _was_there(item)):
            completion, completed_at = True, completed_at or item.at
            if success is not False:
                satisfied_at = satisfied_at or item.at
        elif kind is _PASSED:
            success, satisfied_at = True, satisfied_at or item.at
        elif kind is _FAILED and success is not True:
            success, satisfied_at = False, None
        elif kind is _UNCOMPLETED:
            completion, success, completed_at, satisfied_at = False, None, None, None
    return _Attempt(
        key=key,
        number=number,
        last_at=items[-1].at,
        completion=completion,
        success=success,
        score=score,
        progress=progress,
        completed_at=completed_at,
        satisfied_at=satisfied_at,
        seconds=_seconds(items),
        verdict=_verdict(items),
        active=active,
    )


def _was_there(item: Evidence) -> bool:
    return (item.fraction or 0.0) >= MIN_ATTENDANCE


def _seconds(items: Sequence[Evidence]) -> float | None:
    """Time spent: the sum of the sessions, or what was stated as a total if that is more.

    The duration of a verdict counts from the beginning of the attempt (cmi5 9.5.4.1): a total.
    """
    sessions: dict[str, float] = {}
    totals: list[float] = []
    for item in items:
        if item.total_seconds is not None:
            totals.append(item.total_seconds)
        if item.seconds is None:
            continue
        if item.kind in _SESSIONS:
            sessions[item.statement] = item.seconds
        else:
            totals.append(item.seconds)
    if sessions:
        totals.append(sum(sessions.values()))
    return max(totals, default=None)


def _verdict(items: Sequence[Evidence]) -> Evidence | None:
    """The last verdict: passed or failed, where there is one, else completed or absent."""
    verdict: Evidence | None = None
    for item in items:
        kind = item.kind
        if kind is _UNCOMPLETED:
            verdict = None
        elif kind in _VERDICTS and not item.overridden:
            if kind is _NO_SHOW and any(other.kind is _ATTENDED for other in items):
                continue
            if kind in _JUDGED or verdict is None or verdict.kind not in _JUDGED:
                verdict = item
    return verdict


def _newest(attempts: Sequence[_Attempt]) -> _Attempt:
    """The attempt that the learner is in: the highest number, however late another one arrives.

    What belongs to no attempt counts as one when it says more than that there was something, and
    is later.
    """
    counted = [item for item in attempts if item.number is not None]
    others = [
        item for item in attempts if item.number is None and (item.key or _says_much(item))
    ] or [item for item in attempts if not counted]
    candidates = [max(others, key=_when)] if others else []
    if counted:
        candidates.append(max(counted, key=lambda item: (item.number or 0, *_when(item))))
    return max(candidates, key=_when)


def _when(attempt: _Attempt) -> tuple[datetime, str]:
    return (attempt.last_at, attempt.key)


def _says_much(attempt: _Attempt) -> bool:
    return attempt.success is not None or attempt.completion is not None


def _best(attempts: Sequence[_Attempt], newest: _Attempt) -> _Attempt:
    """The attempt that counts: a satisfied one with the highest score, else the newest."""
    satisfied = [item for item in attempts if item.satisfied_at is not None]
    return max(
        satisfied,
        key=lambda item: (item.success is True, scaled_of(item.score), item.key),
        default=newest,
    )


def scaled_of(score: Score | None) -> float:
    """For comparing: a score without a scale comes last."""
    return score.scaled if score is not None and score.scaled is not None else -2.0


def _last_verdict(attempts: Sequence[_Attempt]) -> Evidence | None:
    """That of the highest number among counted attempts; an uncounted one when it is later."""
    counted = [item for item in attempts if item.number is not None and item.verdict]
    chosen = [max(counted, key=lambda item: (item.number or 0, *_when(item)))] if counted else []
    chosen += [item for item in attempts if item.number is None]
    verdicts = [item.verdict for item in chosen if item.verdict is not None]
    return max(verdicts, key=lambda e: (e.at, e.number or 0, e.statement), default=None)


def _state(ordered: Sequence[Evidence], attempts: Sequence[_Attempt]) -> State:
    """What is known of an activity, from all its evidence in order and the attempts it makes."""
    whole = attempts[0] if len(attempts) == 1 else _together(attempts)
    first: dict[Kind, Evidence] = {}
    booking: Kind | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    for item in ordered:
        kind = item.kind
        if kind not in first:
            first[kind] = item
        if kind in _BOOKINGS:
            booking = kind
        if kind is _REVOKED:
            valid_until = None
        elif item.valid_until is not None:  # the latest that was not revoked since
            valid_until = max(valid_until, item.valid_until) if valid_until else item.valid_until
        if item.due_at is not None:
            due_at = item.due_at
    registered = first.get(_REGISTERED)
    started = [first[kind].at for kind in _STARTS if kind in first]
    satisfied = whole.satisfied_at is not None
    verdict = whole.verdict
    return State(
        completion=whole.completion,
        success=whole.success,
        score=whole.score,
        progress=whole.progress,
        registered_at=registered.at if registered is not None else None,
        requested=booking is _REQUESTED,
        started_at=min(started, default=None),
        completed_at=whole.completed_at if satisfied else None,
        satisfied_at=whole.satisfied_at,
        valid_until=valid_until,
        due_at=due_at,
        attempts=_count(attempts),
        seconds=whole.seconds,
        result=_VERDICTS[verdict.kind] if verdict is not None else None,
        result_at=verdict.at if verdict is not None else None,
        active=whole.active,
        failed=not satisfied and whole.success is False,
        no_show=_NO_SHOW in first and _ATTENDED not in first,
        withdrawn=booking is _WITHDRAWN,
        waived=_WAIVED in first,
        flags=_flags(ordered, first, whole),
    )


def _together(attempts: Sequence[_Attempt]) -> _Attempt:
    """Several attempts as one: mostly the one that counts, under its key."""
    newest = _newest(attempts)
    counting = _best(attempts, newest)
    satisfied = [item for item in attempts if item.satisfied_at is not None]
    return _Attempt(
        key=counting.key,
        number=newest.number,
        last_at=newest.last_at,
        completion=True if any(item.completion for item in satisfied) else counting.completion,
        success=counting.success,
        score=counting.score,
        progress=newest.progress,
        completed_at=min((i.completed_at for i in satisfied if i.completed_at), default=None),
        satisfied_at=min((i.satisfied_at for i in satisfied if i.satisfied_at), default=None),
        seconds=_time_in(attempts),
        verdict=_last_verdict(attempts),
        active=any(item.active for item in attempts),
    )


def _count(attempts: Sequence[_Attempt]) -> int:
    """The attempts in which the learner did something: those with a key, where there are any."""
    active = [item for item in attempts if item.active]
    return len([item for item in active if item.key]) or len(active)


def _time_in(attempts: Sequence[_Attempt]) -> float | None:
    """The sum over attempts. What belongs to none may tell of the same time: not added to it."""
    known = {item.key: item.seconds for item in attempts if item.seconds is not None}
    loose = known.pop("", None)
    totals = [sum(known.values())] if known else []
    return max([*totals, loose] if loose is not None else totals, default=None)


def _flags(
    ordered: Sequence[Evidence], first: Mapping[Kind, Evidence], whole: _Attempt
) -> frozenset[str]:
    """What a reader should know: of the attempt that counts, and of what belongs to none.

    first is the first evidence of each kind.
    """
    found: set[str] = set()
    for item in ordered:
        if item.flags and item.attempt in {whole.key, ""}:
            found.update(item.flags)
        if item.overridden:
            found.add("overridden")
    found.discard("timestamp_observed")
    if _ATTENDED in first:
        if _NO_SHOW in first:
            found.add("no_show_contradicted")
        if not any(item.kind is _ATTENDED and _was_there(item) for item in ordered):
            found.add("partial_attendance")
    if _REGISTERED in first and "timestamp_observed" in first[_REGISTERED].flags:
        found.add("registered_at_observed")
    if whole.completion is True and whole.success is False:
        found.add("completed_but_failed")
    return frozenset(found)
