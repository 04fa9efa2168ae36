"""From the body of a request to statements that are ready for the store.

Strict, as the standard has it: one bad statement and nothing is stored. A credential whose bad
statements are set aside loses only these; they are kept as rejections with their reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Flask, current_app, request
from sqlalchemy.orm import Session

from hub.extensions import Hub, current_hub
from hub.jobs import bell
from hub.lrs import attachments
from hub.lrs.attachment_storage import storage_of
from hub.lrs.errors import XapiError, invalid
from hub.lrs.http import Caller
from hub.lrs.intake import close_stored, has_cases, set_aside_bad
from hub.lrs.prepare import Prepared, prepare
from hub.lrs.store import Intake, StatementConflict, Stored
from hub.lrs.writer import Writer
from xapi import json as xapi_json
from xapi.attachments import hashes_in
from xapi.errors import InvalidStatement, Problem
from xapi.multipart import Part

Bad = tuple[int, Any, InvalidStatement]
"""The place of a statement in the request, the statement as sent, and what is wrong with it."""


_EXTENSION = "xapi_writer"
_NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Received:
    """What a request brought: JSON, and the contents of attachments."""

    body: object
    parts: tuple[Part, ...]

    @property
    def statements(self) -> list[Any]:
        return self.body if isinstance(self.body, list) else [self.body]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request; set_aside is the number of its statements that were not stored."""

    stored: Stored
    set_aside: int


def receive() -> Received:
    """Read the body of the current request. Raises XapiError 400, 413 or 415."""
    if request.content_encoding:
        raise XapiError(
            f"The body is encoded as {request.content_encoding}; send it as it is.", status=415
        )
    data: bytes = request.get_data()
    parts: tuple[Part, ...] = ()
    if request.mimetype == "multipart/mixed":
        whole = attachments.read(data, request.content_type or "", current_hub().settings)
        data, parts = whole.statements, whole.parts
    elif request.mimetype != "application/json":
        raise XapiError(
            f'The body has the Content-Type "{request.mimetype or "none"}"; '
            "statements are taken as application/json, with attachments as multipart/mixed."
        )
    try:
        return Received(xapi_json.loads(data), parts)
    except xapi_json.BadJson as error:
        rule = {"statement": 0, "pointer": "", "rule": error.rule, "message": error.detail}
        raise XapiError(
            f"The body is not JSON that can be stored: {error.detail}", problems=[rule]
        ) from error


def take(received: Received, who: Caller, version: str) -> Taken:
    """Store what was received. Raises XapiError, and StatementConflict."""
    total = len(received.statements)
    limit = current_hub().settings.max_batch
    if total > limit:
        raise XapiError(
            f"The request has {total} statements; at most {limit} are taken at once.", status=413
        )
    bad: list[Bad] = []
    good: list[tuple[int, Prepared]] = []
    for index, statement in enumerate(received.statements):
        try:
            item = prepare(statement, new_id=_new_id(statement), version=version, index=index)
        except InvalidStatement as error:
            if not who.sets_aside:
                raise invalid(error, total) from error
            bad.append((index, statement, error))
        else:
            good.append((index, item))
    _refuse_repeated([item for _, item in good])
    parts = _fitting_parts(received, who, version, good, bad)
    stored = _store(good, bad, parts, who, version)
    if who.sets_aside:
        _keep_aside(who, bad, stored)
    return Taken(stored, len(bad))


def _new_id(statement: object) -> UUID:
    """An id for a statement that brings none; chance is not asked for those that do."""
    return _NO_ID if isinstance(statement, dict) and "id" in statement else uuid4()


def _refuse_repeated(batch: Sequence[Prepared]) -> None:
    ids = [item.id for item in batch]
    if len(set(ids)) != len(ids):
        twice = next(statement_id for statement_id in ids if ids.count(statement_id) > 1)
        raise XapiError(f"The id {twice} stands twice in the request. Nothing was stored.")


def _fitting_parts(
    received: Received, who: Caller, version: str, good: list[tuple[int, Prepared]], bad: list[Bad]
) -> tuple[Part, ...]:
    """The parts, once they and the statements belong together; sets aside those that lack one."""
    parts = received.parts
    while True:
        if bad:
            needed = {sha2 for _, item in good for sha2 in hashes_in(item.statement)}
            parts = tuple(part for part in received.parts if part.sha2 in needed)
        try:
            attachments.check([item.statement for _, item in good], parts, version=version)
        except InvalidStatement as error:
            index, item = good[error.index or 0]
            if not who.sets_aside:
                raise invalid(error, len(received.statements)) from error
            bad.append((index, item.statement, error))
            good.remove((index, item))
        else:
            return parts


def _store(
    good: list[tuple[int, Prepared]],
    bad: list[Bad],
    parts: tuple[Part, ...],
    who: Caller,
    version: str,
) -> Stored:
    storage = storage_of(current_hub().settings)
    attachments.write_ahead(storage, parts)
    while True:
        batch = [item for _, item in good]
        hashes = {item.id: hashes_in(item.statement) for item in batch} if parts else {}

        def keep_contents(session: Session, seqs: Mapping[UUID, int], hashes: Any = hashes) -> None:
            used = [(seq, sha2) for one, seq in seqs.items() for sha2 in hashes[one]]
            attachments.keep(session, storage, parts, used)

        also = keep_contents if parts else None
        try:
            stored = writer(current_app).store(Intake(batch, who.authority, version, also=also))
        except StatementConflict as conflict:
            if not who.sets_aside:
                raise
            index, item = good.pop(conflict.index)
            bad.append((index, item.statement, _as_problem(conflict)))
        else:
            bell.ring("projection", "forwarding")
            return stored


def _as_problem(conflict: StatementConflict) -> InvalidStatement:
    return InvalidStatement([Problem("/id", "conflict", conflict.message, "Data 2.3.1")])


def _keep_aside(who: Caller, bad: Sequence[Bad], stored: Stored) -> None:
    """Keep what was bad and close what is mended; a usual batch is neither, and writes nothing."""
    hub = current_hub()
    if not bad:
        if not stored.seqs:
            return
        with hub.database.reading() as session:
            if not has_cases(session, who.vendor):
                return
    with hub.database.transaction() as session:
        set_aside_bad(session, hub.keyring, who.vendor, bad)
        close_stored(session, who.vendor, stored.seqs)


def writer(app: Flask) -> Writer:
    """The one writer of this process."""
    return cast("Writer", app.extensions[_EXTENSION])


def register(app: Flask) -> None:
    """Give the application its writer."""
    app.extensions[_EXTENSION] = Writer(cast("Hub", app.extensions["hub"]).database)
