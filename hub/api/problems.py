"""Errors under /api as RFC 9457 problems: the one place where they become HTTP answers.

A traceback never leaves the hub; what is not under /api is left to whoever serves it.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from hub.errors import HubError

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:problem-type:learning-record-hub:"
_PLACES = {"json": "body", "form": "body", "json_or_form": "body", "headers": "header"}
_KEPT_HEADERS = frozenset({"Allow", "Retry-After", "Accept", "Content-Range"})
_DETAILS = {
    404: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    413: "The body of the request is too large. Send less at once.",
    500: "The hub could not answer because of a mistake of its own; its log has the details.",
}
_CODES = {
    fields.Field.default_error_messages["required"]: "required",
    fields.Field.default_error_messages["null"]: "null",
    "Unknown field.": "unknown",
}


class Challenge(HubError):
    """The request has no right to an answer; *challenge* is the WWW-Authenticate header."""

    def __init__(self, message: str, *, hint: str, status: int, code: str, challenge: str) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.challenge = challenge


class ProblemEntry(Schema):
    """One input to blame."""

    pointer = fields.String(
        required=True,
        metadata={"description": "JSON pointer: /query, /body, /path or /header, then the name."},
    )
    detail = fields.String(required=True)
    code = fields.String(required=True)


class Problem(Schema):
    """RFC 9457 problem details."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What, why, and what to do."})
    instance = fields.String(required=True, metadata={"format": "uri-reference"})
    errors = fields.List(fields.Nested(ProblemEntry), required=True)


def _entries(messages: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Flatten marshmallow's nested messages; its keys are names, or numbers in a list."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _entries(below, pointer if key == "_schema" else f"{pointer}/{step}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _entries(message, pointer)
    else:
        text = str(messages)
        yield {"pointer": pointer, "detail": text, "code": _CODES.get(text, "invalid")}


def _argument_entries(messages: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        entry
        for location, below in messages.items()
        for entry in _entries(below, f"/{_PLACES.get(location, location)}")
    ]


def _known(errors: list[dict[str, str]], schema: Schema | None) -> str:
    """What can be asked for, where something was asked for that does not exist."""
    if schema is None or all(
        entry["code"] != "unknown" or entry["pointer"].count("/") > 2 for entry in errors
    ):
        return ""
    names = sorted(field.data_key or name for name, field in schema.load_fields.items())
    return f" Known are: {', '.join(names)}." if names else ""


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = {
        "type": _TYPE + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "errors": errors or [],
    }
    answer = Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)
    answer.headers.update(headers or {})
    return answer


def on_hub_error(error: HubError) -> Response:
    """The answer to something that cannot be done."""
    place = "query" if error.field in request.args else "body"
    detail = f"{error.message} {error.hint}".strip()
    errors = (
        [{"pointer": f"/{place}/{error.field}", "detail": error.message, "code": error.code}]
        if error.field
        else []
    )
    headers = {"WWW-Authenticate": error.challenge} if isinstance(error, Challenge) else {}
    return _answer(error.status, error.code, detail, errors=errors, headers=headers)


def on_http_error(error: HTTPException) -> Response | HTTPException:
    """The answer to an error of HTTP itself or of the arguments; a redirect stays a redirect."""
    status = error.code
    if status is None or status < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error
    # webargs puts the messages here, and headers=None, which is why they are not taken from it.
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    errors = _argument_entries(data.get("messages") or {})
    if errors:
        detail = " ".join(f"{entry['pointer']}: {entry['detail']}" for entry in errors)
        detail += _known(errors, data.get("schema"))
        return _answer(status, "invalid", detail, errors=errors)
    detail = _DETAILS.get(status, error.description or HTTPStatus(status).phrase)
    headers = {k: v for k, v in error.get_headers() if k in _KEPT_HEADERS}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible here, only {headers.get('Allow', 'GET')}."
    return _answer(status, HTTPStatus(status).name.lower(), detail, headers=headers)


def answers_here() -> bool:
    """Whether the current request is one of the API's."""
    return request.path.startswith(PREFIX)


def register_handlers(app: Flask) -> None:
    """Answer errors under /api with problems; elsewhere with what Flask would have done.

    For an application that is nothing but the API; with others beside it, hub/app.py chooses.
    """

    def http(error: HTTPException) -> Response | HTTPException:
        return on_http_error(error) if answers_here() else error

    def hub(error: HubError) -> Response:
        if not answers_here():
            raise error
        return on_hub_error(error)

    app.register_error_handler(HTTPException, http)
    app.register_error_handler(HubError, hub)
