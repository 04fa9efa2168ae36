"""The states of an activity's parts -> what they amount to together. Pure.

Refuses to infer where the activity's own system decides, or has taken a completion back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.records import ActivityKind
from hub.progress.evidence import Score
from hub.progress.state import NOTHING, State

# Each look-up in the enumeration itself is a call on Python 3.11.
_RUN = ActivityKind.RUN
_CERTIFICATE = ActivityKind.CERTIFICATE

_OF_THE_WHOLE = frozenset(
    {
        "no_show_contradicted",
        "partial_attendance",
        "registered_at_observed",
        "score_averaged",
        "timestamp_implausible",
    }
)
"""Flags of one of several parts that are also true of the activity above them."""


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
    below: tuple["Node", ...] = ()


def state_of(part: Part, own: State, children: Sequence[Node]) -> State:
    """Join what is said about an activity itself with what its parts amount to."""
    state = own
    if children:
        runs = [child.state for child in children if child.part.kind == _RUN]
        others = [child for child in children if child.part.kind != _RUN]
        ways = [any_of(runs)] if runs else []
        if others:
            ways.append(all_of(others))
        state = joined(own, any_of(ways), decides=part.decides)
    return _called_off(state) if part.cancelled else state


def _called_off(state: State) -> State:
    """What has not taken place: a registration for it is void, and nobody was absent."""
    if state.satisfied or state.active or state.says_nothing:
        return state
    return replace(
        state, withdrawn=True, requested=False, no_show=False, result=None, result_at=None
    )


def required_of(children: Sequence[Node]) -> list[Node]:
    """The parts that count: those declared required, or all declared when none is said to be."""
    declared = [child for child in children if child.part.declared and not child.part.cancelled]
    said = [child for child in declared if child.part.required]
    return said or [child for child in declared if child.part.required is None]


def all_of(children: Sequence[Node]) -> State:
    """Every required part must be satisfied or waived (SCOs of a package, sessions of a run).

    The verdict on one of several parts is not a verdict on the whole. Where a source has listed the
    parts, what statements name beside them makes them no more.
    """
    everything = [child.state for child in children]
    if all(state.says_nothing for state in everything):
        return NOTHING
    states = [child.state for child in required_of(children)]
    done = [state for state in states if state.satisfied_at is not None]
    met = len([state for state in states if state.satisfied_at is not None or state.waived])
    satisfied = bool(done) and met == len(states)
    verdicts = [state.success for state in states if state.success is not None]
    success: bool | None = None
    if any(state.failed for state in states):
        success = False
    elif satisfied and verdicts and all(verdicts):
        success = True
    completion = True if satisfied else None
    if not satisfied and any(state.completion is False for state in states):
        completion = False
    scores = [state.score for state in states if state.score is not None]
    progress = met / len(states) if len(states) > 1 else None
    total = _sum(everything)
    listed = [child for child in children if child.part.kind != _CERTIFICATE]
    several = len([child for child in listed if child.part.declared] or listed) > 1
    flags = total.flags & _OF_THE_WHOLE if several else total.flags
    return State(
        completion=completion,
        success=success,
        score=_mean(scores),
        progress=states[0].progress if len(states) == 1 else progress,
        registered_at=total.registered_at,
        requested=total.requested,
        started_at=total.started_at,
        completed_at=max([s.completed_at or s.satisfied_at for s in done if s.satisfied_at])
        if satisfied
        else None,
        satisfied_at=max([s.satisfied_at for s in done if s.satisfied_at]) if satisfied else None,
        valid_until=total.valid_until,
        due_at=total.due_at,
        attempts=max([state.attempts for state in everything]),
        seconds=total.seconds,
        result=None if several else total.result,
        result_at=None if several else total.result_at,
        active=total.active,
        failed=bool(states) and all(state.failed for state in states),
        no_show=bool(states) and all(state.no_show for state in states),
        withdrawn=bool(states) and all(state.withdrawn for state in states),
        waived=bool(states) and all(state.waived for state in states),
        flags=flags | {"score_averaged"} if len(scores) > 1 else flags,
    )


def _mean(scores: Sequence[Score]) -> Score | None:
    """The only score as it is; the mean of several scaled ones, which has no raw value."""
    if len(scores) <= 1:
        return scores[0] if scores else None
    scaled = [score.scaled for score in scores if score.scaled is not None]
    return Score(scaled=round(sum(scaled) / len(scaled), 4)) if scaled else None


def any_of(ways: Sequence[State]) -> State:
    """One satisfied alternative is enough (runs of a course, the same course in two systems).

    Where none is, the newest that the learner has not withdrawn from tells how things stand.
    """
    touched = [state for state in ways if not state.says_nothing]
    if len(touched) <= 1:
        return touched[0] if touched else NOTHING
    satisfied = [state for state in touched if state.satisfied]
    live = satisfied or [state for state in touched if not state.withdrawn] or touched
    chosen = max(live, key=lambda s: (s.satisfied and s.success is True, *_latest(s)))
    total = _sum(touched)
    return State(
        completion=True if any(s.completion for s in satisfied) else chosen.completion,
        success=chosen.success,
        score=chosen.score,
        progress=chosen.progress,
        registered_at=total.registered_at,
        requested=any(state.requested for state in live),
        started_at=total.started_at,
        completed_at=min((s.completed_at for s in live if s.completed_at), default=None),
        satisfied_at=min((s.satisfied_at for s in live if s.satisfied_at), default=None),
        valid_until=total.valid_until,
        due_at=total.due_at,
        attempts=total.attempts,
        seconds=total.seconds,
        result=total.result,
        result_at=total.result_at,
        active=total.active,
        failed=chosen.failed,
        no_show=all(state.no_show for state in live),
        withdrawn=all(state.withdrawn for state in touched),
        waived=any(state.waived for state in touched),
        flags=frozenset(flag for state in live for flag in state.flags),
    )


def _latest(state: State) -> tuple[float, ...]:
    """When something last happened; then what distinguishes states of the same moment."""
    moments = (state.result_at, state.satisfied_at, state.started_at, state.registered_at)
    stamps = [moment.timestamp() for moment in moments if moment is not None]
    booked = state.registered_at.timestamp() if state.registered_at else 0.0
    return (max(stamps, default=0.0), booked, state.attempts)


def joined(own: State, parts: State, *, decides: bool) -> State:
    """What is said about an activity itself, with what its parts amount to.

    The parts tell how it stands unless its own system decides, has said that it is done, that the
    learner has failed, or that it is not done after all.
    """
    done = own.satisfied_at is not None
    taken_back = own.completion is False or own.success is False
    ruling = own if done or decides or taken_back else parts
    success = True if done and parts.success else ruling.success
    completion = ruling.completion
    if completion is None and success is False and not decides:
        completion = parts.completion
    flags = own.flags | parts.flags
    if own.score is not None:
        flags -= {"score_averaged"}
    if completion is True and success is False:
        flags |= {"completed_but_failed"}
    active = own.active or parts.active
    result_at, result = _newest_result([own, parts])
    return State(
        completion=completion,
        success=success,
        score=own.score or parts.score,
        progress=own.progress if own.progress is not None else parts.progress,
        registered_at=_earlier(own.registered_at, parts.registered_at),
        requested=own.requested or parts.requested,
        started_at=_earlier(own.started_at, parts.started_at),
        completed_at=ruling.completed_at,
        satisfied_at=ruling.satisfied_at,
        valid_until=_later(own.valid_until, parts.valid_until),
        due_at=_later(own.due_at, parts.due_at),
        attempts=max(own.attempts, parts.attempts),
        seconds=_more(own.seconds, parts.seconds),
        result=result,
        result_at=result_at,
        active=active,
        failed=ruling.failed,
        no_show=(own.no_show or parts.no_show) and not active,
        withdrawn=own.withdrawn or (parts.withdrawn and own.registered_at is None),
        waived=own.waived or parts.waived,
        flags=flags,
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def _more(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _newest_result(states: Sequence[State]) -> tuple[datetime | None, str | None]:
    judged = [(s.result_at, s.result or "") for s in states if s.result_at is not None]
    return max(judged, default=(None, None))


def _sum(states: Sequence[State]) -> State:
    """What adds up, or is the earliest, latest or newest of several states.

    What does not add up is for the caller to set.
    """
    states = [state for state in states if state is not NOTHING]
    if len(states) == 1:
        return states[0]
    times = [s.seconds for s in states if s.seconds is not None]
    result_at, result = _newest_result(states)
    return State(
        registered_at=min([s.registered_at for s in states if s.registered_at], default=None),
        requested=any(state.requested for state in states),
        started_at=min([s.started_at for s in states if s.started_at], default=None),
        valid_until=max([s.valid_until for s in states if s.valid_until], default=None),
        due_at=max([s.due_at for s in states if s.due_at], default=None),
        attempts=sum([state.attempts for state in states]),
        seconds=sum(times) if times else None,
        result=result,
        result_at=result_at,
        active=any(state.active for state in states),
        flags=frozenset().union(*[state.flags for state in states]),
    )
