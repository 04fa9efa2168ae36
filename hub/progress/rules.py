"""The states of a course's parts -> one progress record. Pure: no clock, no database.

Parts reduce before the course. What the course's own system says about the course overrides what
would follow from the parts. Status is one word derived from separate facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from connectors.records import ActivityKind
from hub.progress.attempts import State, reduce_activity
from hub.progress.evidence import Evidence, Score

POLICY_VERSION = 1
"""Rises when these rules make other records of the same evidence."""

_DETAILS = (ActivityKind.OBJECTIVE, ActivityKind.INTERACTION)
"""Objectives and questions within a SCO: its own status already says what they amount to."""

Status = Literal[
    "not_started",
    "registered",
    "in_progress",
    "completed",
    "passed",
    "failed",
    "no_show",
    "withdrawn",
    "waived",
]


@dataclass(frozen=True, slots=True)
class Part:
    """An activity of the course as the catalog knows it; parent is None at the top."""

    iri: str
    kind: str | None = None
    title: str | None = None
    parent: str | None = None
    required: bool | None = None
    declared: bool = False
    decides: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A part with its state and the parts below it."""

    part: Part
    state: State
    below: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What one learner has done in one course, before anything that depends on the clock."""

    status: Status
    state: State
    percent: int
    flags: tuple[str, ...]
    sources: tuple[str, ...]
    parts: tuple[Mapping[str, Any], ...]
    evidence_count: int
    as_of: datetime | None


def reduce(
    evidence: Iterable[Evidence], parts: Sequence[Part], *, extra_flags: Iterable[str] = ()
) -> Record:
    """The progress record that a set of evidence makes, for a course with these parts."""
    details = {part.iri for part in parts if part.kind in _DETAILS}
    unique = {
        (item.statement, item.kind): item for item in evidence if item.activity not in details
    }
    parts = [part for part in parts if part.iri not in details]
    by_activity: dict[str, list[Evidence]] = {}
    for item in _sent_home(unique.values(), parts):
        by_activity.setdefault(item.activity, []).append(item)
    tops = _tree(parts, by_activity)
    state = _any_of([node.state for node in tops]) if len(tops) != 1 else tops[0].state
    shown = tops[0].below if len(tops) == 1 else tuple(tops)
    return Record(
        status=status_of(state),
        state=state,
        percent=percent_of(state),
        flags=tuple(sorted({*state.flags, *extra_flags})),
        sources=tuple(sorted({item.source for item in unique.values()})),
        parts=tuple(as_json(node) for node in shown if _worth_showing(node)),
        evidence_count=len({item.statement for item in unique.values()}),
        as_of=max((item.stored for item in unique.values()), default=None),
    )


def status_of(state: State) -> Status:
    """One word: satisfied, then what an administrator did, then what the learner did."""
    if state.satisfied:
        return "passed" if state.success is True else "completed"
    ladder: tuple[tuple[bool, Status], ...] = (
        (state.waived, "waived"),
        (state.withdrawn, "withdrawn"),
        (state.failed, "failed"),
        (state.no_show, "no_show"),
        (state.active, "in_progress"),
        (state.registered_at is not None or state.requested, "registered"),
    )
    return next((status for applies, status in ladder if applies), "not_started")


def percent_of(state: State) -> int:
    """100 exactly when satisfied; else what is known, at most 99; 0 when nothing is."""
    if state.satisfied:
        return 100
    return min(99, int((state.progress or 0.0) * 100))


def _sent_home(evidence: Iterable[Evidence], parts: Sequence[Part]) -> Iterator[Evidence]:
    """Give an outcome that was stated for the course to the run whose enrolment it judges.

    An instructor's verdict names the course and the enrolment; attendance of the same enrolment
    tells which run that is. A failed run must not count as attended.
    """
    evidence = list(evidence)
    kinds = {part.iri: part for part in parts}
    runs: dict[str, str] = {}
    for item in evidence:
        part = kinds.get(item.activity)
        if part is None or not item.registration:
            continue
        if part.kind == ActivityKind.RUN:
            runs[item.registration] = part.iri
        elif part.kind == ActivityKind.SESSION and part.parent:
            runs.setdefault(item.registration, part.parent)
    for item in evidence:
        part = kinds.get(item.activity)
        run = runs.get(item.registration) if item.registration else None
        if part is not None and part.kind == ActivityKind.COURSE and run is not None:
            yield replace(item, activity=run)
        else:
            yield item


def _tree(parts: Sequence[Part], by_activity: Mapping[str, list[Evidence]]) -> list[Node]:
    known = {part.iri: part for part in parts}
    for iri in sorted(set(by_activity) - set(known)):
        known[iri] = Part(iri)
    courses = [part for part in known.values() if part.kind == ActivityKind.COURSE]
    tops = courses or [part for part in known.values() if part.parent not in known]
    below: dict[str, list[Part]] = {}
    for part in known.values():
        if part in tops:
            continue
        parent = part.parent if part.parent in known else tops[0].iri
        below.setdefault(parent, []).append(part)
    return [_node(part, below, by_activity, frozenset()) for part in tops]


def _node(
    part: Part,
    below: Mapping[str, list[Part]],
    by_activity: Mapping[str, list[Evidence]],
    above: frozenset[str],
) -> Node:
    above = above | {part.iri}
    children = tuple(
        _node(child, below, by_activity, above)
        for child in below.get(part.iri, ())
        if child.iri not in above
    )
    own = reduce_activity(by_activity.get(part.iri, ()))
    return Node(part, _with_parts(part, own, children), children)


def _with_parts(part: Part, own: State, children: Sequence[Node]) -> State:
    """Join what is said about an activity itself with what its parts amount to."""
    runs = [child for child in children if child.part.kind == ActivityKind.RUN]
    others = [child for child in children if child.part.kind != ActivityKind.RUN]
    states = [own]
    if runs:
        states.append(_any_of([run.state for run in runs]))
    if others:
        states.append(_all_of(others))
    if len(states) == 1:
        return own
    return _joined(states, own_decides=part.decides)


def _required(children: Sequence[Node]) -> list[Node]:
    """The parts that count: those declared required, or all declared when none is said to be."""
    declared = [child for child in children if child.part.declared and not child.part.cancelled]
    said = [child for child in declared if child.part.required]
    return said or [child for child in declared if child.part.required is None]


def _all_of(children: Sequence[Node]) -> State:
    """Every required part must be satisfied (SCOs of a package, sessions of a run)."""
    required = _required(children)
    states = [child.state for child in required]
    everything = [child.state for child in children]
    satisfied = bool(states) and all(state.satisfied for state in states)
    judged = [state for state in states if state.success is not None]
    joined = _sums(everything)
    success: bool | None = None
    if any(state.failed for state in states):
        success = False
    elif satisfied and judged and all(state.success for state in judged):
        success = True
    completion: bool | None = None
    if satisfied:
        completion = True
    elif any(state.completion is False for state in states):
        completion = False
    done = sum(state.satisfied for state in states)
    return replace(
        joined,
        completion=completion,
        success=success,
        score=_mean_score(states),
        progress=done / len(states) if len(states) > 1 else _only(states).progress,
        satisfied_at=max(s.satisfied_at for s in states if s.satisfied_at) if satisfied else None,
        completed_at=max(s.completed_at or s.satisfied_at for s in states if s.satisfied_at)
        if satisfied
        else None,
        failed=bool(states) and all(state.failed for state in states),
        no_show=bool(states) and all(s.no_show for s in states),
        withdrawn=bool(states) and all(state.withdrawn for state in states),
        waived=bool(states) and all(state.waived for state in states),
        flags=joined.flags | _averaged(states),
        attempts=max((state.attempts for state in everything), default=0),
    )


def _only(states: Sequence[State]) -> State:
    return states[0] if states else State()


def _any_of(states: Sequence[State]) -> State:
    """One satisfied alternative is enough (runs of a course, the same course in two systems)."""
    satisfied = [state for state in states if state.satisfied]
    touched = [state for state in states if state != State()]
    joined = _sums(states)
    if satisfied:
        chosen = max(satisfied, key=lambda s: (s.success is True, _latest(s)))
        first = min(s.satisfied_at for s in satisfied if s.satisfied_at)
        dates = [s.completed_at for s in satisfied if s.completed_at]
        return replace(
            joined,
            completion=chosen.completion,
            success=chosen.success,
            score=chosen.score,
            satisfied_at=first,
            completed_at=min(dates, default=None),
            flags=joined.flags,
        )
    live = [state for state in touched if not state.withdrawn]
    chosen = max(live or touched, key=_latest, default=State())
    return replace(
        joined,
        completion=chosen.completion,
        success=chosen.success,
        score=chosen.score,
        progress=chosen.progress,
        failed=chosen.failed,
        no_show=bool(live) and all(state.no_show for state in live),
        withdrawn=bool(touched) and not live,
        requested=any(state.requested for state in live),
        waived=any(state.waived for state in states),
    )


def _latest(state: State) -> tuple[float, float]:
    moments = (state.result_at, state.satisfied_at, state.started_at, state.registered_at)
    stamps = [moment.timestamp() for moment in moments if moment is not None]
    return (max(stamps, default=0.0), state.registered_at.timestamp() if state.registered_at else 0)


def _joined(states: Sequence[State], *, own_decides: bool) -> State:
    """An activity's own state (first) with those of its parts."""
    own, rest = states[0], states[1:]
    joined = _sums(states)
    parts = rest[0] if len(rest) == 1 else _any_of(rest)
    satisfied_by = own if own.satisfied else parts
    satisfied_at = own.satisfied_at or (None if own_decides else parts.satisfied_at)
    success = own.success if own.success is not None else parts.success
    if satisfied_at is not None and own.success is None and parts.success is False:
        success = None if own.satisfied else False
    if satisfied_at is None and own.success is None and own_decides and parts.success is True:
        success = None
    return replace(
        joined,
        completion=own.completion
        if own.completion is not None
        else (None if own_decides and parts.completion else parts.completion),
        success=success,
        score=own.score or parts.score,
        progress=own.progress if own.progress is not None else parts.progress,
        satisfied_at=satisfied_at,
        completed_at=satisfied_by.completed_at if satisfied_at else None,
        failed=own.failed or (parts.failed and not own.active),
        no_show=(own.no_show or parts.no_show) and not (own.active or parts.active),
        withdrawn=own.withdrawn or (parts.withdrawn and own.registered_at is None),
        attempts=parts.attempts or own.attempts,
        waived=own.waived or parts.waived,
    )


def _sums(states: Sequence[State]) -> State:
    """What simply adds up or is earliest, latest or newest over states."""
    times = [state.seconds for state in states if state.seconds is not None]
    judged = [state for state in states if state.result_at is not None]
    newest = max(judged, key=lambda s: (s.result_at, s.result or ""), default=State())
    return State(
        registered_at=min((s.registered_at for s in states if s.registered_at), default=None),
        requested=any(state.requested for state in states),
        started_at=min((s.started_at for s in states if s.started_at), default=None),
        valid_until=max((s.valid_until for s in states if s.valid_until), default=None),
        due_at=max((s.due_at for s in states if s.due_at), default=None),
        attempts=sum(state.attempts for state in states),
        seconds=sum(times) if times else None,
        result=newest.result,
        result_at=newest.result_at,
        active=any(state.active for state in states),
        flags=frozenset(flag for state in states for flag in state.flags),
    )


def _mean_score(states: Sequence[State]) -> Score | None:
    """The only score as it is; the mean of several scaled ones, which has no raw value."""
    scored = [s.score for s in states if s.score is not None]
    if len(scored) <= 1:
        return scored[0] if scored else None
    scaled = [score.scaled for score in scored if score.scaled is not None]
    return Score(scaled=round(sum(scaled) / len(scaled), 4)) if scaled else None


def _averaged(states: Sequence[State]) -> frozenset[str]:
    several = len([state for state in states if state.score is not None]) > 1
    return frozenset({"score_averaged"}) if several else frozenset()


def _worth_showing(node: Node) -> bool:
    """Declared modules and SCOs always; runs, sessions and undeclared activities when used."""
    used = node.state != State()
    if node.part.kind in {ActivityKind.MODULE, ActivityKind.LESSON}:
        return node.part.declared or used
    return used


def as_json(node: Node) -> dict[str, Any]:
    """A part in the words of a progress record."""
    state = node.state
    return {
        "activity": node.part.iri,
        "title": node.part.title,
        "kind": node.part.kind,
        "required": node.part.required,
        "status": status_of(state),
        "completion": state.completion,
        "success": state.success,
        "score": score_json(state.score),
        "percent": percent_of(state),
        "attempts": state.attempts,
        "seconds": state.seconds,
        "registered_at": _text(state.registered_at),
        "started_at": _text(state.started_at),
        "completed_at": _text(state.completed_at),
        "satisfied_at": _text(state.satisfied_at),
        "last_result": state.result,
        "flags": sorted(state.flags),
        "parts": [as_json(child) for child in node.below if _worth_showing(child)],
    }


def score_json(score: Score | None) -> dict[str, float | None] | None:
    """A score as the API shows it; None when there is none."""
    if score is None or (score.scaled is None and score.raw is None):
        return None
    return {"scaled": score.scaled, "raw": score.raw, "min": score.min, "max": score.max}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
