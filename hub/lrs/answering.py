"""Statements in the form that a reader asked for: exact, ids or canonical, with attachments or not.

Exact is the stored text itself. The other two are made of the page, and only of the page.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.http import http_date

from hub.catalog.definitions import definitions_of
from hub.extensions import Hub
from hub.lrs import attachments, payload
from hub.lrs.attachment_storage import storage_of
from hub.lrs.form import Form
from hub.lrs.more import as_page, more_link
from hub.lrs.query import Found, One
from hub.lrs.verbs import displays_of
from xapi import json as xapi_json
from xapi.activities import activities_in, verbs_in
from xapi.languages import accepted
from xapi.multipart import Part
from xapi.presentation import as_canonical, as_ids


def answer_one(hub: Hub, session: Session, one: One, form: Form) -> Response:
    """A single statement."""
    (body,) = _formed(session, [one.payload], form)
    return _response(hub, session, body, [one.seq], form, modified=one.stored)


def answer_page(hub: Hub, session: Session, found: Found, form: Form) -> Response:
    """A StatementResult; with attachments it ends where their contents become too many."""
    payloads, seqs, following = found.payloads, found.seqs, found.next
    if form.attachments:
        most = hub.settings.max_attachment_bytes
        fitting = attachments.fitting(session, seqs, most) if seqs else 0
        if fitting < len(seqs):
            payloads, seqs = payloads[:fitting], seqs[:fitting]
            following = replace(found.query, after=seqs[-1])
    more = more_link(hub.keyring, following, form) if following is not None else ""
    body = as_page(tuple(_formed(session, payloads, form)), more)
    newest = payloads[seqs.index(max(seqs))] if seqs else None
    return _response(hub, session, body, seqs, form, modified=_stored(newest))


def _formed(session: Session, payloads: Sequence[bytes], form: Form) -> Sequence[bytes]:
    if form.format == "exact" or not payloads:
        return payloads
    statements = [payload.decode(kept) for kept in payloads]
    if form.format == "ids":
        return [xapi_json.dumps(as_ids(statement)) for statement in statements]
    definitions = definitions_of(
        session, {iri for statement in statements for iri, _, _ in activities_in(statement)}
    )
    displays = displays_of(
        session, {iri for statement in statements for iri, _ in verbs_in(statement)}
    )
    languages = accepted(form.languages or None)
    return [
        xapi_json.dumps(as_canonical(statement, languages, definitions, displays))
        for statement in statements
    ]


def _response(
    hub: Hub,
    session: Session,
    body: bytes,
    seqs: Sequence[int],
    form: Form,
    *,
    modified: datetime | None,
) -> Response:
    if form.attachments:
        parts = attachments.find_of(session, storage_of(hub.settings), seqs)
        body, content_type = attachments.multipart_answer(body, _as_named(body, parts))
        answer = Response(body, content_type=content_type)
    else:
        answer = Response(body, mimetype="application/json")
    if form.format == "canonical":
        answer.vary.add("Accept-Language")
    if modified is not None:
        answer.headers["Last-Modified"] = http_date(modified)
    return answer


def _as_named(body: bytes, parts: Sequence[Part]) -> list[Part]:
    """Contents in the order in which the statements name them.

    The standard goes by the hash alone, but @xapi/xapi hands on contents without their headers.
    """
    named = body.lower()
    return sorted(parts, key=lambda part: named.find(part.sha2.encode()))


def _stored(kept: bytes | None) -> datetime | None:
    if kept is None:
        return None
    stored: Any = payload.decode(kept)["stored"]
    return datetime.fromisoformat(stored)
