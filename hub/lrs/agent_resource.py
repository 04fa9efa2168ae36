"""/xapi/agents: the Person object of an agent (xAPI Communication 2.4).

Who may read everything is told every identifier of the person. Anybody else gets back what was
asked for: one vendor must not learn under which names another knows a learner.
"""

from typing import Any, cast

from flask import Blueprint, Response, request

from hub.extensions import current_hub
from hub.lrs.errors import XapiError
from hub.lrs.http import caller, negotiated_version
from hub.lrs.parameters import each_once
from hub.lrs.persons import known_person, person
from xapi import json as xapi_json
from xapi.actors import IFI, ifi_of
from xapi.errors import Problem
from xapi.validate_actor import check_agent

_READ_ALL = ("all", "all/read")


def get_person() -> Response:
    """The Person for the agent in the address; for an unknown one, what the address says."""
    negotiated_version(request)
    who = caller()
    ifi, name = _asked()
    if who.may(*_READ_ALL):
        with current_hub().database.reading() as session:
            found = known_person(session, ifi, name)
    else:
        found = person([ifi], [name])
    answer = Response(xapi_json.dumps(found), mimetype="application/json")
    answer.add_etag()
    return answer


def _asked() -> tuple[IFI, str | None]:
    """The identifier and the name in the parameter agent. Raises XapiError."""
    given = each_once(request.args)
    unknown = sorted(set(given) - {"agent"})
    if unknown:
        raise XapiError(f"Unknown parameter: {', '.join(unknown)}. Only agent is known here.")
    if "agent" not in given:
        raise XapiError("The parameter agent is missing: an Agent as JSON.")
    try:
        agent: Any = xapi_json.loads(given["agent"].encode("utf-8", "surrogateescape"))
    except xapi_json.BadJson as error:
        raise XapiError(f"agent must be an Agent as JSON: {error.detail}") from error
    problems: list[Problem] = []
    check_agent(agent, "", problems)
    if problems:
        raise XapiError(f"agent is not one Agent: {problems[0]}")
    return cast("IFI", ifi_of(agent)), agent.get("name")


def register(blueprint: Blueprint) -> None:
    """Add the resource to /xapi."""
    blueprint.add_url_rule("/agents", view_func=get_person, methods=["GET"])
