"""Query parameters of GET /xapi/statements -> a Query. Unknown ones are refused by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from werkzeug.datastructures import MultiDict

from hub.lrs.errors import XapiError
from hub.lrs.form import Form
from hub.lrs.query import LARGEST_LIMIT, LIMIT, Query
from xapi import json as xapi_json
from xapi.actors import IFI, ifi_of
from xapi.errors import Problem
from xapi.formats import instant_of, is_iri, is_timestamp, is_uuid
from xapi.validate_actor import check_actor

_KNOWN = {
    "agent",
    "verb",
    "activity",
    "registration",
    "since",
    "until",
    "limit",
    "ascending",
    "format",
    "attachments",
    "related_agents",
    "related_activities",
}
_WITH_ONE = {"format", "attachments"}
"""What may stand beside statementId and voidedStatementId (xAPI Communication 2.1.3)."""

_FORMATS = frozenset({"exact", "ids", "canonical"})
_MOST_DIGITS = 18


def each_once(given: MultiDict[str, str]) -> dict[str, str]:
    """The parameters of a request. Raises XapiError when one was given twice."""
    twice = sorted(name for name, values in given.lists() if len(values) > 1)
    if twice:
        raise XapiError(f"{', '.join(twice)} is given more than once.")
    return given.to_dict()


def query_of(given: Mapping[str, str], *, authority: str | None) -> Query:
    """The query that the parameters ask for. Raises XapiError naming the parameter and the rule."""
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise XapiError(f"Unknown parameter: {', '.join(unknown)}.")
    return Query(
        agent=_agent(given.get("agent")),
        verb=_iri("verb", given.get("verb")),
        activity=_iri("activity", given.get("activity")),
        registration=single_id("registration", given["registration"])
        if "registration" in given
        else None,
        since=_instant("since", given.get("since")),
        until=_instant("until", given.get("until")),
        related_agents=_flag("related_agents", given.get("related_agents")),
        related_activities=_flag("related_activities", given.get("related_activities")),
        limit=_limit(given.get("limit")),
        ascending=_flag("ascending", given.get("ascending")),
        authority=authority,
    )


def form_of(given: Mapping[str, str], *, languages: str) -> Form:
    """The form in which statements are wanted. Raises XapiError."""
    wanted = given.get("format", "exact")
    if wanted not in _FORMATS:
        raise XapiError(f'format must be exact, ids or canonical; got "{wanted}".')
    return Form(
        format=cast("Literal['exact', 'ids', 'canonical']", wanted),
        attachments=_flag("attachments", given.get("attachments")),
        languages=languages if wanted == "canonical" else "",
    )


def one_of(name: str, given: Mapping[str, str]) -> UUID:
    """The id in *name*, with which nothing else selects. Raises XapiError."""
    others = sorted(set(given) - _WITH_ONE - {name})
    if others:
        raise XapiError(f"{name} cannot be combined with {', '.join(others)}.")
    return single_id(name, given[name])


def single_id(name: str, value: str | None) -> UUID:
    """A UUID parameter. Raises XapiError."""
    if not value or not is_uuid(value):
        raise XapiError(f'{name} must be a UUID; got "{value or ""}".')
    return UUID(value)


def _agent(value: str | None) -> IFI | None:
    if value is None:
        return None
    try:
        agent = xapi_json.loads(value.encode())
    except xapi_json.BadJson as error:
        raise XapiError(f"agent must be an Agent as JSON: {error.detail}") from error
    problems: list[Problem] = []
    check_actor(agent, "", problems)
    if problems:
        raise XapiError(f"agent is no Agent: {problems[0]}")
    ifi = ifi_of(agent) if isinstance(agent, dict) else None
    if ifi is None:
        raise XapiError("agent must be an Agent or Group with mbox, mbox_sha1sum, openid, account.")
    return ifi


def _iri(name: str, value: str | None) -> str | None:
    if value is not None and not is_iri(value):
        raise XapiError(f'{name} must be an IRI with its scheme; got "{value}".')
    return value


def _instant(name: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    if not is_timestamp(value):
        raise XapiError(
            f'{name} must be an ISO 8601 timestamp such as 2026-03-18T17:00:00Z; got "{value}". '
            "In an address, + is written %2B."
        )
    return instant_of(value)


def _limit(value: str | None) -> int:
    if value is None:
        return LIMIT
    if not (value.isascii() and value.isdecimal()) or len(value) > _MOST_DIGITS:
        raise XapiError(f'limit must be a whole number from 0; got "{value[:40]}".')
    return min(int(value), LARGEST_LIMIT) or LIMIT


def _flag(name: str, value: str | None) -> bool:
    """True or false in any case: the Python client of the standard writes True."""
    said = (value or "").lower()
    if value is not None and said not in {"true", "false"}:
        raise XapiError(f'{name} must be true or false; got "{value}".')
    return said == "true"
