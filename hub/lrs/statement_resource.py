"""The Statement resource (xAPI Communication 2.1): storing, finding, and the rest of an answer."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from hub.extensions import current_hub
from hub.lrs.answering import answer_one, answer_page
from hub.lrs.consistency import complete_until
from hub.lrs.errors import XapiError
from hub.lrs.form import Form
from hub.lrs.http import SET_ASIDE_HEADER, Caller, caller, needed, negotiated_version
from hub.lrs.more import read_more
from hub.lrs.parameters import each_once, form_of, one_of, query_of, single_id
from hub.lrs.query import Query, find_statement, find_statements
from hub.lrs.receiving import Received, receive, take
from hub.lrs.request_log import note_statements
from xapi import json as xapi_json

_WRITE = ("all", "statements/write")
_READ = ("all", "all/read", "statements/read")
_MINE = "statements/read/mine"


def post_statements() -> Response:
    """Store one statement or a batch, whole or not at all."""
    version = negotiated_version(request)
    who = caller()
    needed(who, *_WRITE)
    if request.args:
        raise XapiError(f"POST takes no parameters here; got {', '.join(sorted(request.args))}.")
    received = receive()
    note_statements(len(received.statements))
    taken = take(received, who, version)
    g.consistent_through = taken.stored.at
    ids = [str(statement_id) for statement_id in taken.stored.ids]
    answer = Response(xapi_json.dumps(ids), mimetype="application/json")
    if who.sets_aside:
        answer.headers[SET_ASIDE_HEADER] = str(taken.set_aside)
    return answer


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
    received = receive()
    note_statements(1)
    body = received.body
    if not isinstance(body, dict):
        raise XapiError("PUT takes exactly one statement, as a JSON object.")
    inside = body.get("id")
    if inside is not None and str(inside).lower() != str(statement_id):
        raise XapiError(f'The body has the id "{inside}", the address {statement_id}.')
    taken = take(Received({**body, "id": str(statement_id)}, received.parts), who, version)
    g.consistent_through = taken.stored.at
    answer = Response(status=204)
    if who.sets_aside:
        answer.headers[SET_ASIDE_HEADER] = str(taken.set_aside)
    return answer


def get_statements() -> Response:
    """One statement by id, or a page of those that match the filters."""
    negotiated_version(request)
    who = caller()
    needed(who, *_READ, _MINE)
    authority = None if who.may(*_READ) else who.authority.key
    given = each_once(request.args)
    form = form_of(given, languages=request.headers.get("Accept-Language", ""))
    for name, voided in (("statementId", False), ("voidedStatementId", True)):
        if name in given:
            return _one(one_of(name, given), form, voided=voided, authority=authority)
    return _page(query_of(given, authority=authority), form)


def more_statements(token: str) -> Response:
    """The next page of an earlier answer."""
    negotiated_version(request)
    who = caller()
    needed(who, *_READ, _MINE)
    rest = read_more(current_hub().keyring, token)
    if rest is None:
        raise XapiError("This is no link that this store gave out.", status=404)
    query, form = rest
    _may_go_on(who, query)
    return _page(query, form)


def register(blueprint: Blueprint) -> None:
    """Add the resource to /xapi."""
    blueprint.post("/statements")(post_statements)
    blueprint.put("/statements")(put_statement)
    blueprint.get("/statements")(get_statements)
    blueprint.get("/statements/more/<token>")(more_statements)


def _may_go_on(who: Caller, query: Query) -> None:
    if query.authority is None:
        needed(who, *_READ)
    elif query.authority != who.authority.key:
        raise XapiError("This link belongs to another credential.", status=403)


def _one(statement_id: UUID, form: Form, *, voided: bool, authority: str | None) -> Response:
    hub = current_hub()
    with hub.database.reading() as session:
        g.consistent_through = complete_until(hub.database, session)
        found = find_statement(session, statement_id, voided=voided, authority=authority)
        if found is None:
            kind = "voided statement" if voided else "statement"
            raise XapiError(f"There is no {kind} with the id {statement_id}.", status=404)
        return answer_one(hub, session, found, form)


def _page(query: Query, form: Form) -> Response:
    hub = current_hub()
    with hub.database.reading() as session:
        # Before the statements are read: what is stored in between is not promised to be there.
        g.consistent_through = complete_until(hub.database, session)
        return answer_page(hub, session, find_statements(session, query), form)
