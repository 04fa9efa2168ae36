"""The states of a course's parts -> one progress record. Pure: no clock, no database.

Parts reduce before the course. What the course's own system says about the course overrides what
would follow from the parts. Status is one word derived from separate facts.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
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

_STEPS = frozenset({ActivityKind.MODULE, ActivityKind.LESSON})
"""What a learner is meant to go through."""

# A look-up in the enumeration itself is a call on Python 3.11.
_COURSE = ActivityKind.COURSE
_CERTIFICATE = ActivityKind.CERTIFICATE

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


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of a course, arranged once for all its learners.

    tops are the courses (without one, whatever has nothing above it); below lists what hangs
    directly under a part; above is the way back up. details are the parts that are no evidence.
    runs tells of each run, and of each session in one, which run that is.
    """

    parts: Mapping[str, Part]
    details: frozenset[str]
    tops: tuple[Part, ...]
    below: Mapping[str, Sequence[Part]]
    above: Mapping[str, str]
    runs: Mapping[str, str]


def outline_of(parts: Iterable[Part]) -> Outline:
    """Arrange the parts of a course."""
    listed = tuple(parts)
    known = {part.iri: part for part in listed if part.kind not in _DETAILS}
    courses = [part for part in known.values() if part.kind == _COURSE]
    alone = {part.iri for part in known.values() if _stands_alone(part, known)}
    tops = courses or [part for part in known.values() if part.iri in alone]
    top_iris = {part.iri for part in tops}
    below: dict[str, list[Part]] = {}
    above: dict[str, str] = {}
    for part in known.values():
        if part.iri in top_iris:
            continue
        stray = part.iri in alone or part.parent is None
        above[part.iri] = tops[0].iri if stray else part.parent or ""
        below.setdefault(above[part.iri], []).append(part)
    details = frozenset(part.iri for part in listed if part.kind in _DETAILS)
    return Outline(known, details, tuple(tops), below, above, _runs(known))


def reduce(
    evidence: Iterable[Evidence],
    parts: Outline | Iterable[Part],
    *,
    extra_flags: Iterable[str] = (),
) -> Record:
    """The progress record that a set of evidence makes, for a course with these parts."""
    outline = parts if isinstance(parts, Outline) else outline_of(parts)
    counted = newest_versions(item for item in evidence if item.activity not in outline.details)
    by_activity: dict[str, list[Evidence]] = {}
    for item in _sent_home(counted, outline) if outline.runs else counted:
        by_activity.setdefault(item.activity, []).append(item)
    strangers = by_activity.keys() - outline.parts.keys()
    if strangers:
        more = [Part(iri) for iri in sorted(strangers)]
        outline = outline_of([*outline.parts.values(), *more])
    tops = _tree(outline, by_activity)
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
        as_of=max([item.stored for item in counted], default=None),
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


def _runs(known: Mapping[str, Part]) -> dict[str, str]:
    runs = {part.iri: part.iri for part in known.values() if part.kind == ActivityKind.RUN}
    for part in known.values():
        if part.kind == ActivityKind.SESSION and part.parent in runs:
            runs[part.iri] = part.parent
    return runs


def _sent_home(evidence: Sequence[Evidence], outline: Outline) -> Sequence[Evidence]:
    """Give an outcome that was stated for the course to the run whose enrolment it judges.

    An instructor's verdict names the course and the enrolment; attendance of the same enrolment
    tells which run that is. A failed run must not count as attended. Where a system decides about
    the course itself, what it says of the course stays there.
    """
    enrolled: dict[str, set[str]] = {}
    for item in evidence:
        run = outline.runs.get(item.activity)
        if run is not None and item.registration:
            enrolled.setdefault(item.registration, set()).add(run)
    if not enrolled:
        return evidence
    courses = {
        part.iri for part in outline.parts.values() if part.kind == _COURSE and not part.decides
    }
    return [
        replace(item, activity=min(enrolled[item.registration]))
        if item.activity in courses and item.registration in enrolled
        else item
        for item in evidence
    ]


def _tree(outline: Outline, by_activity: Mapping[str, list[Evidence]]) -> list[Node]:
    """The tops with all below them."""
    spoken_of: set[str] = set()
    for iri in by_activity:
        one: str | None = iri
        while one is not None and one not in spoken_of:
            spoken_of.add(one)
            one = outline.above.get(one)
    return [_node(part, outline, by_activity, spoken_of) for part in outline.tops]


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
    part: Part,
    outline: Outline,
    by_activity: Mapping[str, list[Evidence]],
    spoken_of: Container[str],
) -> Node:
    # What only other learners' statements have brought into the course says nothing about this one.
    children = [
        _node(child, outline, by_activity, spoken_of)
        for child in outline.below.get(part.iri, ())
        if child.declared or child.iri in spoken_of
    ]
    said = tuple([node for node in children if node.part.declared or not node.state.says_nothing])
    own = reduce_activity(by_activity.get(part.iri, ()))
    return Node(part, state_of(part, own, said), said)


def _worth_showing(node: Node) -> bool:
    """Declared modules and SCOs always; runs, sessions and undeclared activities when used.

    A certificate is no part of a course: nobody starts or completes it.
    """
    if node.part.kind == _CERTIFICATE:
        return False
    used = not node.state.says_nothing
    if node.part.kind in _STEPS:
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
