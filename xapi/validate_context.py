"""Contexts (xAPI Data 2.4.6; contextAgents and contextGroups: IEEE 9274.1.1, xAPI 2.0)."""

from typing import Any

from xapi.checks import (
    Problems,
    extensions,
    formatted,
    iri,
    is_object,
    require,
    text,
    wrong_type,
)
from xapi.errors import Problem
from xapi.formats import is_language_tag, is_uuid
from xapi.validate_activity import check_activity
from xapi.validate_actor import check_actor, check_agent, check_group

_CONTEXT = frozenset(
    {
        "registration",
        "instructor",
        "team",
        "contextActivities",
        "revision",
        "platform",
        "language",
        "statement",
        "extensions",
    }
)
_CONTEXT_2 = _CONTEXT | {"contextAgents", "contextGroups"}
_ACTIVITIES = frozenset({"parent", "grouping", "category", "other"})
_STATEMENT_REF = frozenset({"objectType", "id"})
_CONTEXT_AGENT = frozenset({"objectType", "agent", "relevantTypes"})
_CONTEXT_GROUP = frozenset({"objectType", "group", "relevantTypes"})

_SECTION = "Data 2.4.6"
_S_ACTIVITIES = "Data 2.4.6.2"
_S_REF = "Data 2.4.4.3"
_UUID = 'a UUID such as "39e24cc4-69af-4b01-a824-1fdc6ea8a3af"'


def check_context(
    value: object, at: str, *, about_activity: bool, second: bool, problems: Problems
) -> None:
    """Check a context. *about_activity*: the object is an activity. *second*: xAPI 2.0."""
    if not is_object(value, at, _CONTEXT_2 if second else _CONTEXT, _SECTION, problems):
        return
    assert isinstance(value, dict)
    if "registration" in value:
        check_uuid(value["registration"], at + "/registration", "Data 2.4.6.1", problems)
    if "contextActivities" in value:
        _check_activities(value["contextActivities"], at + "/contextActivities", problems)
    if "instructor" in value:
        check_actor(value["instructor"], at + "/instructor", problems)
    if "team" in value:
        check_group(value["team"], at + "/team", problems)
    _check_source(value, at, about_activity=about_activity, problems=problems)
    if "language" in value:
        wanted = 'a language tag such as "en" or "pt-BR"'
        formatted(
            value["language"],
            at + "/language",
            is_language_tag,
            "not_language_tag",
            wanted,
            _SECTION,
            problems,
        )
    if "statement" in value:
        check_statement_ref(value["statement"], at + "/statement", problems)
    if "extensions" in value:
        extensions(value["extensions"], at + "/extensions", problems)
    if second:
        _check_related(value, at, problems)


def _check_source(
    value: dict[str, Any], at: str, *, about_activity: bool, problems: Problems
) -> None:
    for name in ("revision", "platform"):
        if name in value:
            text(value[name], f"{at}/{name}", _SECTION, problems)
            if not about_activity:
                message = f'"{name}" is only allowed when the object is an activity.'
                problems.append(Problem(f"{at}/{name}", "not_about_activity", message, _SECTION))


def check_statement_ref(value: object, at: str, problems: Problems) -> None:
    """Check a reference to a statement: nothing but objectType and id, both required."""
    if not is_object(value, at, _STATEMENT_REF, _S_REF, problems):
        return
    assert isinstance(value, dict)
    require(value, ("objectType", "id"), at, _S_REF, problems)
    if "objectType" in value and value["objectType"] != "StatementRef":
        message = 'The objectType here is "StatementRef".'
        problems.append(Problem(at + "/objectType", "object_type", message, _S_REF))
    if "id" in value:
        check_uuid(value["id"], at + "/id", _S_REF, problems)


def check_uuid(value: object, at: str, section: str, problems: Problems) -> None:
    """Check a UUID in its standard form of 36 characters, in either case (Data 4.4)."""
    if type(value) is not str or not is_uuid(value):
        formatted(value, at, is_uuid, "not_uuid", _UUID, section, problems)


def _check_activities(value: object, at: str, problems: Problems) -> None:
    if not is_object(value, at, _ACTIVITIES, _S_ACTIVITIES, problems):
        return
    assert isinstance(value, dict)
    for name in value.keys() & _ACTIVITIES:
        items = value[name]
        here = f"{at}/{name}"
        if type(items) is list:
            for index, item in enumerate(items):
                check_activity(item, f"{here}/{index}", problems)
        else:  # a single activity is allowed for the sake of older senders
            check_activity(items, here, problems)


def _check_related(value: dict[str, Any], at: str, problems: Problems) -> None:
    if "contextAgents" in value:
        _check_entries(
            value["contextAgents"], at + "/contextAgents", "contextAgent", "agent", problems
        )
    if "contextGroups" in value:
        _check_entries(
            value["contextGroups"], at + "/contextGroups", "contextGroup", "group", problems
        )


def _check_entries(value: object, at: str, kind: str, who: str, problems: Problems) -> None:
    if type(value) is not list:
        wrong_type(value, at, f"an array of {kind} objects", _SECTION, problems)
        return
    allowed = _CONTEXT_AGENT if who == "agent" else _CONTEXT_GROUP
    for index, entry in enumerate(value):
        here = f"{at}/{index}"
        if not is_object(entry, here, allowed, _SECTION, problems):
            continue
        require(entry, ("objectType", who), here, _SECTION, problems)
        if "objectType" in entry and entry["objectType"] != kind:
            message = f'The objectType here is "{kind}".'
            problems.append(Problem(here + "/objectType", "object_type", message, _SECTION))
        if who in entry:
            check = check_agent if who == "agent" else check_group
            check(entry[who], f"{here}/{who}", problems)
        if "relevantTypes" in entry:
            _check_types(entry["relevantTypes"], here + "/relevantTypes", problems)


def _check_types(value: object, at: str, problems: Problems) -> None:
    if type(value) is not list:
        wrong_type(value, at, "an array of activity types", _SECTION, problems)
        return
    if not value:
        message = "relevantTypes must name at least one activity type."
        problems.append(Problem(at, "empty", message, _SECTION))
    for index, item in enumerate(value):
        iri(item, f"{at}/{index}", _SECTION, problems)
