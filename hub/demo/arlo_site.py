"""A simulated Arlo platform: the Auth API over one ArloWorld, as a WSGI application.

XML only, Basic credentials, hypermedia with expand and paging, errors as ApiException, "too many
requests" in JSON, and 308 for a contact that was merged (developer.arlo.co, Auth API 2012-02-01).
Read only: any other method than GET is refused.
"""

import hmac
import itertools
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from hub.demo.arlo_query import MAXIMUM_TOP, BadQuery, Query, read_query, selected
from hub.demo.arlo_resources import RESOURCES, rows_by_kind
from hub.demo.arlo_world import ArloWorld, unique_identifier
from hub.demo.arlo_xml import MEDIA_TYPE, Writer, api_exception, simple
from hub.demo.faults import Fault, with_fault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RESOURCES_PATH = "/api/2012-02-01/auth/resources/"
DEFAULT_PAGE_SIZE = 100
RETRY_AFTER_SECONDS = 1
_ROOT_COLLECTIONS = {
    "contacts": "Contact",
    "contactmergerequests": "ContactMergeRequest",
    "events": "Event",
    "eventsessions": "EventSession",
    "eventtemplates": "EventTemplate",
    "onlineactivities": "OnlineActivity",
    "registrations": "Registration",
}


class _Refused(Exception):
    """Any answer but 200."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = api_exception(self.code, self.message)
        return Response(
            body, self.status, self.headers, content_type=f"{MEDIA_TYPE}; charset=utf-8"
        )


def _not_found() -> _Refused:
    return _Refused(404, "NotFound", "The requested resource does not exist.")


def arlo_site(
    world: ArloWorld,
    *,
    username: str,
    password: str,
    base_url: str,
    page_size: int = DEFAULT_PAGE_SIZE,
    largest_page: int = MAXIMUM_TOP,
    throttle_every: int = 0,
    faults: Fault | None = None,
) -> "WSGIApplication":
    """The platform. base_url: scheme and host that stand in every link, without a slash.

    page_size: rows per page where the caller gives no `top`; largest_page: the most it can ask for.
    throttle_every: every n-th request is answered 429 (0: none).
    """
    platform = _Platform(world, f"{base_url.rstrip('/')}{RESOURCES_PATH}", page_size, largest_page)
    served = itertools.count(1)
    counting = threading.Lock()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        with counting:
            number = next(served)
        if throttle_every and number % throttle_every == 0:
            return _too_many()(environ, start_response)
        try:
            _admit(request, username, password)
            body = platform.answer(request)
        except BadQuery as error:
            return _Refused(400, "BadRequest", str(error)).response()(environ, start_response)
        except _Refused as refusal:
            return refusal.response()(environ, start_response)
        response = Response(body, content_type=f"{MEDIA_TYPE}; charset=utf-8")
        return response(environ, start_response)

    return with_fault(app, faults)


def _too_many() -> Response:
    """JSON, even here: the limiter stands before the API."""
    body = {
        "error": "rate_limit_exceeded",
        "message": "Rate limit exceeded. Try again later.",
        "retryAfter": RETRY_AFTER_SECONDS,
    }
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Response(json.dumps(body), 429, headers, content_type="application/json")


def _admit(request: Request, username: str, password: str) -> None:
    given = request.authorization
    known = (
        given is not None
        and given.type == "basic"
        and hmac.compare_digest((given.username or "").encode(), username.encode())
        and hmac.compare_digest((given.password or "").encode(), password.encode())
    )
    if not known:
        raise _Refused(
            401,
            "Unauthorized",
            "The credentials supplied are not valid.",
            {"WWW-Authenticate": 'Basic realm="Arlo"'},
        )
    if "Accept" in request.headers and not request.accept_mimetypes[MEDIA_TYPE]:
        raise _Refused(406, "NotAcceptable", f"Only {MEDIA_TYPE} is available.")
    if request.method != "GET":
        raise _Refused(403, "Forbidden", "This user may not change anything.")


class _Platform:
    """Answers paths under the resources root."""

    def __init__(self, world: ArloWorld, root: str, page_size: int, largest_page: int) -> None:
        self._rows = rows_by_kind(world)
        self._writer = Writer(root, self._rows)
        self._page_size = page_size
        self._largest_page = largest_page
        self._merges = {merge.source: merge for merge in world.merges}

    def answer(self, request: Request) -> bytes:
        if not request.path.startswith(RESOURCES_PATH):
            raise _not_found()
        path = request.path.removeprefix(RESOURCES_PATH).strip("/")
        options = request.args.to_dict()
        match path.split("/"):
            case [name] if name in _ROOT_COLLECTIONS:
                kind = _ROOT_COLLECTIONS[name]
                return self._collection(kind, path, options)
            case ["contactmergerequests", guid]:
                numbers = {
                    unique_identifier("merge", number): str(number)
                    for number in self._rows["ContactMergeRequest"]
                }
                return self._instance("ContactMergeRequest", numbers.get(guid, ""), options)
            case ["contacts", number] if number.isdecimal() and int(number) in self._merges:
                raise self._moved(int(number))
            case [name, number] if name in _ROOT_COLLECTIONS:
                return self._instance(_ROOT_COLLECTIONS[name], number, options)
            case [name, number, *below]:
                return self._below(name, number, below, path, options)
        raise _not_found()

    def _below(
        self, name: str, number: str, below: Sequence[str], path: str, options: Mapping[str, str]
    ) -> bytes:
        if name not in _ROOT_COLLECTIONS:
            raise _not_found()
        row = self._row(_ROOT_COLLECTIONS[name], number)
        match name, below:
            case "events", ["sessions"]:
                return self._collection("EventSession", path, options, _where("event", row.id))
            case "events", ["registrations"]:
                return self._collection("Registration", path, options, _where("event", row.id))
            case "events", ["registrationsummarycounts"]:
                return self._counts(row.id)
            case "onlineactivities", ["registrations"]:
                test = _where("online_activity", row.id)
                return self._collection("Registration", path, options, test)
            case "eventsessions", ["registrations", *rest] if self._is_advanced(row.event):
                test = _where("session", row.id)
            case "registrations", ["sessionregistrations", *rest] if self._is_advanced(row.event):
                test = _where("parent", row.id)
            case _:
                raise _not_found()
        if not rest:
            return self._collection("EventSessionRegistration", path, options, test)
        if len(rest) > 1 or not test(self._row("EventSessionRegistration", rest[0])):
            raise _not_found()
        return self._instance("EventSessionRegistration", rest[0], options)

    def _is_advanced(self, event: int | None) -> bool:
        """Only runs with per-session registration have session registrations at all."""
        return event is not None and bool(self._rows["Event"][event].advanced)

    def _row(self, kind: str, number: str) -> Any:
        row = self._rows[kind].get(int(number)) if number.isdecimal() else None
        if row is None:
            raise _not_found()
        return row

    def _query(self, options: Mapping[str, str]) -> Query:
        return read_query(options, page_size=self._page_size, largest_page=self._largest_page)

    def _instance(self, kind: str, number: str, options: Mapping[str, str]) -> bytes:
        query = self._query(options)
        return self._writer.instance(RESOURCES[kind], self._row(kind, number), query.expand)

    def _collection(
        self,
        kind: str,
        path: str,
        options: Mapping[str, str],
        test: Callable[[Any], bool] = lambda _row: True,
    ) -> bytes:
        query = self._query(options)
        resource = RESOURCES[kind]
        rows = [row for row in self._rows[kind].values() if test(row)]
        rows = selected(rows, query, resource.properties)
        return self._writer.collection(resource, f"{path}/", rows, query, options)

    def _counts(self, event: int) -> bytes:
        statuses = [row.status for row in self._rows["Registration"].values() if row.event == event]
        return simple(
            "RegistrationSummaryCounts",
            [
                ("Approved", str(statuses.count("Approved"))),
                ("AwaitingApproval", str(statuses.count("PendingApproval"))),
                ("Cancelled", str(statuses.count("Cancelled"))),
                ("Completed", str(statuses.count("Completed"))),
                ("NotCancelled", str(len(statuses) - statuses.count("Cancelled"))),
            ],
        )

    def _moved(self, contact: int) -> _Refused:
        merge = self._merges[contact]
        root = self._writer.root
        request = RESOURCES["ContactMergeRequest"].path(merge)
        return _Refused(
            308,
            "Merged",
            f"Contact {contact} was merged into contact {merge.destination}.",
            {
                "Location": f"{root}contacts/{merge.destination}/",
                "Link": f'<{root}{request}>; rel="ContactMergeRequest"',
            },
        )


def _where(name: str, value: int) -> Callable[[Any], bool]:
    return lambda row: bool(getattr(row, name) == value)
