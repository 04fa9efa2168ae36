"""Query parameters of GET /xapi/statements -> a Query. Unknown ones are refused by name."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hub.lrs.http import XapiError
from hub.lrs.query import LARGEST_LIMIT, LIMIT, Query
from xapi import json as xapi_json
from xapi.actors import IFI, ifi_of
from xapi.formats import instant_of, is_timestamp, is_uuid

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


def query_of(given: Mapping[str, str], *, authority: str | None) -> Query:
    """The query that the parameters ask for. Raises XapiError naming the parameter and the rule."""
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise XapiError(f"Unknown parameter: {', '.join(unknown)}.")
    for name in ("attachments", "related_agents", "related_activities"):
        if _flag(name, given.get(name)):
            raise XapiError(f"{name}=true is not answered by this store yet.")
    if given.get("format", "exact") != "exact":
        raise XapiError("This store answers in the format exact only, so far.")
    registration = given.get("registration")
    return Query(
        agent=_agent(given.get("agent")),
        verb=given.get("verb"),
        activity=given.get("activity"),
        registration=single_id("registration", registration) if registration else None,
        since=_instant("since", given.get("since")),
        until=_instant("until", given.get("until")),
        limit=_limit(given.get("limit")),
        ascending=_flag("ascending", given.get("ascending")),
        authority=authority,
    )


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
    ifi = ifi_of(agent) if isinstance(agent, dict) else None
    if ifi is None:
        raise XapiError("agent must be an Agent with mbox, mbox_sha1sum, openid or account.")
    return ifi


def _instant(name: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    if not is_timestamp(value):
        raise XapiError(f'{name} must be an ISO 8601 timestamp; got "{value}".')
    return instant_of(value)


def _limit(value: str | None) -> int:
    if value is None:
        return LIMIT
    if not value.isdecimal():
        raise XapiError(f'limit must be a whole number from 0; got "{value}".')
    return min(int(value), LARGEST_LIMIT) or LIMIT


def _flag(name: str, value: str | None) -> bool:
    if value not in {None, "true", "false"}:
        raise XapiError(f'{name} must be true or false; got "{value}".')
    return value == "true"
