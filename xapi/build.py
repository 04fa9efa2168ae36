"""Builds the statements that the hub authors, with tincan's model of a statement.

tincan gives parts their objectType and refuses parts that xAPI has not. It also respells values
(36 hours become a day and a half, 92 becomes 92.0, a null inside extensions disappears), so what
was given is put back word for word, and our own validator has the last say. Nothing else in the
project uses tincan for statements that it keeps.
"""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import tincan

from xapi.errors import InvalidStatement
from xapi.validate import validate
from xapi.vocabulary import Verb

_ORDER = ("id", "actor", "verb", "object", "result", "context", "timestamp")


def statement(
    *,
    actor: Mapping[str, Any],
    verb: Verb,
    object: Mapping[str, Any],  # noqa: A002 - the word of the standard
    result: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    timestamp: datetime | None = None,
    id: UUID | None = None,  # noqa: A002 - the word of the standard
) -> dict[str, Any]:
    """Return a valid statement as plain JSON values. The arguments are not changed.

    Parts that are None or empty are left out, also inside result and context (not inside
    extensions). *timestamp* is aware; it is written in UTC. There is no version property: the LRS
    sets it. Raises ValueError for a naive timestamp, InvalidStatement for what xAPI forbids.
    """
    given: dict[str, Any] = {
        "actor": deepcopy(dict(actor)),
        "verb": {"id": verb.id, "display": {"en": verb.display}},
        "object": deepcopy(dict(object)),
        "result": _without_empty(result),
        "context": _without_empty(context),
        "timestamp": _written(timestamp),
        "id": str(id) if id is not None else None,
    }
    given = {key: given[key] for key in _ORDER if given[key]}
    problems = validate(given)
    if problems:  # before tincan, whose errors do not say what is wrong
        raise InvalidStatement(problems)
    shaped = tincan.Statement(**_for_tincan(given)).as_version()
    built = _as_given(shaped, given)
    del built["version"]
    return {key: built[key] for key in _ORDER if key in built}


def _without_empty(part: Mapping[str, Any] | None) -> dict[str, Any]:
    if part is None:
        return {}
    kept = {key: deepcopy(value) for key, value in part.items()}
    around = kept.get("contextActivities")
    if isinstance(around, dict):
        kept["contextActivities"] = {key: value for key, value in around.items() if value}
    return {key: value for key, value in kept.items() if value not in (None, "", {}, [])}


def _written(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("the timestamp of a statement needs a time zone")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _for_tincan(given: dict[str, Any]) -> dict[str, Any]:
    """Copy what tincan is going to rename keys in; give it UUIDs of every version as objects."""
    copy = deepcopy(given)
    if "id" in copy:
        copy["id"] = UUID(copy["id"])
    if "registration" in copy.get("context", {}):
        copy["context"]["registration"] = UUID(copy["context"]["registration"])
    for reference in (copy["object"], copy.get("context", {}).get("statement", {})):
        if reference.get("objectType") == "StatementRef":
            reference["id"] = UUID(reference["id"])
    return copy


def _as_given(shaped: Any, given: Any) -> Any:
    """Take tincan's shape (its added members) with the values, and all the members, of *given*."""
    if isinstance(shaped, dict) and isinstance(given, dict):
        return {key: _as_given(value, given.get(key, value)) for key, value in shaped.items()} | {
            key: value for key, value in given.items() if key not in shaped
        }
    if isinstance(shaped, list) and isinstance(given, list) and len(shaped) == len(given):
        return [_as_given(left, right) for left, right in zip(shaped, given, strict=True)]
    return given
