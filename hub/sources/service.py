"""What an admin does with sources: add, change, pause, resume; and what a run needs of them.

Secrets are encrypted field by field with the source's id as context, and are never in the config.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from connectors.base import Connector
from connectors.http import TRIES, HttpSession
from connectors.registry import connectors, find_connector
from hub import clock
from hub.errors import Conflict, Invalid, NotFound
from hub.keyring import Keyring
from hub.sources.models import Source
from hub.sources.values import input_of, secret_fields

NAME_RULE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_WORDS = {
    "Missing data for required field.": "This is needed.",
    "Unknown field.": "The connector has no such field.",
    "Not a valid URL.": "Enter the whole address, beginning with https://.",
    "Not a valid integer.": "Enter a whole number.",
    "Not a valid boolean.": "Enter true or false.",
}


class BadConfiguration(Invalid):
    """Fields of a source break rules; *problems* has the rules by field ("" for none)."""

    def __init__(self, connector: type[Connector], problems: Mapping[str, list[str]]) -> None:
        known = connector.Config().fields
        lines = [
            f"{known[name].metadata.get('title', name)}: {' '.join(rules)}"
            if name in known
            else f"{name}: {' '.join(rules)}".removeprefix(": ")
            for name, rules in problems.items()
        ]
        super().__init__(
            f"The settings for {connector.title} cannot be used. {' '.join(lines)}",
            hint="Correct them and try again. Fields: " + ", ".join(known),
            field=next(iter(problems)) or None,
        )
        self.problems = dict(problems)


def connector_class(key: str) -> type[Connector]:
    """The connector with this key. Raises NotFound with the keys there are."""
    found = find_connector(key)
    if found is None:
        raise NotFound(
            f"There is no connector “{key}”.",
            hint=f"Connectors are: {', '.join(connectors())}.",
            field="connector",
        )
    return found


def load_config(connector: type[Connector], texts: Mapping[str, str]) -> dict[str, Any]:
    """The configuration that typed texts mean. Raises BadConfiguration with every problem."""
    try:
        loaded: dict[str, Any] = connector.Config().load(input_of(connector.Config, texts))
    except ValidationError as error:
        raise BadConfiguration(connector, _rules_by_field(error)) from error
    return loaded


def add_source(
    session: Session,
    keyring: Keyring,
    *,
    connector_key: str,
    name: str,
    values: Mapping[str, str],
) -> Source:
    """A new source. Raises NotFound (connector), Invalid (name, values) or Conflict (name)."""
    connector = connector_class(connector_key)
    loaded = load_config(connector, values)
    _check_name(session, name)
    now = clock.now()
    source = Source(
        id=uuid4(),
        connector=connector.key,
        name=name,
        config={},
        secrets={},
        created_at=now,
        changed_at=now,
    )
    _store(source, keyring, connector, loaded)
    session.add(source)
    session.flush()
    return source


def change_source(
    session: Session, keyring: Keyring, source: Source, values: Mapping[str, str]
) -> Source:
    """Other settings for a source; a secret without text keeps its value."""
    connector = connector_class(source.connector)
    kept = secrets_of(source, keyring)
    filled = {name: text or kept.get(name, "") for name, text in values.items()}
    _store(source, keyring, connector, load_config(connector, {**kept, **filled}))
    source.changed_at = clock.now()
    session.flush()
    return source


def secrets_of(source: Source, keyring: Keyring) -> dict[str, str]:
    """The secrets in the clear. Raises KeysUnusable."""
    return {
        field: keyring.decrypt(sealed.encode(), context=_context(source.id, field)).decode()
        for field, sealed in source.secrets.items()
    }


def list_sources(session: Session) -> list[Source]:
    """All sources by name."""
    return list(session.scalars(select(Source).order_by(Source.name)))


def get_source(session: Session, name: str) -> Source:
    """The source with this name. Raises NotFound with the names there are."""
    source = session.scalars(select(Source).where(Source.name == name)).one_or_none()
    if source is None:
        names = [known.name for known in list_sources(session)]
        raise NotFound(
            f"There is no source “{name}”.",
            hint=f"Sources are: {', '.join(names)}."
            if names
            else "Add one with `hub sources add`.",
            field="name",
        )
    return source


def source_by_id(session: Session, source_id: UUID) -> Source:
    """The source with this id. Raises NotFound."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound("There is no such source.", hint="It may have been removed.")
    return source


def connector_for(
    source: Source, keyring: Keyring, settings: Settings, *, hurried: bool = False
) -> Connector:
    """The connector ready to check or read; its caller closes ``connector.http``.

    Raises NotFound when the connector is not installed, BadConfiguration, KeysUnusable, and
    NeedsAttention when a file that the configuration names is not there.
    """
    connector = connector_class(source.connector)
    given = {**source.config, **secrets_of(source, keyring)}
    try:
        config: dict[str, Any] = connector.Config().load(given)
    except ValidationError as error:
        raise BadConfiguration(connector, _rules_by_field(error)) from error
    return open_connector(connector, config, settings, hurried=hurried)


def open_connector(
    connector: type[Connector],
    config: Mapping[str, Any],
    settings: Settings,
    *,
    hurried: bool = False,
) -> Connector:
    """A connector on a configuration that need not be saved. *hurried*: a person is waiting.

    Raises NeedsAttention as connector_for does.
    """
    http = HttpSession(
        config.get("base_url") or "",
        allow_networks=settings.allow_networks,
        timeout=(5.0, 20.0) if hurried else (10.0, 60.0),
        max_wait=5.0 if hurried else 30.0,
        tries=2 if hurried else TRIES,
        ca_file=config.get("ca_file") or None,
        secrets=tuple(str(config.get(name) or "") for name in secret_fields(connector.Config)),
    )
    return connector(config, http)


def pause(session: Session, source: Source) -> Source:
    """Pull it no more until resumed; nothing that is stored changes. Twice keeps the first time."""
    return _set_paused(session, source, source.paused_at or clock.now())


def resume(session: Session, source: Source) -> Source:
    """Pull it again; it goes on where it stood."""
    return _set_paused(session, source, None)


def _set_paused(session: Session, source: Source, at: datetime | None) -> Source:
    source.paused_at = at
    session.flush()
    return source


def _store(
    source: Source, keyring: Keyring, connector: type[Connector], loaded: Mapping[str, Any]
) -> None:
    dumped: dict[str, Any] = connector.Config().dump(loaded)
    source.config = {name: value for name, value in dumped.items() if value is not None}
    source.secrets = {
        name: keyring.encrypt(str(value).encode(), context=_context(source.id, name)).decode()
        for name in secret_fields(connector.Config)
        if (value := loaded.get(name)) not in {None, ""}
    }


def _context(source_id: UUID, field: str) -> str:
    return f"source|{source_id}|{field}"


def _check_name(session: Session, name: str) -> None:
    if NAME_RULE.fullmatch(name) is None:
        raise Invalid(
            f"“{name}” cannot be the name of a source." if name else "The source has no name.",
            hint="Use 1 to 60 letters, digits, - and _, such as moodle-academy.",
            field="name",
        )
    if session.scalars(select(Source.id).where(Source.name == name)).first() is not None:
        raise Conflict(
            f"There is a source “{name}” already.", hint="Choose another name.", field="name"
        )


def _rules_by_field(error: ValidationError) -> dict[str, list[str]]:
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {
        "" if name == "_schema" else str(name): [_WORDS.get(rule, rule) for rule in _flat(below)]
        for name, below in messages.items()
    }


def _flat(messages: Any, place: str = "") -> Iterable[str]:
    """Marshmallow nests messages by position, or by key, "key" and "value" of a mapping."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            inner = place if key in {"key", "value"} else f"“{key}”: "
            yield from _flat(below, inner)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, place)
    else:
        yield f"{place}{messages}"
