"""Draws a form from a marshmallow schema: fields in schema order, in the words of their metadata.

A form holds text only, as people type it; what the text means is decided by the schema's owner.
Secrets are write-only: they are never sent to a browser.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask_wtf import FlaskForm
from marshmallow import Schema, fields, validate
from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)

PREFIX = "field_"
KEPT = "Kept as it is. Type here only to replace it."


class SchemaForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Base of the forms that are drawn from a schema."""

    basic: tuple[str, ...] = ()
    advanced: tuple[str, ...] = ()

    def of(self, names: Collection[str]) -> list[Any]:
        """The fields with these names of the schema, in order."""
        return [self[PREFIX + name] for name in names]

    def texts(self) -> dict[str, str]:
        """What was typed, by field name of the schema; "" where nothing was."""
        return {name: _text(self[PREFIX + name]) for name in (*self.basic, *self.advanced)}

    def blame(self, problems: Mapping[str, list[str]]) -> None:
        """Show problems at their fields; those of no field stand at the top."""
        for name, messages in problems.items():
            if PREFIX + name in self:
                self[PREFIX + name].errors = [*self[PREFIX + name].errors, *messages]
            else:
                self.form_errors.extend(messages)


def form_class(
    schema: type[Schema],
    *,
    texts: Mapping[str, str] | None = None,
    kept_secrets: Collection[str] = (),
    base: type[SchemaForm] = SchemaForm,
) -> type[SchemaForm]:
    """A form class for *schema*; *texts* are shown first, *kept_secrets* have a value already."""
    members: dict[str, Any] = {}
    basic: list[str] = []
    advanced: list[str] = []
    for name, item in schema().fields.items():
        shown = (texts or {}).get(name, _default(item))
        members[PREFIX + name] = _form_field(item, shown, kept=name in kept_secrets)
        (basic if item.required or item.load_only else advanced).append(name)
    return type(
        "DrawnForm", (base,), {**members, "basic": tuple(basic), "advanced": tuple(advanced)}
    )


def _form_field(item: fields.Field[Any], shown: str, *, kept: bool) -> Any:
    title = item.metadata.get("title", item.name)
    described: dict[str, Any] = {
        "description": item.metadata.get("description", ""),
        "render_kw": {"autocomplete": "off", "spellcheck": "false"},
    }
    choices = next((v.choices for v in _validators(item) if isinstance(v, validate.OneOf)), None)
    if item.load_only:
        described["render_kw"] |= {"autocomplete": "new-password"}
        if kept:
            described["render_kw"]["placeholder"] = KEPT
        return _must(PasswordField(title, **described), needed=item.required and not kept)
    if choices is not None:
        pairs = [(str(choice), str(choice)) for choice in choices]
        if not item.required and not shown:
            pairs.insert(0, ("", "not set"))
        return _must(
            SelectField(title, choices=pairs, default=shown, **described), needed=item.required
        )
    if isinstance(item, fields.Boolean):
        return BooleanField(title, default=shown == "true", description=described["description"])
    if isinstance(item, fields.Dict | fields.List):
        described["render_kw"] |= {"rows": 3}
        return _must(TextAreaField(title, default=shown, **described), needed=item.required)
    if "placeholder" in item.metadata:
        described["render_kw"]["placeholder"] = item.metadata["placeholder"]
    if isinstance(item, fields.Integer):
        described["render_kw"]["inputmode"] = "numeric"
    return _must(StringField(title, default=shown, **described), needed=item.required)


def _must(unbound: Any, *, needed: bool) -> Any:
    """Mark a field that needs a value, without a browser's own message in its way."""
    unbound.kwargs["render_kw"] |= {"aria-required": "true"} if needed else {}
    return unbound


def _validators(item: fields.Field[Any]) -> list[Any]:
    return list(item.validators)


def _default(item: fields.Field[Any]) -> str:
    value = item.load_default
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _text(bound: Field) -> str:
    if isinstance(bound, BooleanField):
        return "true" if bound.data else "false"
    return str(bound.data or "").strip()
