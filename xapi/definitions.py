"""What the definitions of an activity add up to, and the displays of a verb (xAPI Data 2.4.4.1).

Whoever defines first is believed. A later definition adds languages and what was not known; it
changes nothing that is known, since the standard advises against significant changes, and a
statement does not tell a correction from a mistake or from an older copy that comes late. So the
result does not depend on how often a definition arrives. Pure; inputs are valid and stay as they
are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from xapi import json as xapi_json

LARGEST = 65536
"""Bytes of JSON to which a definition may grow by additions. One that came larger stays whole."""

_TEXTS = ("name", "description")
_PLAIN = ("type", "moreInfo")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def merge_definitions(
    known: Mapping[str, Any] | None, later: Iterable[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """The merged definition after these have arrived in this order; None while there is none."""
    merged = dict(known) if known else None
    for definition in later:
        if not merged:
            merged = dict(definition) or None
            continue
        grown = _with(merged, definition)
        if grown != merged and _fits(grown):
            merged = grown
    return merged


def merge_displays(
    known: Mapping[str, str] | None, later: Iterable[Mapping[str, str]]
) -> dict[str, str] | None:
    """The merged display of a verb after these have arrived in this order; None while none has."""
    merged = dict(known) if known else {}
    for display in later:
        grown = _texts(merged, display)
        if not merged or (grown != merged and _fits(grown)):
            merged = grown
    return merged or None


def _with(known: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(known)
    for name in _TEXTS:
        if name in later:
            merged[name] = _texts(known.get(name, {}), later[name])
    for name in _PLAIN:
        if name in later:
            merged.setdefault(name, later[name])
    if "extensions" in later:
        merged["extensions"] = {**later["extensions"], **known.get("extensions", {})}
    _add_interaction(merged, later)
    return merged


def _texts(known: Mapping[str, str], later: Mapping[str, str]) -> dict[str, str]:
    """Add the languages that are new; tags are compared without case (RFC 5646 section 2.1.1).

    A blank text says nothing, so that one which says something takes its place.
    """
    merged = dict(known)
    spelling = {tag.lower(): tag for tag in merged}
    for tag, text in later.items():
        mine = tag if tag in merged else spelling.setdefault(tag.lower(), tag)
        if mine not in merged or (text.strip() and not merged[mine].strip()):
            merged[mine] = text
    return merged


def _add_interaction(merged: dict[str, Any], later: Mapping[str, Any]) -> None:
    """Add what is said of the same question.

    A definition that calls it another type of interaction is about another question: its answers
    and components would contradict those that are known.
    """
    kind = later.get("interactionType")
    if kind is None or merged.setdefault("interactionType", kind) != kind:
        return
    if "correctResponsesPattern" in later:
        merged.setdefault("correctResponsesPattern", later["correctResponsesPattern"])
    for name in _COMPONENTS:
        if name in merged and name in later:
            merged[name] = _described(merged[name], later[name])
        elif name in later:
            merged[name] = later[name]


def _described(
    known: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The known components with the languages that others have added; none comes or goes."""
    descriptions = {item["id"]: item["description"] for item in later if "description" in item}
    merged = [dict(item) for item in known]
    for item in merged:
        if item["id"] in descriptions:
            item["description"] = _texts(item.get("description", {}), descriptions[item["id"]])
    return merged


def _fits(value: Mapping[str, Any]) -> bool:
    return len(xapi_json.dumps(value)) <= LARGEST
