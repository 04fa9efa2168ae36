"""The alternate request syntax of xAPI 1.0.3 (Communication 1.3): any request as a form in a POST.

``POST /xapi/statements?method=PUT`` with a form that holds headers, parameters and content becomes
the request that it stands for, before Flask looks at it. Version 2.0.0 has no such syntax, and a
request that breaks its rules is refused with 400.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from hub.lrs.errors import PREFIX, XapiError
from hub.lrs.http import VERSION_HEADER, version_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
HEADERS: Mapping[str, str] = {
    name.lower(): "HTTP_" + name.upper().replace("-", "_")
    for name in ("Authorization", VERSION_HEADER, "If-Match", "If-None-Match")
}
"""Form fields that stand for headers, and where WSGI keeps those. Content-Type is apart."""

_FORM = "application/x-www-form-urlencoded"
_VERSION = HEADERS[VERSION_HEADER.lower()]
_MOST_FIELDS = 100
_REFUSED = "hub.xapi.refused"


class AlternateSyntax:
    """WSGI middleware that turns a request in the alternate syntax into the one that it means."""

    def __init__(self, app: "WSGIApplication", *, largest_body: int) -> None:
        self._app = app
        self._largest_body = largest_body

    def __call__(self, environ: dict[str, Any], start: "StartResponse") -> Iterable[bytes]:
        if (
            environ["REQUEST_METHOD"] == "POST"
            and "method=" in environ.get("QUERY_STRING", "")
            and environ.get("PATH_INFO", "").startswith(PREFIX + "/")
        ):
            try:
                self._rewrite(environ)
            except (XapiError, HTTPException) as error:
                # Worded where all errors of the store are, with their headers.
                environ[_REFUSED] = error
        return self._app(environ, start)

    def _rewrite(self, environ: dict[str, Any]) -> None:
        query = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
        methods = [value for name, value in query if name == "method"]
        if not methods:
            return
        form = self._form(environ)
        headers = {HEADERS[n.lower()]: v for n, v in form.items() if n.lower() in HEADERS}
        if version_of(headers.get(_VERSION, environ.get(_VERSION, ""))) == "2.0.0":
            raise XapiError(
                "xAPI 2.0.0 has no alternate request syntax (?method=). Send the request itself."
            )
        others = sorted({name for name, _ in query if name != "method"})
        if others:
            raise XapiError(
                f"Beside ?method= stands {', '.join(others)}. In the alternate request syntax all "
                "other parameters are fields of the form (xAPI Communication 1.3)."
            )
        if len(methods) > 1 or methods[0].upper() not in METHODS:
            raise XapiError(
                f'method is "{methods[0][:20]}"; it must be one of {", ".join(sorted(METHODS))}.'
            )
        environ.update(headers)
        environ["REQUEST_METHOD"] = methods[0].upper()
        environ["QUERY_STRING"] = urlencode(
            {n: v for n, v in form.items() if n.lower() not in _NOT_PARAMETERS}
        )
        _put_content(environ, form)

    def _form(self, environ: dict[str, Any]) -> dict[str, str]:
        asked = Request(environ)
        asked.max_content_length = self._largest_body
        if asked.mimetype not in {_FORM, ""}:
            raise XapiError(
                f"A request with ?method= is a form; its Content-Type is {asked.mimetype}, "
                f"not {_FORM} (xAPI Communication 1.3)."
            )
        try:
            pairs = parse_qsl(
                asked.get_data().decode(),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError as error:
            raise XapiError(
                "The body is not a form as browsers send it, in UTF-8 (xAPI Communication 1.3)."
            ) from error
        form = dict(pairs)
        if len(form) != len(pairs):
            raise XapiError("A field of the form is given more than once.")
        return form


_NOT_PARAMETERS = frozenset(HEADERS) | {"content", "content-type", "content-length"}


def _put_content(environ: dict[str, Any], form: Mapping[str, str]) -> None:
    """The field content becomes the body; its length is counted, whatever the form says."""
    kind = next((v for n, v in form.items() if n.lower() == "content-type"), None)
    content = form.get("content")
    if content is None and environ["REQUEST_METHOD"] in {"PUT", "POST"}:
        raise XapiError(
            f"A {environ['REQUEST_METHOD']} in the alternate request syntax needs the field "
            "content in its form (xAPI Communication 1.3)."
        )
    body = (content or "").encode()
    if kind is None:
        statements = environ["PATH_INFO"].startswith(PREFIX + "/statements")
        kind = "application/json" if statements else "application/octet-stream"
    environ["CONTENT_TYPE"] = kind if content is not None else ""
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = BytesIO(body)
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _refuse() -> None:
    error = request.environ.get(_REFUSED)
    if error is not None:
        raise error


def register(app: Flask) -> None:
    """Understand the alternate request syntax under /xapi."""
    app.wsgi_app = AlternateSyntax(  # type: ignore[method-assign, assignment]
        app.wsgi_app, largest_body=app.config["MAX_CONTENT_LENGTH"]
    )
    app.before_request(_refuse)
