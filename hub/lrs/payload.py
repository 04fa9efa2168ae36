"""The one place where it is decided how a statement is kept: as JSON in UTF-8, as it is returned.

Reading passes the bytes on and never parses them. Who changes the encoding changes it here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson

from xapi import json as xapi_json


def encode(
    statement: Mapping[str, Any],
    *,
    statement_id: str,
    stored: str,
    authority: Mapping[str, Any],
    version: str,
) -> bytes:
    """The statement as it is returned: what the store assigns is added, nothing else changed.

    But for one thing: context activities come back as arrays, also where a single one was sent
    (xAPI Data 2.4.6.2). *version* is for a statement that names none.
    """
    assigned = {"id": statement_id, "stored": stored, "authority": authority}
    whole = {**_with_arrays(statement), **assigned}
    whole.setdefault("timestamp", stored)
    whole.setdefault("version", version)
    return xapi_json.dumps(whole)


def _with_arrays(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    context = statement.get("context")
    if context is not None and "contextActivities" in context:
        groups = context["contextActivities"]
        if any(type(group) is not list for group in groups.values()):
            arrays = {
                name: group if isinstance(group, list) else [group]
                for name, group in groups.items()
            }
            statement = {**statement, "context": {**context, "contextActivities": arrays}}
    if statement["object"].get("objectType") == "SubStatement":
        statement = {**statement, "object": _with_arrays(statement["object"])}
    return statement


def decode(payload: bytes) -> dict[str, Any]:
    """The statement as JSON."""
    return cast("dict[str, Any]", xapi_json.loads(payload))


def skim(payload: bytes) -> dict[str, Any]:
    """The statement for who looks only at what the standard defines: the quickest way to read it.

    Whole numbers of more than 64 bits, which only extensions can have, come as floats.
    """
    return cast("dict[str, Any]", orjson.loads(payload))


def stamp(moment: datetime) -> str:
    """An instant in UTC as statements carry it, to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
