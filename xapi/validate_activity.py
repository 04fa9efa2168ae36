"""Activities, their definitions and interactions (xAPI Data 2.4.4.1)."""

from typing import Any

from xapi.checks import (
    Problems,
    extensions,
    iri,
    is_object,
    language_map,
    require,
    text,
    wrong_type,
)
from xapi.errors import Problem

_ACTIVITY = frozenset({"objectType", "id", "definition"})
_DEFINITION = frozenset(
    {
        "name",
        "description",
        "type",
        "moreInfo",
        "extensions",
        "interactionType",
        "correctResponsesPattern",
        "choices",
        "scale",
        "source",
        "target",
        "steps",
    }
)
_COMPONENT = frozenset({"id", "description"})
_COMPONENTS_OF: dict[str, frozenset[str]] = {
    "true-false": frozenset(),
    "choice": frozenset({"choices"}),
    "fill-in": frozenset(),
    "long-fill-in": frozenset(),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "numeric": frozenset(),
    "other": frozenset(),
}
_LISTS = ("choices", "scale", "source", "target", "steps")
_INTERACTION = frozenset({"interactionType", "correctResponsesPattern", *_LISTS})

_SECTION = "Data 2.4.4.1"


def check_activity(value: object, at: str, problems: Problems) -> None:
    """Check an activity. objectType may be missing."""
    if not is_object(value, at, _ACTIVITY, _SECTION, problems):
        return
    assert isinstance(value, dict)
    if "objectType" in value and value["objectType"] != "Activity":
        problems.append(
            Problem(
                at + "/objectType", "object_type", 'The objectType here is "Activity".', _SECTION
            )
        )
    if "id" in value:
        iri(value["id"], at + "/id", _SECTION, problems)
    else:
        require(value, ("id",), at, _SECTION, problems)
    if "definition" in value:
        _check_definition(value["definition"], at + "/definition", problems)


def _check_definition(value: object, at: str, problems: Problems) -> None:
    if not is_object(value, at, _DEFINITION, _SECTION, problems):
        return
    assert isinstance(value, dict)
    if "type" in value:
        iri(value["type"], at + "/type", _SECTION, problems)
    if "name" in value:
        language_map(value["name"], at + "/name", _SECTION, problems)
    if "description" in value:
        language_map(value["description"], at + "/description", _SECTION, problems)
    if "moreInfo" in value:
        iri(value["moreInfo"], at + "/moreInfo", _SECTION, problems)
    if "extensions" in value:
        extensions(value["extensions"], at + "/extensions", problems)
    if not _INTERACTION.isdisjoint(value):
        _check_interaction(value, at, problems)


def _check_interaction(value: dict[str, Any], at: str, problems: Problems) -> None:
    kind = value.get("interactionType")
    fitting = _COMPONENTS_OF.get(kind) if isinstance(kind, str) else None
    if "interactionType" not in value:
        message = "An interaction needs an interactionType."
        problems.append(Problem(at, "missing", message, _SECTION))
    elif fitting is None:
        problems.append(
            Problem(
                at + "/interactionType",
                "interaction_type",
                f"The interactionType must be one of {', '.join(_COMPONENTS_OF)}.",
                _SECTION,
            )
        )
    if "correctResponsesPattern" in value:
        _check_patterns(value["correctResponsesPattern"], at + "/correctResponsesPattern", problems)
    for name in _LISTS:
        if name not in value:
            continue
        if fitting is not None and name not in fitting:
            message = f'An interaction of type "{kind}" has no "{name}".'
            problems.append(Problem(f"{at}/{name}", "component_unfit", message, _SECTION))
        _check_components(value[name], f"{at}/{name}", problems)


def _check_patterns(value: object, at: str, problems: Problems) -> None:
    if type(value) is not list:
        wrong_type(value, at, "an array of strings", _SECTION, problems)
        return
    for index, pattern in enumerate(value):
        text(pattern, f"{at}/{index}", _SECTION, problems)


def _check_components(value: object, at: str, problems: Problems) -> None:
    if type(value) is not list:
        wrong_type(value, at, "an array of interaction components", _SECTION, problems)
        return
    seen: set[str] = set()
    for index, component in enumerate(value):
        here = f"{at}/{index}"
        if not is_object(component, here, _COMPONENT, _SECTION, problems):
            continue
        require(component, ("id",), here, _SECTION, problems)
        if "id" in component:
            name = component["id"]
            text(name, here + "/id", _SECTION, problems)
            if isinstance(name, str):
                if name in seen:
                    message = f'The id "{name}" occurs twice; the ids must differ.'
                    problems.append(Problem(here + "/id", "duplicate_id", message, _SECTION))
                seen.add(name)
        if "description" in component:
            language_map(component["description"], here + "/description", _SECTION, problems)
