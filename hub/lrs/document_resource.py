"""/xapi/activities/state, /xapi/agents/profile, /xapi/activities/profile: documents over HTTP
(xAPI Communication 2.2, 2.3, 2.6, 2.7, 3.1; IEEE 9274.1.1, 4.1.4 and 4.1.6).

A document is returned as the bytes and Content-Type that were sent. A browser is told to run
nothing of it: it has the address of the hub, and comes from somebody else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, request
from flask.views import MethodView
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from hub.database import collided
from hub.extensions import current_hub
from hub.lrs import documents
from hub.lrs.document_parameters import (
    ACTIVITY_PROFILE,
    AGENT_PROFILE,
    STATE,
    Asked,
    Shape,
    asked_of,
)
from hub.lrs.documents import JSON, Body, Resource
from hub.lrs.errors import XapiError
from hub.lrs.http import Caller, caller, needed, negotiated_version
from hub.lrs.parameters import each_once
from hub.lrs.preconditions import check_put, preconditions_of

PATHS = {
    "/activities/state": STATE,
    "/agents/profile": AGENT_PROFILE,
    "/activities/profile": ACTIVITY_PROFILE,
}

_RUNS_NOTHING = "default-src 'none'; sandbox"
_NO_TYPE = "application/octet-stream"
"""What a document without Content-Type is (RFC 9110, 8.3)."""


class DocumentView(MethodView):
    """One of the three resources."""

    init_every_request = False

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        scope = "state" if shape.resource is Resource.STATE else "profile"
        self.writers = (scope, "all")
        self.readers = (*self.writers, "all/read")

    def get(self) -> Response:
        """One document, or the names of all of them as a JSON array."""
        asked, *_ = self._asked(*self.readers)
        with current_hub().database.reading() as session:
            if asked.name is None:
                found = documents.list_names(session, asked.place, since=asked.since)
                return _stamped(Response(found.body, mimetype=JSON), found.etag, found.updated)
            row = documents.find(session, asked.place, asked.name)
        if row is None:
            raise XapiError(
                f'There is no document with the {self.shape.name} "{asked.name}" for these '
                "parameters.",
                status=404,
            )
        if request.if_none_match.contains_weak(row.etag):
            return _stamped(Response(status=304), row.etag, row.updated)
        answer = Response(row.content, content_type=row.content_type)
        answer.headers["Content-Security-Policy"] = _RUNS_NOTHING
        return _stamped(answer, row.etag, row.updated)

    def put(self) -> Response:
        """Store or replace one document; 204 with its ETag."""
        asked, who, version = self._asked(*self.writers)
        assert asked.name is not None
        guard = partial(
            check_put,
            preconditions_of(request.headers),
            version=version,
            is_state=self.shape.resource is Resource.STATE,
            lenient=who.vendor.lenient,
        )
        body = _body()
        with _writing() as session:
            etag = documents.put(session, asked.place, asked.name, body, guard)
        answer = Response(status=204)
        answer.set_etag(etag)
        return answer

    def post(self) -> Response:
        """Merge a JSON object into one document, or store it; 204."""
        asked, *_ = self._asked(*self.writers)
        assert asked.name is not None
        guard = preconditions_of(request.headers).check
        body = _body()
        largest = current_hub().settings.max_body_bytes
        with _writing() as session:
            documents.merge(session, asked.place, asked.name, body, guard, largest=largest)
        return Response(status=204)

    def delete(self) -> Response:
        """Delete one document, or all states of a place; 204."""
        asked, *_ = self._asked(*self.writers)
        guard = preconditions_of(request.headers).check
        with _writing() as session:
            if asked.name is None:
                documents.clear(session, asked.place, guard)
            else:
                documents.remove(session, asked.place, asked.name, guard)
        return Response(status=204)

    def _asked(self, *scopes: str) -> tuple[Asked, Caller, str]:
        version = negotiated_version(request)
        who = caller()
        needed(who, *scopes)
        given = each_once(request.args)
        return asked_of(self.shape, given, method=request.method, version=version), who, version


def register(blueprint: Blueprint) -> None:
    """Add the three resources to /xapi."""
    for path, shape in PATHS.items():
        blueprint.add_url_rule(path, view_func=DocumentView.as_view(shape.resource.value, shape))


def _body() -> Body:
    if request.content_encoding:
        raise XapiError(
            f"The document was not stored: it is encoded as {request.content_encoding}; send it "
            "as it is.",
            status=415,
        )
    content_type = request.headers.get("Content-Type") or _NO_TYPE
    if not content_type.isprintable():
        raise XapiError("The document was not stored: its Content-Type has control characters.")
    try:
        content = request.get_data()
    except RequestEntityTooLarge as error:
        raise XapiError(
            "The document was not stored: it is too large. At most "
            f"{request.max_content_length} bytes are taken (setting HUB_MAX_BODY_BYTES).",
            status=413,
        ) from error
    return Body(content, content_type)


@contextmanager
def _writing() -> Iterator[Session]:
    try:
        with current_hub().database.transaction() as session:
            yield session
    except DBAPIError as error:
        if not collided(error):
            raise
        raise XapiError(
            "Nothing was changed: other writers held the document for too long. Send it again.",
            status=503,
        ) from error


def _stamped(answer: Response, etag: str, updated: datetime | None) -> Response:
    answer.set_etag(etag)
    if updated is not None:
        answer.last_modified = updated
    return answer
