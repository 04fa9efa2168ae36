"""Query parameters of the document resources -> which documents are meant.

What a resource and method do not know, what is missing and what is empty is refused by name
(xAPI Communication 3.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lrs.documents import Place, Resource
from hub.lrs.errors import XapiError
from hub.lrs.parameters import single_id
from xapi import json as xapi_json
from xapi.actors import IFI, ifi_of
from xapi.errors import Problem
from xapi.formats import instant_of, is_iri, is_timestamp
from xapi.validate_actor import check_actor


@dataclass(frozen=True, slots=True)
class Shape:
    """What a resource is asked with: the parameter of a document's name, and those of its place."""

    resource: Resource
    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which documents are meant; name is None for all of the place."""

    place: Place
    name: str | None
    since: datetime | None


STATE = Shape(Resource.STATE, "stateId", ("activityId", "agent"), ("registration",))
AGENT_PROFILE = Shape(Resource.AGENT_PROFILE, "profileId", ("agent",))
ACTIVITY_PROFILE = Shape(Resource.ACTIVITY_PROFILE, "profileId", ("activityId",))


def asked_of(shape: Shape, given: Mapping[str, str], *, method: str, version: str) -> Asked:
    """What the parameters ask for. Raises XapiError naming the parameter and the rule."""
    _refuse_others(shape, given, method)
    place = Place(
        shape.resource,
        activity=_activity(given["activityId"]) if "activityId" in given else None,
        agent=_agent(given["agent"], version) if "agent" in given else None,
        registration=_registration(given.get("registration")),
    )
    return Asked(place, _name(shape.name, given.get(shape.name)), _instant(given.get("since")))


def _refuse_others(shape: Shape, given: Mapping[str, str], method: str) -> None:
    reads = method in {"GET", "HEAD"}
    known = {shape.name, *shape.required, *shape.optional, *(("since",) if reads else ())}
    unknown = sorted(set(given) - known)
    if unknown:
        raise XapiError(
            f"Unknown parameter: {', '.join(unknown)}. {method} takes {', '.join(sorted(known))}."
        )
    many = reads or (method == "DELETE" and shape.resource is Resource.STATE)
    needed = [*shape.required, *(() if many else (shape.name,))]
    missing = [name for name in needed if name not in given]
    if missing:
        raise XapiError(f"{method} needs {' and '.join(missing)}, which the request has not.")
    if "since" in given and shape.name in given:
        raise XapiError(f"since cannot be combined with {shape.name}: it selects among many.")


def _name(parameter: str, value: str | None) -> str | None:
    if value is not None and (not value or "\0" in value):
        raise XapiError(f"{parameter} must be a text that is not empty, without U+0000.")
    return value


def _activity(value: str) -> str:
    if not is_iri(value):
        raise XapiError(f'activityId must be an IRI with its scheme; got "{value}".')
    return value


def _registration(value: str | None) -> UUID | None:
    return None if value is None else single_id("registration", value)


def _instant(value: str | None) -> datetime | None:
    if value is None:
        return None
    if not is_timestamp(value):
        raise XapiError(
            f'since must be an ISO 8601 timestamp such as 2026-03-18T17:00:00Z; got "{value}". '
            "In an address, + is written %2B."
        )
    return instant_of(value)


def _agent(value: str, version: str) -> IFI:
    """The agent's identifier. 2.0 takes identified groups too (IEEE 9274.1.1, 4.1.6)."""
    try:
        agent = xapi_json.loads(value.encode())
    except xapi_json.BadJson as error:
        raise XapiError(f"agent must be an Agent as JSON: {error.detail}") from error
    problems: list[Problem] = []
    check_actor(agent, "", problems)
    if problems:
        raise XapiError(f"agent is no Agent: {problems[0]}")
    assert isinstance(agent, dict)
    if agent.get("objectType") == "Group" and version == "1.0.3":
        raise XapiError(
            "agent is a Group; documents are kept for agents. Send the identifier of the group "
            "as that of an Agent (xAPI Communication 2.6)."
        )
    ifi = ifi_of(agent)
    if ifi is None:
        raise XapiError("agent is a group without mbox, mbox_sha1sum, openid and account.")
    return ifi
