"""Lets browser content of other sites speak to /xapi: CORS for the origins that a setting names.

Off by default. Content sends its credentials itself, in the Authorization header; cookies are
never allowed, so that `*` gives nobody more than the credentials that it has.
(https://fetch.spec.whatwg.org/#http-cors-protocol)
"""

from flask import Flask, Response, request

from hub.extensions import current_hub
from hub.lrs.errors import answers_here
from hub.lrs.http import CONSISTENT_HEADER, SET_ASIDE_HEADER, VERSION_HEADER

ALLOWED_METHODS = "GET, HEAD, POST, PUT, DELETE"
ALLOWED_HEADERS = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    VERSION_HEADER,
)
EXPOSED_HEADERS = (
    "Content-Length",
    "ETag",
    "Last-Modified",
    "Retry-After",
    "WWW-Authenticate",
    CONSISTENT_HEADER,
    SET_ASIDE_HEADER,
    VERSION_HEADER,
)
PREFLIGHT_SECONDS = 600
"""How long a browser may remember what is allowed; the setting may change at a restart."""


def allowed_origin(origin: str | None, allowed: tuple[str, ...]) -> str | None:
    """What Access-Control-Allow-Origin says to a browser of this origin; None for nothing."""
    if origin is None:
        return None
    if "*" in allowed:
        return "*"
    return origin if origin in allowed else None


def _preflight() -> Response | None:
    """Answer a browser that asks before it sends; it brings no credentials then."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    if not answers_here() or not _allowed():
        return None
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
    answer.headers["Access-Control-Allow-Headers"] = ", ".join(ALLOWED_HEADERS)
    answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return answer


def _add_headers(answer: Response) -> Response:
    allowed = current_hub().settings.xapi_cors_origins
    if not allowed or not answers_here():
        return answer
    answer.vary.add("Origin")
    origin = _allowed()
    if origin:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED_HEADERS)
    return answer


def _allowed() -> str | None:
    return allowed_origin(request.headers.get("Origin"), current_hub().settings.xapi_cors_origins)


def register(app: Flask) -> None:
    """Answer browsers of the allowed origins; where none is set, nothing is added."""
    app.before_request(_preflight)
    app.after_request(_add_headers)
