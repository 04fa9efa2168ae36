"""Which activities a statement names, and where (xAPI Data 2.4.4.1, 2.4.6.2).

Reads validated statements. What an activity's definitions add up to is xapi.definitions' business.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

Place = Literal["object", "related"]
"""object: what the `activity` filter matches; related: what related_activities adds to it."""

Named = tuple[str, Mapping[str, Any] | None, Place]
"""The IRI of an activity, its definition if one came with it, and where it stands."""


def activities_in(statement: Mapping[str, Any]) -> Iterator[Named]:
    """Yield every activity of a statement; one that stands in several places comes several times.

    The object comes first. Those of a SubStatement are related (Communication 2.1.3).
    """
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target["id"], target.get("definition"), "object"
    elif kind == "SubStatement":
        for iri, definition, _ in activities_in(target):
            yield iri, definition, "related"
    context = statement.get("context")
    if context is not None:
        for group in context.get("contextActivities", _NONE).values():
            for activity in group if type(group) is list else (group,):
                yield activity["id"], activity.get("definition"), "related"


def verbs_in(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """Yield the IRI and the display of the verb, and of the SubStatement's verb."""
    verb = statement["verb"]
    yield verb["id"], verb.get("display")
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        verb = target["verb"]
        yield verb["id"], verb.get("display")


_NONE: Mapping[str, Any] = {}
