"""A connector's configuration as text, as forms and the command line have it, and back.

A list has one value per line or between commas; a mapping one ``key = value`` per line.
"""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields


def secret_fields(schema: type[Schema]) -> tuple[str, ...]:
    """Names of the fields that are never shown again."""
    return tuple(name for name, item in schema().fields.items() if item.load_only)


def input_of(schema: type[Schema], texts: Mapping[str, str]) -> dict[str, Any]:
    """What the schema loads. A field without text is left out, so that its default holds.

    Raises ValidationError for a mapping with a line that is none.
    """
    known = schema().fields
    problems: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name, text in texts.items():
        if text == "":
            continue
        try:
            values[name] = _parsed(known.get(name), text)
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise ValidationError(problems)
    return values


def texts_of(schema: type[Schema], config: Mapping[str, Any]) -> dict[str, str]:
    """The open fields as a form shows them; defaults where nothing is configured."""
    texts = {}
    for name, item in schema().fields.items():
        if item.load_only:
            continue
        default = item.load_default
        value = config.get(name, default() if callable(default) else default)
        texts[name] = text_of(value)
    return texts


def text_of(value: Any) -> str:
    """One value as text; "" for nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        if any(isinstance(below, Mapping | list) for below in value.values()):
            return json.dumps(value, indent=1, ensure_ascii=False)
        return "\n".join(f"{key} = {below}" for key, below in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(str(below) for below in value)
    return str(value) if isinstance(value, str | int | float) else ""


def _parsed(item: "fields.Field[Any] | None", text: str) -> Any:
    if isinstance(item, fields.List):
        lines = text.replace(",", "\n").splitlines()
        return [line.strip() for line in lines if line.strip()]
    if isinstance(item, fields.Dict):
        return _mapping(text)
    return text


def _mapping(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            parsed: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"This is not valid JSON: {error}.") from error
        return parsed
    pairs = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals or not key.strip():
            raise ValueError(f"“{line.strip()}” is not of the form key = value.")
        pairs[key.strip()] = value.strip()
    return pairs
