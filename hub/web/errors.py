"""Error pages for people: what did not happen, why, what to do. Never a traceback.

Machines ask under other paths and get their errors from hub/api and hub/lrs; hub/app.py chooses.
"""

from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from flask import make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from hub.errors import HubError

log = structlog.get_logger()


class Words(NamedTuple):
    """Title, cause and way out of one kind of error."""

    title: str
    why: str
    hint: str


WORDS: dict[int, Words] = {
    400: Words(
        "This request was not understood",
        "Something in the address or the form is missing or not what the page expects.",
        "Go back, open the page again and repeat the last step.",
    ),
    401: Words(
        "Please sign in",
        "This page is for people who are signed in.",
        "Sign in and open it again.",
    ),
    403: Words(
        "This page is not open to you",
        "Your account does not have the role that it needs.",
        "If you need it for your work, ask an administrator of the hub to change your role.",
    ),
    404: Words(
        "There is nothing at this address",
        "It may have been removed, or the address has a typing mistake.",
        "Start again from the home page.",
    ),
    405: Words(
        "This cannot be opened directly",
        "The address belongs to a button, not to a page.",
        "Open the page with the button and press it there.",
    ),
    413: Words(
        "That was larger than the hub accepts",
        "The file or form is above the size limit of this hub.",
        "Send a smaller file, or ask an administrator to raise HUB_MAX_BODY_BYTES.",
    ),
    429: Words(
        "Too many attempts",
        "The hub was asked the same thing very often in a short time.",
        "Wait a minute, then try again.",
    ),
    500: Words(
        "The hub could not finish this",
        "It is our fault, not yours. Nothing that was stored before is lost.",
        "Try again. If it happens again, give an administrator the reference below.",
    ),
}


def error_page(status: int, words: Words, reference: str | None = None) -> Response:
    """The page for one error."""
    page = render_template("web/error.html", words=words, status=status, reference=reference)
    return make_response(page, status)


def on_http_error(error: HTTPException) -> Any:
    """The page for an error of HTTP itself, or for a mistake of ours; a redirect stays one."""
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, CSRFError):
        return error_page(
            400,
            Words(
                "The form was not accepted",
                f"Its security mark is missing or too old: “{error.description}”",
                "Go back, reload the page and send the form again.",
            ),
        )
    if isinstance(error, InternalServerError):
        return _of_anything(error.original_exception or error)
    page = error_page(status, WORDS.get(status, WORDS[400 if status < 500 else 500]))
    for name, value in error.get_headers():
        if name == "Retry-After":
            page.headers[name] = value
    return page


def on_hub_error(error: HubError) -> Any:
    """The page for something that cannot be done."""
    return error_page(error.status, Words(error.message, "", error.hint))


def _of_anything(error: BaseException) -> Response:
    reference = uuid4().hex[:12]
    log.error("page failed", reference=reference, path=request.path, exc_info=error)
    return error_page(500, WORDS[500], reference)
