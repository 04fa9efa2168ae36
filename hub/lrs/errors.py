"""Every error under /xapi as JSON: a message, and the rules that were broken with their place.

A traceback never leaves the hub.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import structlog
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError

from hub.errors import HubError
from xapi.errors import InvalidStatement, Problem

PREFIX = "/xapi"
_KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
_SERVED = (
    "statements",
    "activities",
    "activities/state",
    "activities/profile",
    "agents",
    "agents/profile",
    "about",
)
"""Resources of the standard (xAPI Communication 2), all of them."""

log = structlog.get_logger()


class XapiError(HubError):
    """A request that the standard does not allow, or that is refused. status is the HTTP status."""

    def __init__(
        self, message: str, *, status: int = 400, problems: Sequence[dict[str, Any]] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problems = list(problems)


def problem_json(problem: Problem, index: int | None) -> dict[str, Any]:
    """One broken rule as JSON; statement is its place in the batch, from 0."""
    return {
        "statement": index or 0,
        "pointer": problem.pointer,
        "rule": problem.rule,
        "message": problem.message,
        "section": problem.section,
    }


def invalid(error: InvalidStatement, total: int) -> XapiError:
    """The answer to a statement that breaks the standard."""
    index = error.index or 0
    first = error.problems[0]
    return XapiError(
        f"Statement {index + 1} of {total} was not stored: {first.pointer or '/'}: "
        f"{first.message} (xAPI {first.section}). Nothing of the request was stored.",
        problems=[problem_json(problem, index) for problem in error.problems],
    )


def answers_here() -> bool:
    """Whether the current request is one to the learning record store."""
    return request.path == PREFIX or request.path.startswith(PREFIX + "/")


def on_hub_error(error: HubError) -> Response:
    """The answer to something that cannot be done."""
    problems = error.problems if isinstance(error, XapiError) else []
    answer = _answer(error.status, f"{error.message} {error.hint}".strip(), problems)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Learning Record Hub xAPI"'
    return answer


def on_http_error(error: HTTPException) -> Response | HTTPException:
    """The answer to an error of HTTP itself, or to a mistake of ours; a redirect stays one."""
    status = error.code
    if status is None or status < 400 or error.response is not None:
        return error
    if isinstance(error, InternalServerError):
        return _mistake(error.original_exception or error)
    headers = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    answer = _answer(status, _words(status, error, headers.get("Allow", "")), [])
    answer.headers.update(headers)
    return answer


def _words(status: int, error: HTTPException, allowed: str) -> str:
    if status == 404:
        return (
            f"There is nothing at {request.path}. Below {PREFIX} this store serves "
            f"{', '.join(_SERVED)}."
        )
    if status == 405:
        return f"{request.method} is not possible here, only {allowed}."
    if status == 413:
        return "The body of the request is too large. Send fewer statements at once."
    return error.description or error.name


def _mistake(error: BaseException) -> Response:
    reference = uuid4().hex[:12]
    log.error("xapi_failed", reference=reference, path=request.path, exc_info=error)
    return _answer(
        500,
        "The hub could not answer because of a mistake of its own. Send the request again; if it "
        f"fails again, give an administrator of the hub the reference {reference}.",
        [],
    )


def _answer(status: int, message: str, problems: Sequence[dict[str, Any]]) -> Response:
    answer = jsonify({"message": message, "problems": list(problems)})
    answer.status_code = status
    return answer
