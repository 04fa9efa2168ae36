"""/xapi/activities: what is known of an activity, in all languages (xAPI Communication 2.5)."""

from typing import Any

from flask import Blueprint, Response, request

from hub.catalog.definitions import definitions_of
from hub.extensions import current_hub
from hub.lrs.errors import XapiError
from hub.lrs.http import caller, needed, negotiated_version
from hub.lrs.parameters import each_once
from xapi import json as xapi_json
from xapi.formats import is_iri

_READ = ("all", "all/read", "statements/read", "define", "profile")
"""Definitions hold the answers of questions, and come from every sender: not for writers alone."""


def get_activity() -> Response:
    """The Activity with its merged definition; without one when no statement has defined it."""
    negotiated_version(request)
    who = caller()
    needed(who, *_READ)
    iri = _asked()
    with current_hub().database.reading() as session:
        definitions = definitions_of(session, [iri])
    activity: dict[str, Any] = {"objectType": "Activity", "id": iri}
    if iri in definitions:
        activity["definition"] = definitions[iri]
    answer = Response(xapi_json.dumps(activity), mimetype="application/json")
    answer.add_etag()
    return answer


def _asked() -> str:
    given = each_once(request.args)
    unknown = sorted(set(given) - {"activityId"})
    if unknown:
        raise XapiError(f"Unknown parameter: {', '.join(unknown)}. Only activityId is known here.")
    iri = given.get("activityId", "")
    if not is_iri(iri):
        raise XapiError(f'activityId must be an IRI with its scheme; got "{iri}".')
    return iri


def register(blueprint: Blueprint) -> None:
    """Add the resource to /xapi."""
    blueprint.add_url_rule("/activities", view_func=get_activity, methods=["GET"])
