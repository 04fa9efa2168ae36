"""The states of a course's parts -> one progress record. Pure: no clock, no database.

Parts reduce before the course. What the course's own system says about the course overrides what
would follow from the parts. Status is one word derived from separate facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from connectors.records import ActivityKind
from hub.progress.attempts import newest_versions, reduce_activity
from hub.progress.evidence import Evidence, Score
from hub.progress.rollup import Node, Part, any_of, state_of
from hub.progress.state import State

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
    parts = [part for part in parts if part.iri not in details]
    counted = newest_versions(item for item in evidence if item.activity not in details)
    by_activity: dict[str, list[Evidence]] = {}
    for item in _sent_home(counted, parts):
        by_activity.setdefault(item.activity, []).append(item)
    tops = _tree(parts, by_activity)
    state = any_of([node.state for node in tops])
    shown = tops[0].below if len(tops) == 1 else tops
    return Record(
        status=status_of(state),
        state=state,
        percent=percent_of(state),
        flags=tuple(sorted({*state.flags, *extra_flags})),
        sources=tuple(sorted({item.source for item in counted})),
        parts=tuple(as_json(node) for node in shown if _worth_showing(node)),
        evidence_count=len({item.statement for item in counted}),
        as_of=max((item.stored for item in counted), default=None),
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
    return min(99, int(round((state.progress or 0.0) * 100, 6)))


def _sent_home(evidence: Sequence[Evidence], parts: Sequence[Part]) -> Iterator[Evidence]:
    """Give an outcome that was stated for the course to the run whose enrolment it judges.

    An instructor's verdict names the course and the enrolment; attendance of the same enrolment
    tells which run that is. A failed run must not count as attended. Where a system decides about
    the course itself, what it says of the course stays there.
    """
    known = {part.iri: part for part in parts}
    runs: dict[str, set[str]] = {}
    for item in evidence:
        part = known.get(item.activity)
        if part is None or not item.registration:
            continue
        if part.kind == ActivityKind.RUN:
            runs.setdefault(item.registration, set()).add(part.iri)
        above = known.get(part.parent or "")
        if part.kind == ActivityKind.SESSION and above and above.kind == ActivityKind.RUN:
            runs.setdefault(item.registration, set()).add(above.iri)
    if not runs:
        yield from evidence
        return
    for item in evidence:
        part = known.get(item.activity)
        if part is None or part.kind != ActivityKind.COURSE or part.decides:
            yield item
        elif item.registration in runs:
            yield replace(item, activity=min(runs[item.registration]))
        else:
            yield item


def _tree(parts: Sequence[Part], by_activity: Mapping[str, list[Evidence]]) -> list[Node]:
    """The tops (courses; without one, whatever has nothing above it) with all below them."""
    known = {part.iri: part for part in parts}
    for iri in sorted(set(by_activity) - set(known)):
        known[iri] = Part(iri)
    courses = [part for part in known.values() if part.kind == ActivityKind.COURSE]
    tops = courses or [part for part in known.values() if _stands_alone(part, known)]
    below: dict[str, list[Part]] = {}
    for part in known.values():
        if part in tops:
            continue
        alone = _stands_alone(part, known)
        parent = tops[0].iri if alone or part.parent is None else part.parent
        below.setdefault(parent, []).append(part)
    return [_node(part, below, by_activity) for part in tops]


def _stands_alone(part: Part, known: Mapping[str, Part]) -> bool:
    """Whether nothing is above it: statements may also put two activities above each other."""
    above: set[str] = set()
    upper = known.get(part.parent or "")
    if upper is None:
        return True
    while upper is not None and upper.iri not in above:
        above.add(upper.iri)
        upper = known.get(upper.parent or "")
    return part.iri in above


def _node(
    part: Part, below: Mapping[str, list[Part]], by_activity: Mapping[str, list[Evidence]]
) -> Node:
    nodes = [_node(child, below, by_activity) for child in below.get(part.iri, ())]
    # What only other learners' statements have brought into the course says nothing about this one.
    children = tuple(node for node in nodes if node.part.declared or node.state != State())
    own = reduce_activity(by_activity.get(part.iri, ()))
    return Node(part, state_of(part, own, children), children)


def _worth_showing(node: Node) -> bool:
    """Declared modules and SCOs always; runs, sessions and undeclared activities when used.

    A certificate is no part of a course: nobody starts or completes it.
    """
    if node.part.kind == ActivityKind.CERTIFICATE:
        return False
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
