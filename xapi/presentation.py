"""The formats ids and canonical of statements that are read (xAPI Communication 2.1.3).

Takes valid statements as stored, and returns new ones: the input stays as it is. The format exact
is not made here; it is the stored text itself. Extensions, results and unknown languages are never
touched, and nothing is said that was not in the statement or in what the caller gives as canonical.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xapi.languages import Languages, in_one_language

_IFIS = ("mbox", "mbox_sha1sum", "openid", "account")
_AGENTS = ("instructor", "team")
_RELATED = (("contextAgents", "agent"), ("contextGroups", "group"))
_TEXTS = ("name", "description")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")
_ATTACHMENT_TEXTS = ("display", "description")

_Change = Callable[[Mapping[str, Any]], dict[str, Any]]


def as_ids(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Agents, groups, activities and verbs reduced to what identifies them.

    An identified group loses its members; those of an anonymous group are reduced themselves.
    objectType stays where it tells what a thing is: on groups, and on what is an object but no
    activity.
    """
    return _changed(statement, agent=_agent_id, activity=_activity_id, verb=_verb_id)


def as_canonical(
    statement: Mapping[str, Any],
    languages: Languages,
    definitions: Mapping[str, Mapping[str, Any]],
    displays: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Activities and verbs as the store knows them, each language map in one language.

    *definitions* and *displays* are the canonical ones by IRI; where one is missing, that of the
    statement stands. Agents and groups stay as they came.
    """

    def activity(value: Mapping[str, Any]) -> dict[str, Any]:
        definition = definitions.get(value["id"], value.get("definition"))
        if definition is None:
            return dict(value)
        return {**value, "definition": _definition(definition, languages)}

    def verb(value: Mapping[str, Any]) -> dict[str, Any]:
        display = displays.get(value["id"], value.get("display"))
        if display is None:
            return dict(value)
        return {**value, "display": in_one_language(display, languages)}

    return _changed(
        statement,
        agent=dict,
        activity=activity,
        verb=verb,
        attachment=lambda value: _in_one(value, _ATTACHMENT_TEXTS, languages),
    )


def _changed(
    statement: Mapping[str, Any],
    *,
    agent: _Change,
    activity: _Change,
    verb: _Change,
    attachment: _Change = dict,
) -> dict[str, Any]:
    """A statement or SubStatement with each part replaced by what its function makes of it."""
    changed = dict(statement)
    changed["actor"] = agent(statement["actor"])
    changed["verb"] = verb(statement["verb"])
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        changed["object"] = activity(target)
    elif kind == "SubStatement":
        changed["object"] = _changed(
            target, agent=agent, activity=activity, verb=verb, attachment=attachment
        )
    elif kind in ("Agent", "Group"):
        changed["object"] = {"objectType": kind, **agent(target)}
    if "context" in statement:
        changed["context"] = _context(statement["context"], agent=agent, activity=activity)
    if "authority" in statement:
        changed["authority"] = agent(statement["authority"])
    if "attachments" in statement:
        changed["attachments"] = [attachment(item) for item in statement["attachments"]]
    return changed


def _context(context: Mapping[str, Any], *, agent: _Change, activity: _Change) -> dict[str, Any]:
    changed = dict(context)
    for name in _AGENTS:
        if name in context:
            changed[name] = agent(context[name])
    for name, inside in _RELATED:
        if name in context:
            changed[name] = [{**item, inside: agent(item[inside])} for item in context[name]]
    if "contextActivities" in context:
        # Returned as arrays also where a single activity was sent (Data 2.4.6.2).
        changed["contextActivities"] = {
            name: [activity(item) for item in (items if isinstance(items, list) else [items])]
            for name, items in context["contextActivities"].items()
        }
    return changed


def _agent_id(agent: Mapping[str, Any]) -> dict[str, Any]:
    reduced = {name: agent[name] for name in _IFIS if name in agent}
    if agent.get("objectType") != "Group":
        return reduced
    if not reduced:
        reduced["member"] = [_agent_id(member) for member in agent["member"]]
    return {"objectType": "Group", **reduced}


def _activity_id(activity: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": activity["id"]}


def _verb_id(verb: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": verb["id"]}


def _definition(definition: Mapping[str, Any], languages: Languages) -> dict[str, Any]:
    changed = _in_one(definition, _TEXTS, languages)
    for name in _COMPONENTS:
        if name in definition:
            changed[name] = [_in_one(item, _TEXTS, languages) for item in definition[name]]
    return changed


def _in_one(value: Mapping[str, Any], names: Iterable[str], languages: Languages) -> dict[str, Any]:
    changed = dict(value)
    for name in names:
        if name in value:
            changed[name] = in_one_language(value[name], languages)
    return changed
