"""/xapi: the Statement resource and About of the standard, versions 1.0.3 and 2.0.0.

Refuses what it does not do yet by name (attachments, related_*, canonical format) instead of
answering wrongly.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Flask, Response, g, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.database import collided
from hub.extensions import csrf, current_hub
from hub.jobs.queue import ring
from hub.lrs.errors import XapiError, answers_here, invalid
from hub.lrs.http import (
    CONSISTENT_HEADER,
    SUPPORTED,
    VERSION_HEADER,
    Caller,
    caller,
    needed,
    negotiated_version,
    stamp,
    with_version,
)
from hub.lrs.parameters import each_once, one_of, query_of, single_id
from hub.lrs.prepare import Prepared, prepare
from hub.lrs.query import (
    Query,
    as_page,
    consistent_through,
    find_statement,
    find_statements,
    query_from,
    query_json,
)
from hub.lrs.store import put
from xapi import json as xapi_json
from xapi.errors import InvalidStatement

xapi = Blueprint("xapi", __name__, url_prefix="/xapi")

_WRITE = ("all", "statements/write")
_READ = ("all", "all/read", "statements/read")
_MINE = "statements/read/mine"

_TRIES = 3
"""How often a batch is tried while other writers are in its way."""


@xapi.get("/about")
def about() -> Response:
    """Versions that this store speaks; no credentials needed (Communication 2.8).

    A client that asks in 1.0.x is told of 1.0.x alone: clients of that time, tincan among them,
    give up at a version that they do not know.
    """
    old = request.headers.get(VERSION_HEADER, "").startswith("1.")
    return jsonify({"version": list(SUPPORTED[:1] if old else SUPPORTED), "extensions": {}})


@xapi.post("/statements")
def post_statements() -> Response:
    """Store one statement or a batch, whole or not at all."""
    version = negotiated_version(request)
    who = caller()
    needed(who, *_WRITE)
    if request.args:
        raise XapiError(f"POST takes no parameters here; got {', '.join(sorted(request.args))}.")
    body = _body()
    statements = body if isinstance(body, list) else [body]
    limit = current_hub().settings.max_batch
    if len(statements) > limit:
        raise XapiError(
            f"The request has {len(statements)} statements; at most {limit} are taken at once.",
            status=413,
        )
    batch = _prepared(statements, version)
    _refuse_repeated(batch)
    ids = _store(batch, who, version)
    return jsonify([str(statement_id) for statement_id in ids])


@xapi.put("/statements")
def put_statement() -> Response:
    """Store one statement under the id in the address."""
    version = negotiated_version(request)
    who = caller()
    needed(who, *_WRITE)
    given = each_once(request.args)
    unknown = sorted(set(given) - {"statementId"})
    if unknown:
        raise XapiError(f"Unknown parameter: {', '.join(unknown)}.")
    statement_id = single_id("statementId", given.get("statementId"))
    body = _body()
    if not isinstance(body, dict):
        raise XapiError("PUT takes exactly one statement, as a JSON object.")
    inside = body.get("id")
    if inside is not None and str(inside).lower() != str(statement_id):
        raise XapiError(f'The body has the id "{inside}", the address {statement_id}.')
    _store(_prepared([{**body, "id": str(statement_id)}], version), who, version)
    return Response(status=204)


@xapi.get("/statements")
def get_statements() -> Response:
    """One statement by id, or a page of those that match the filters."""
    negotiated_version(request)
    who = caller()
    needed(who, *_READ, _MINE)
    authority = None if who.may(*_READ) else who.authority.key
    given = each_once(request.args)
    for name, voided in (("statementId", False), ("voidedStatementId", True)):
        if name in given:
            return _one(one_of(name, given), voided=voided, authority=authority)
    return _page(query_of(given, authority=authority))


@xapi.get("/statements/more/<token>")
def more_statements(token: str) -> Response:
    """The next page of an earlier answer."""
    negotiated_version(request)
    who = caller()
    needed(who, *_READ, _MINE)
    try:
        query = query_from(_signer().loads(token))
    except BadSignature as error:
        raise XapiError("This is no link that this store gave out.", status=404) from error
    if query.authority is None:
        needed(who, *_READ)
    elif query.authority != who.authority.key:
        raise XapiError("This link belongs to another credential.", status=403)
    return _page(query)


def _body() -> object:
    if request.content_encoding:
        raise XapiError(
            f"The body is encoded as {request.content_encoding}; send it as it is.", status=415
        )
    if request.mimetype != "application/json":
        raise XapiError(
            f'The body has the Content-Type "{request.mimetype or "none"}"; '
            "statements are taken as application/json.",
            status=415 if request.mimetype == "multipart/mixed" else 400,
        )
    try:
        return xapi_json.loads(request.get_data())
    except xapi_json.BadJson as error:
        rule = {"statement": 0, "pointer": "", "rule": error.rule, "message": error.detail}
        raise XapiError(
            f"The body is not JSON that can be stored: {error.detail}", problems=[rule]
        ) from error


def _prepared(statements: Sequence[Any], version: str) -> list[Prepared]:
    batch = []
    for index, statement in enumerate(statements):
        try:
            item = prepare(statement, new_id=uuid4(), version=version, index=index)
        except InvalidStatement as error:
            raise invalid(error, len(statements)) from error
        _refuse_missing_attachment(item.statement, index)
        batch.append(item)
    return batch


def _refuse_missing_attachment(statement: Mapping[str, Any], index: int) -> None:
    for attachment in statement.get("attachments", ()):
        if "fileUrl" not in attachment:
            raise XapiError(
                f"Statement {index + 1} was not stored: an attachment without fileUrl needs its "
                "content in a multipart/mixed request, which this store does not take yet."
            )


def _refuse_repeated(batch: Sequence[Prepared]) -> None:
    ids = [item.id for item in batch]
    if len(set(ids)) != len(ids):
        twice = next(statement_id for statement_id in ids if ids.count(statement_id) > 1)
        raise XapiError(f"The id {twice} stands twice in the request. Nothing was stored.")


def _store(batch: Sequence[Prepared], who: Caller, version: str) -> tuple[UUID, ...]:
    for _ in range(_TRIES):
        try:
            with current_hub().database.transaction() as session:
                stored = put(session, batch, authority=who.authority, version=version)
        except DBAPIError as error:
            if not collided(error):
                raise
        else:
            ring()
            return stored.ids
    raise XapiError(
        "Nothing of the request was stored: other writers held the same people or activities for "
        "too long. Send it again.",
        status=503,
    )


def _one(statement_id: UUID, *, voided: bool, authority: str | None) -> Response:
    with current_hub().database.reading() as session:
        _note_consistency(session)
        payload = find_statement(session, statement_id, voided=voided, authority=authority)
    if payload is None:
        kind = "voided statement" if voided else "statement"
        raise XapiError(f"There is no {kind} with the id {statement_id}.", status=404)
    return Response(payload, mimetype="application/json")


def _page(query: Query) -> Response:
    with current_hub().database.reading() as session:
        _note_consistency(session)
        found = find_statements(session, query)
    more = ""
    if found.next is not None:
        more = f"/xapi/statements/more/{_signer().dumps(query_json(found.next))}"
    return Response(as_page(found.payloads, more), mimetype="application/json")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_hub().keyring.session_secret, salt="xapi-more")


def _note_consistency(session: Session) -> None:
    """Before the statements are read: what is stored in between is not promised to be there."""
    g.consistent_through = consistent_through(session)


def _finish(answer: Response) -> Response:
    """Headers on every answer, also where no view was reached (Communication 2.1.3, 3.3)."""
    if not answers_here():
        return answer
    if request.path.startswith("/xapi/statements"):
        if "consistent_through" not in g:
            with current_hub().database.reading() as session:
                _note_consistency(session)
        answer.headers[CONSISTENT_HEADER] = stamp(g.consistent_through)
    return with_version(answer)


def register(app: Flask) -> None:
    """Add /xapi to the application; hub.lrs.errors words its errors."""
    csrf.exempt(xapi)
    app.register_blueprint(xapi)
    app.after_request(_finish)
