"""How tests say what happened: evidence and parts in one line each."""

from datetime import UTC, datetime, timedelta

from connectors.records import ActivityKind
from hub.progress.evidence import Evidence, Kind, Score
from hub.progress.rollup import Part
from hub.progress.rules import reduce

BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
COURSE = "https://lms.example.org/course/1"


def day(number):
    return BEGIN + timedelta(days=number)


def said(kind, at=0, activity=COURSE, *, score=None, **more):
    """Evidence on a day; its statement is named after all of it."""
    attempt = more.pop("attempt", None)
    if attempt is not None:
        more |= {"attempt": str(attempt), "number": attempt}
    values = {
        "kind": Kind(kind),
        "at": day(at),
        "stored": day(99),
        "activity": activity,
        "source": "source:lms",
        "score": None if score is None else Score(scaled=score),
        **more,
    }
    return Evidence(**{"statement": repr(sorted(values.items(), key=str)), **values})


def course(**more):
    return Part(COURSE, ActivityKind.COURSE, **more)


def part(kind, iri, parent=COURSE, **more):
    return Part(iri, ActivityKind(kind), parent=parent, **{"declared": True, **more})


def record(*evidence, parts=()):
    """The record of the course; without parts it is the course alone."""
    return reduce(evidence, [course(), *parts])


def shown(found, iri):
    """A part of a record, wherever it stands below."""
    waiting = list(found.parts)
    while waiting:
        one = waiting.pop()
        if one["activity"] == iri:
            return one
        waiting.extend(one["parts"])
    raise LookupError(iri)
