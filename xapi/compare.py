"""Whether two statements are the same one (xAPI Data 2.3.1, "Statement Comparison").

A sender that did not hear the answer sends again. The same statement in another spelling must then
be recognised; anything else under the same id is a conflict.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from xapi.formats import instant_of
from xapi.json import canonical

_LRS_ASSIGNED = ("id", "authority", "stored", "version")
_SMALL = 1e-4
"""Below this Python writes numbers with an exponent, and orjson as it likes."""
_FINER_THAN_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+(?=S$)")


def equality_digest(
    statement: Mapping[str, Any], *, version: str = "1.0.3", ignore_timestamp: bool = False
) -> bytes:
    """Return 16 bytes that are equal for statements that the standard calls the same.

    *statement* is valid. Ignored: id, authority, stored, version; the display of verbs; the
    definitions of activities; the order of group members; the time zone of timestamps; case where
    it has no meaning; the bytes of attachments. A duration counts as text, in xAPI 2.0 without what
    is finer than 0.01 s. *ignore_timestamp*: the LRS assigned it, so a replay has none.
    """
    normal = _body(statement, second=version.startswith("2."))
    for name in _LRS_ASSIGNED:
        normal.pop(name, None)
    if ignore_timestamp:
        normal.pop("timestamp", None)
    return hashlib.blake2b(canonical(normal), digest_size=16).digest()


def _body(value: Mapping[str, Any], *, second: bool) -> dict[str, Any]:
    """Normalise what statements and SubStatements have in common."""
    normal = dict(value)
    normal["actor"] = _actor(value["actor"])
    normal["verb"] = value["verb"]["id"]
    normal["object"] = _object(value["object"], second=second)
    if "result" in value:
        normal["result"] = _result(value["result"], second=second)
    if "context" in value:
        normal["context"] = _context(value["context"])
    if "timestamp" in normal:
        normal["timestamp"] = instant_of(normal["timestamp"]).isoformat()
    if "attachments" in value:
        normal["attachments"] = [_attachment(item) for item in value["attachments"]]
    return normal


def _object(value: Mapping[str, Any], *, second: bool) -> Any:
    kind = value.get("objectType", "Activity")
    if kind == "SubStatement":
        return _body(value, second=second)
    if kind == "StatementRef":
        return _reference(value)
    return _activity(value) if kind == "Activity" else _actor(value)


def _activity(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"objectType": "Activity", "id": value["id"]}


def _reference(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": value["id"].lower()}


def _actor(value: Mapping[str, Any]) -> dict[str, Any]:
    normal = {"objectType": "Agent", **value}
    if "mbox" in value:
        local, _, domain = value["mbox"].rpartition("@")
        if not domain.islower():
            normal["mbox"] = f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in value:
        normal["mbox_sha1sum"] = value["mbox_sha1sum"].lower()
    if "member" in value:
        normal["member"] = sorted((_actor(member) for member in value["member"]), key=canonical)
    return normal


def _result(value: Mapping[str, Any], *, second: bool) -> dict[str, Any]:
    normal = dict(value)
    if second and "duration" in value:
        normal["duration"] = _FINER_THAN_HUNDREDTHS.sub(r"\1", value["duration"])
    for name in ("score", "extensions"):
        if name in value:
            normal[name] = _numbers(value[name])
    return normal


def _context(value: Mapping[str, Any]) -> dict[str, Any]:
    normal = {}
    for key, part in value.items():
        normalise = _CONTEXT.get(key)
        normal[key] = part if normalise is None else normalise(part)
    return normal


def _context_activities(value: Mapping[str, Any]) -> dict[str, Any]:
    # a single activity and an array of one are the same (Data 2.4.6.2)
    return {
        name: [_activity(item) for item in (items if isinstance(items, list) else [items])]
        for name, items in value.items()
    }


def _related(value: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: _actor(part) if key in ("agent", "group") else part for key, part in entry.items()}
        for entry in value
    ]


def _attachment(value: Mapping[str, Any]) -> dict[str, Any]:
    normal = {**value, "sha2": value["sha2"].lower()}
    for name in ("display", "description"):
        if name in value:
            normal[name] = {tag.lower(): text for tag, text in value[name].items()}
    return normal


def _numbers(value: Any) -> Any:
    """Give 1 and 1.0 one form: JSON has one kind of number."""
    kind = type(value)
    if kind is float:
        if value.is_integer():
            return int(value)
        return _Small(value) if -_SMALL < value < _SMALL else value
    if kind is dict:
        return {key: _numbers(item) for key, item in value.items()}
    if kind is list:
        return [_numbers(item) for item in value]
    return value


class _Small(float):
    """A number that Python's writer writes, so that digests outlive versions of orjson."""

    __slots__ = ()


_CONTEXT: dict[str, Callable[[Any], Any]] = {
    "registration": str.lower,
    "language": str.lower,
    "instructor": _actor,
    "team": _actor,
    "statement": _reference,
    "contextActivities": _context_activities,
    "contextAgents": _related,
    "contextGroups": _related,
    "extensions": _numbers,
}
