"""The standard's manners over HTTP: versions, credentials, errors, headers on every answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from hub import clock
from hub.accounts.machine_keys import note_use, use_is_stale
from hub.accounts.models import Vendor
from hub.accounts.vendors import check_vendor
from hub.extensions import current_hub
from hub.lrs.store import Authority
from xapi.errors import InvalidStatement, Problem
from xapi.vocabulary import BASE

VERSION_HEADER = "X-Experience-API-Version"
CONSISTENT_HEADER = "X-Experience-API-Consistent-Through"
SUPPORTED = ("1.0.3", "2.0.0")


class XapiError(Exception):
    """A request that the standard does not allow, or that is refused. status is the HTTP status."""

    def __init__(
        self, message: str, *, status: int = 400, problems: Sequence[dict[str, Any]] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the vendor, and what it may do."""

    vendor: Vendor

    @property
    def authority(self) -> Authority:
        agent = {
            "objectType": "Agent",
            "account": {"homePage": BASE + "vendors", "name": str(self.vendor.id)},
            "name": self.vendor.name,
        }
        return Authority(f"vendor:{self.vendor.id}", agent)

    def may(self, *scopes: str) -> bool:
        return any(scope in self.vendor.scopes for scope in scopes)


def negotiated_version(asked: Request) -> str:
    """1.0.3 or 2.0.0, by the request's header. Raises XapiError (Communication 3.3)."""
    header = asked.headers.get(VERSION_HEADER)
    if header is None:
        raise XapiError(
            f"The request has no {VERSION_HEADER} header. Send 1.0.3 or 2.0.0 with every request."
        )
    for line, version in (("1.0", "1.0.3"), ("2.0", "2.0.0")):
        rest = header.removeprefix(line)
        if header.startswith(line) and (not rest or _is_patch(rest)):
            return version
    raise XapiError(
        f'{VERSION_HEADER} is "{header[:20]}". This store speaks {" and ".join(SUPPORTED)}.'
    )


def _is_patch(rest: str) -> bool:
    return rest.startswith(".") and rest[1:].isdigit()


def caller() -> Caller:
    """The vendor whose Basic credentials came with the request. Raises XapiError 401."""
    given = request.authorization
    if given is not None and given.type == "basic":
        hub = current_hub()
        with hub.database.reading() as session:
            vendor = check_vendor(session, hub.keyring, given.username or "", given.password or "")
        if vendor is not None:
            return Caller(vendor)
        raise XapiError("The key or the secret is wrong, expired or revoked.", status=401)
    raise XapiError(
        "The request has no Basic credentials. Use the key and secret of a vendor.", status=401
    )


def _note_use(vendor: Vendor) -> None:
    """Last use, to the minute: a busy sender does not cost a write per request."""
    if use_is_stale(vendor, clock.now()):
        with current_hub().database.transaction() as session:
            note_use(session, vendor)


def needed(who: Caller, *scopes: str) -> None:
    """Refuse a caller that has none of these scopes. Raises XapiError 403."""
    if not who.may(*scopes):
        raise XapiError(
            f"This credential may not do that; it needs the scope {' or '.join(scopes)}.",
            status=403,
        )


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


def refused(error: XapiError) -> Response:
    """An error as JSON."""
    answer = jsonify({"message": error.message, "problems": error.problems})
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Learning Record Hub xAPI"'
    return answer


def http_error(error: HTTPException) -> Response:
    """A 404, 405 or 413 of the framework in the same shape."""
    answer = jsonify({"message": error.description or error.name, "problems": []})
    answer.status_code = error.code or 500
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def with_headers(answer: Response) -> Response:
    """Put the version on an answer: the negotiated one, else the deployment's default."""
    try:
        version = negotiated_version(request)
    except XapiError:
        version = current_hub().settings.xapi_default_version
    answer.headers[VERSION_HEADER] = version
    return answer


def stamp(moment: datetime) -> str:
    """An instant as the standard writes it, to the microsecond so that nothing is rounded up."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
