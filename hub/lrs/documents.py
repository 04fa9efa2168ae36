"""Stores and finds documents: states, and profiles of agents and activities.

A document is changed only where its guard agrees, under a lock, in the caller's transaction: of two
writers who start from the same ETag one wins. Its bytes are never rewritten, except where a JSON
object is merged into another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha1, sha256
from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from connectors.records import Identifier
from hub import clock
from hub.database import lock_key
from hub.learners.rules import name_of
from hub.learners.service import intern_names
from hub.lrs.document_models import Document
from hub.lrs.errors import XapiError
from hub.lrs.prepare import IfiKind, ifi_text
from xapi import json as xapi_json
from xapi.actors import IFI

JSON = "application/json"

Guard = Callable[[str | None], None]
"""Raises where a document with this ETag may not be changed; None: where there is none."""


class Resource(StrEnum):
    """The three document resources of the standard."""

    STATE = "state"
    AGENT_PROFILE = "agent_profile"
    ACTIVITY_PROFILE = "activity_profile"


@dataclass(frozen=True, slots=True)
class Place:
    """The context that documents are named in. No registration is a context of its own."""

    resource: Resource
    activity: str | None = None
    agent: IFI | None = None
    registration: UUID | None = None

    @property
    def digest(self) -> bytes:
        return _digest(*self._parts())

    def key(self, name: str) -> bytes:
        return _digest(*self._parts(), name)

    def _parts(self) -> tuple[str | None, ...]:
        agent = ifi_text(self.agent) if self.agent else None
        registration = str(self.registration) if self.registration else None
        return (self.resource.value, self.activity, agent, registration)


@dataclass(frozen=True, slots=True)
class Body:
    """A document as it is sent. content_type is the header's value, parameters included."""

    content: bytes
    content_type: str

    @property
    def is_json(self) -> bool:
        return self.content_type.partition(";")[0].strip().lower() == JSON

    def json_object(self, what: str) -> dict[str, Any]:
        """The JSON object that it is. Raises XapiError; *what* begins the sentence."""
        if not self.is_json:
            raise XapiError(
                f'{what} has the Content-Type "{self.content_type}"; POST merges JSON objects '
                f"only ({JSON}). Nothing was changed; a PUT replaces the whole document."
            )
        try:
            value = xapi_json.loads(self.content)
        except xapi_json.BadJson as error:
            raise XapiError(
                f"{what} is not JSON that can be merged: {error.detail} Nothing was changed."
            ) from error
        if not isinstance(value, dict):
            raise XapiError(
                f"{what} is no JSON object, and only objects can be merged. Nothing was changed; a "
                "PUT replaces the whole document."
            )
        return value


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of a place's documents in order, and when the newest of them changed."""

    names: tuple[str, ...]
    updated: datetime | None

    @property
    def body(self) -> bytes:
        return xapi_json.dumps(list(self.names))

    @property
    def etag(self) -> str:
        return etag_of(self.body)


def etag_of(content: bytes) -> str:
    """The ETag without its quotes: SHA-1 in lowercase hexadecimal (Communication 3.1)."""
    return sha1(content, usedforsecurity=False).hexdigest()


def find(session: Session, place: Place, name: str) -> Document | None:
    """One document with its content."""
    return _row(session, place.key(name), with_content=True)


def list_names(session: Session, place: Place, *, since: datetime | None = None) -> Listed:
    """The documents of a place, all or those that changed after *since* (exclusive)."""
    query = select(Document.name, Document.updated).where(Document.place == place.digest)
    if since is not None:
        query = query.where(Document.updated > since)
    rows = session.execute(query).all()
    return Listed(
        tuple(sorted(row.name for row in rows)), max((row.updated for row in rows), default=None)
    )


def put(session: Session, place: Place, name: str, body: Body, guard: Guard) -> str:
    """Store or replace a document; returns its ETag. Raises what the guard raises."""
    key = _lock_one(session, place, name)
    row = _row(session, key)
    guard(row.etag if row else None)
    return _write(session, place, name, body, row)


def merge(
    session: Session, place: Place, name: str, body: Body, guard: Guard, *, largest: int
) -> str:
    """Set the properties of a JSON object in a document, which is made where it is missing.

    Only top-level properties are set (Communication 2.2). Returns the ETag. Raises what the guard
    raises, and XapiError where either is no JSON object or the whole gets larger than *largest*
    bytes.
    """
    posted = body.json_object("The document that was posted")
    key = _lock_one(session, place, name)
    row = _row(session, key, with_content=True)
    guard(row.etag if row else None)
    if row is not None:
        stored = Body(row.content, row.content_type).json_object("The document that is stored")
        body = Body(xapi_json.dumps(stored | posted), JSON)
        if len(body.content) > largest:
            raise XapiError(
                f"Nothing was changed: merged, the document would have {len(body.content)} bytes; "
                f"at most {largest} are stored.",
                status=413,
            )
    return _write(session, place, name, body, row)


def remove(session: Session, place: Place, name: str, guard: Guard) -> None:
    """Delete a document; one that is not there is no error. Raises what the guard raises."""
    key = _lock_one(session, place, name)
    row = _row(session, key)
    guard(row.etag if row else None)
    if row is not None:
        session.delete(row)


def clear(session: Session, place: Place, guard: Guard) -> None:
    """Delete all documents of a place. The guard judges the list of their names."""
    lock_key(session, f"documents {place.digest.hex()}")
    guard(list_names(session, place).etag)
    session.execute(delete(Document).where(Document.place == place.digest))


def _digest(*parts: str | None) -> bytes:
    return sha256(xapi_json.dumps(parts)).digest()


def _lock_one(session: Session, place: Place, name: str) -> bytes:
    """Keep other writers of this document waiting, and whoever clears its place."""
    key = place.key(name)
    lock_key(session, f"documents {place.digest.hex()}", shared=True)
    lock_key(session, f"document {key.hex()}")
    return key


def _row(session: Session, key: bytes, *, with_content: bool = False) -> Document | None:
    query = select(Document).where(Document.key == key)
    if with_content:
        query = query.options(undefer(Document.content))
    return session.scalars(query).one_or_none()


def _write(session: Session, place: Place, name: str, body: Body, row: Document | None) -> str:
    if row is None:
        row = Document(
            key=place.key(name),
            place=place.digest,
            resource=place.resource.value,
            activity=place.activity,
            agent=ifi_text(place.agent) if place.agent else None,
            identifier_id=_identifier_id(session, place.agent) if place.agent else None,
            registration=place.registration,
            name=name,
        )
        session.add(row)
    row.content = body.content
    row.content_type = body.content_type
    row.etag = etag_of(body.content)
    row.updated = clock.now()
    return row.etag


def _identifier_id(session: Session, agent: IFI) -> int | None:
    """The name that a learner is resolved by, made where it is new; no learner is made for it."""
    try:
        name = name_of(Identifier(cast("IfiKind", agent.kind), agent.value, agent.home_page))
    except ValueError:
        return None  # an identifier by the standard that names nobody, such as an empty account
    return intern_names(session, [name])[name.key]
