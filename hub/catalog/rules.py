"""Pure rules about activities: what a statement tells about where its object belongs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.records import ActivityKind
from hub.findable import findable
from xapi import vocabulary

_KINDS: Mapping[str, ActivityKind] = {
    **dict.fromkeys(vocabulary.COURSE_TYPES, ActivityKind.COURSE),
    vocabulary.TYPE_MODULE: ActivityKind.MODULE,
    vocabulary.TYPE_LESSON: ActivityKind.LESSON,
    vocabulary.TYPE_EVENT: ActivityKind.RUN,
    vocabulary.TYPE_MEETING: ActivityKind.SESSION,
    vocabulary.TYPE_CERTIFICATE: ActivityKind.CERTIFICATE,
    vocabulary.TYPE_OBJECTIVE: ActivityKind.OBJECTIVE,
    vocabulary.TYPE_INTERACTION: ActivityKind.INTERACTION,
}

_LEARNING = frozenset(
    verb.id
    for verb in (
        vocabulary.ATTEMPTED,
        vocabulary.ATTENDED,
        vocabulary.COMPLETED,
        vocabulary.FAILED,
        vocabulary.INITIALIZED,
        vocabulary.LAUNCHED,
        vocabulary.MISSED,
        vocabulary.PASSED,
        vocabulary.PROGRESSED,
        vocabulary.REGISTERED,
        vocabulary.RESET,
        vocabulary.RESUMED,
        vocabulary.SATISFIED,
        vocabulary.SCORED,
        vocabulary.SUSPENDED,
        vocabulary.TERMINATED,
        vocabulary.UNREGISTERED,
        vocabulary.WAIVED,
    )
)

ABOUT_A_QUESTION = frozenset({vocabulary.RESPONDED.id, "http://adlnet.gov/expapi/verbs/answered"})
"""Verbs whose success is that of one answer: no verdict on an activity, and no course."""

_WITHIN = frozenset({ActivityKind.CERTIFICATE, ActivityKind.OBJECTIVE, ActivityKind.INTERACTION})
"""Kinds that are about a course and are none themselves."""

_ABOVE = ("parent", "grouping")
_NOTHING: Mapping[str, Any] = {}

_HOLDS_PARTS = (
    ActivityKind.COURSE,
    ActivityKind.MODULE,
    ActivityKind.LESSON,
    ActivityKind.RUN,
    ActivityKind.SESSION,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An activity as a statement names it, and where the statement says that it belongs.

    iri is what the activity is found by (hub.findable).

    own_course: nothing above it is named, and the statement is evidence of learning, so that it is
    a course by itself.
    """

    iri: str
    kind: ActivityKind | None
    title: str | None
    parent: "Seen | None" = None
    course: "Seen | None" = None
    own_course: bool = False

    def __hash__(self) -> int:
        # Looked up for every statement; what is above rarely tells two apart that this does not.
        return hash((self.iri, self.title, self.own_course))


def kind_of(type_iri: str | None) -> ActivityKind | None:
    """The kind that an activity type stands for, or None."""
    return _KINDS.get(type_iri or "")


def _title_of(activity: Mapping[str, Any]) -> str | None:
    names = activity.get("definition", _NOTHING).get("name")
    if not isinstance(names, Mapping) or not names:
        return None
    for language in ("en", "en-US", "en-GB"):
        if language in names:
            return str(names[language])
    return str(next(iter(names.values())))


def _plain(activity: Mapping[str, Any]) -> Seen:
    return Seen(
        iri=findable(activity["id"]),
        kind=kind_of(activity.get("definition", _NOTHING).get("type")),
        title=_title_of(activity),
    )


def _listed(context_activities: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    value = context_activities.get(name, ())
    return (value,) if isinstance(value, Mapping) else value


def seen_in(statement: Mapping[str, Any], *, is_evidence: bool) -> Seen | None:
    """The object of a statement with its place in a course; None when it is no activity.

    The course is the first activity of a course type in parent or grouping; the parent is the
    first activity in parent (then grouping) that can have parts. A section of an LMS page is none.
    """
    target = statement["object"]
    if target.get("objectType", "Activity") != "Activity":
        return None
    activity = _plain(target)
    if activity.kind is ActivityKind.COURSE:
        return Seen(activity.iri, activity.kind, activity.title, own_course=True)
    course: Seen | None = None
    parent: Seen | None = None
    around = statement.get("context", _NOTHING).get("contextActivities", _NOTHING)
    for name in _ABOVE:
        for item in _listed(around, name):
            # most come without a definition, and then say nothing of their kind
            if "definition" not in item or item["id"] == target["id"]:
                continue
            above = _plain(item)
            if parent is None and above.kind in _HOLDS_PARTS:
                parent = above
            if course is None and above.kind is ActivityKind.COURSE:
                course = above
    return Seen(
        activity.iri,
        activity.kind,
        activity.title,
        parent=parent,
        course=course,
        own_course=course is None and is_evidence and activity.kind not in _WITHIN,
    )


def is_about_learning(statement: Mapping[str, Any]) -> bool:
    """Whether a statement says something about taking its object as a course (not: signed in)."""
    verb = vocabulary.canonical_verb(statement["verb"]["id"])
    if verb in ABOUT_A_QUESTION:
        return False
    result = statement.get("result", {})
    return verb in _LEARNING or "completion" in result or "success" in result
