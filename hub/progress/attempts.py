"""Evidence about one activity -> the state of that activity, attempt by attempt. Pure.

Works on a set: the order in which evidence arrives does not matter, nor does arriving twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.progress.evidence import RANK, Evidence, Kind, Score

MIN_ATTENDANCE = 0.8
"""Share of a session that counts as having attended it."""

_VERDICTS = {
    Kind.PASSED: "passed",
    Kind.FAILED: "failed",
    Kind.COMPLETED: "completed",
    Kind.NO_SHOW: "no_show",
}
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


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one activity, or of a course with its parts.

    seconds is the time spent; progress 0..1; result and result_at are the newest verdict.
    """

    completion: bool | None = None
    success: bool | None = None
    score: Score | None = None
    progress: float | None = None
    registered_at: datetime | None = None
    requested: bool = False
    started_at: datetime | None = None
    completed_at: datetime | None = None
    satisfied_at: datetime | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    seconds: float | None = None
    result: str | None = None
    result_at: datetime | None = None
    active: bool = False
    failed: bool = False
    no_show: bool = False
    withdrawn: bool = False
    waived: bool = False
    flags: frozenset[str] = frozenset()

    @property
    def satisfied(self) -> bool:
        return self.satisfied_at is not None


def newest_versions(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Each statement once, and of each fact of a source only its newest version."""
    unique = {(item.statement, item.kind): item for item in evidence}
    newest: dict[int, int] = {}
    for item in unique.values():
        if item.fact is not None:
            newest[item.fact] = max(newest.get(item.fact, 0), item.version)
    return [
        item for item in unique.values() if item.fact is None or item.version == newest[item.fact]
    ]


def in_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The total order: time, kind, attempt number, source, statement id. Never arrival."""
    return sorted(
        evidence,
        key=lambda e: (e.at, RANK[e.kind], e.number or 0, e.source, e.version, e.statement),
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    key: str
    number: int | None
    last_at: datetime
    state: State


def reduce_activity(evidence: Iterable[Evidence]) -> State:
    """The state of one activity from the evidence about itself."""
    ordered = in_order(newest_versions(evidence))
    if not ordered:
        return State()
    groups: dict[str, list[Evidence]] = defaultdict(list)
    for item in ordered:
        groups[item.attempt].append(item)
    attempts = [
        _Attempt(key, items[-1].number, items[-1].at, _reduce_attempt(items))
        for key, items in groups.items()
    ]
    return _combine(ordered, attempts)


def _reduce_attempt(items: Sequence[Evidence]) -> State:
    """One attempt: later evidence replaces earlier, a pass is not undone by a plain failure."""
    state = State()
    sessions: dict[str, float] = {}
    total = 0.0
    attended = 0.0
    for item in items:
        state = _apply(state, item)
        if item.seconds is not None and item.kind in {Kind.ENDED, Kind.ATTENDED}:
            sessions[item.statement] = item.seconds
        total = max(total, item.total_seconds or 0.0)
        if item.kind is Kind.ATTENDED:
            attended = max(attended, item.fraction or 0.0)
            if attended >= MIN_ATTENDANCE:
                state = replace(state, completion=True, completed_at=state.completed_at or item.at)
    known = bool(sessions) or total > 0
    state = replace(state, seconds=max(total, sum(sessions.values())) if known else None)
    # A completed session with a failed outcome is a failure, whatever the order.
    satisfied = state.success is True or (state.completion is True and state.success is None)
    if satisfied:
        first = min(at for at in (state.satisfied_at, state.completed_at) if at is not None)
        return replace(state, satisfied_at=first)
    return replace(state, satisfied_at=None, failed=state.success is False)


def _apply(state: State, item: Evidence) -> State:
    if item.score is not None and item.kind is not Kind.PROGRESSED:
        state = replace(state, score=item.score)
    if item.progress is not None:
        state = replace(state, progress=item.progress)
    match item.kind:
        case Kind.PASSED:
            return replace(state, success=True, satisfied_at=state.satisfied_at or item.at)
        case Kind.FAILED:
            return replace(state, success=False)
        case Kind.COMPLETED:
            return replace(state, completion=True, completed_at=state.completed_at or item.at)
        case Kind.UNCOMPLETED:
            return replace(
                state, completion=False, success=None, completed_at=None, satisfied_at=None
            )
        case _:
            return state


def _newest(attempts: Sequence[_Attempt]) -> _Attempt:
    """The highest number among counted attempts, unless an uncounted one has a later verdict."""
    counted = [item for item in attempts if item.number is not None]
    others = [item for item in attempts if item.number is None and _has_verdict(item.state)]
    best = max(counted, key=lambda item: (item.number or 0, item.last_at), default=None)
    for item in others:
        if best is None or item.last_at > best.last_at:
            best = item
    return best or max(attempts, key=lambda item: item.last_at)


def _has_verdict(state: State) -> bool:
    return state.success is not None or state.completion is not None


def _best(attempts: Sequence[_Attempt], newest: _Attempt) -> _Attempt:
    """The attempt that counts: a satisfied one with the highest score, else the newest."""
    satisfied = [item for item in attempts if item.state.satisfied]
    if not satisfied:
        return newest
    return max(
        satisfied,
        key=lambda item: (item.state.success is True, scaled_of(item.state.score), item.key),
    )


def scaled_of(score: Score | None) -> float:
    """For comparing: a score without a scale comes last."""
    return score.scaled if score is not None and score.scaled is not None else -2.0


def _combine(ordered: Sequence[Evidence], attempts: Sequence[_Attempt]) -> State:
    newest = _newest(attempts)
    counting = _best(attempts, newest)
    chosen = counting.state
    satisfied = [item.state for item in attempts if item.state.satisfied]
    first = min((s.satisfied_at for s in satisfied if s.satisfied_at), default=None)
    completed = [s.state.completed_at for s in attempts if s.state.completed_at]
    kinds = {item.kind for item in ordered}
    verdict = _last_verdict(ordered)
    booking = _last_booking(ordered)
    times = [item.state.seconds for item in attempts if item.state.seconds is not None]
    counted = {item.attempt for item in ordered if item.kind in _ACTIVE and not _by_hand(item)}
    return State(
        completion=True if any(s.completion for s in satisfied) else chosen.completion,
        success=chosen.success,
        score=chosen.score,
        progress=newest.state.progress,
        registered_at=min((e.at for e in ordered if e.kind is Kind.REGISTERED), default=None),
        requested=booking is Kind.REQUESTED,
        started_at=_started_at(ordered),
        completed_at=min(completed, default=None) if satisfied else None,
        satisfied_at=first,
        valid_until=_valid_until(ordered),
        due_at=next((e.due_at for e in reversed(ordered) if e.due_at), None),
        attempts=len(counted),
        seconds=sum(times) if times else None,
        result=_VERDICTS[verdict.kind] if verdict else None,
        result_at=verdict.at if verdict else None,
        active=bool(counted),
        failed=newest.state.failed,
        no_show=Kind.NO_SHOW in kinds and Kind.ATTENDED not in kinds,
        withdrawn=booking is Kind.WITHDRAWN,
        waived=Kind.WAIVED in kinds,
        flags=_flags(ordered, counting),
    )


def _by_hand(item: Evidence) -> bool:
    return item.overridden


def _started_at(ordered: Sequence[Evidence]) -> datetime | None:
    starts = [e.at for e in ordered if e.kind in {Kind.STARTED, Kind.ATTENDED}]
    return min(starts, default=None)


def _last_verdict(ordered: Sequence[Evidence]) -> Evidence | None:
    """The newest verdict; counted attempts settle equal times."""
    verdicts = [item for item in ordered if item.kind in _VERDICTS and not item.overridden]
    strong = [item for item in verdicts if item.kind is not Kind.COMPLETED] or verdicts
    return max(strong, key=lambda e: (e.at, e.number or 0, RANK[e.kind]), default=None)


def _last_booking(ordered: Sequence[Evidence]) -> Kind | None:
    bookings = [e for e in ordered if e.kind in {Kind.REGISTERED, Kind.REQUESTED, Kind.WITHDRAWN}]
    return bookings[-1].kind if bookings else None


def _valid_until(ordered: Sequence[Evidence]) -> datetime | None:
    """The latest expiry that was stated and not revoked since."""
    until: datetime | None = None
    for item in ordered:
        if item.kind is Kind.REVOKED:
            until = None
        elif item.valid_until is not None:
            until = max(until, item.valid_until) if until else item.valid_until
    return until


def _flags(ordered: Sequence[Evidence], counting: _Attempt) -> frozenset[str]:
    """What a reader should know: of the attempt that counts, and of what belongs to none."""
    relevant = [item for item in ordered if item.attempt in {counting.key, ""}]
    found = {flag for item in relevant for flag in item.flags} - {"timestamp_observed"}
    kinds = {item.kind for item in ordered}
    if Kind.NO_SHOW in kinds and Kind.ATTENDED in kinds:
        found.add("no_show_contradicted")
    if any(item.overridden for item in ordered):
        found.add("overridden")
    registered = [item for item in ordered if item.kind is Kind.REGISTERED]
    if registered and "timestamp_observed" in registered[0].flags:
        found.add("registered_at_observed")
    there = [item for item in ordered if item.kind is Kind.ATTENDED]
    if there and not any((item.fraction or 0.0) >= MIN_ATTENDANCE for item in there):
        found.add("partial_attendance")
    if counting.state.completion is True and counting.state.success is False:
        found.add("completed_but_failed")
    return frozenset(found)
