"""The last requests of each credential and their answers, so that a sender can be helped.

Requests are noted in memory and written about every second by a thread of the server, together with
the last use of the credential: no request waits for it, and a crash loses the last second of the
log. Kept are times, counts and the first sentence of a refusal; no body, parameter or secret.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple, cast
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.credentials import Stranger
from hub.accounts.machine_keys import mark_used
from hub.accounts.models import Vendor
from hub.database import Database, lock_key
from hub.extensions import Hub
from hub.lrs.errors import PREFIX, answers_here
from hub.lrs.http import SET_ASIDE_HEADER, credentials
from hub.lrs.request_models import VendorRequest

KEPT = 200
"""Requests that are kept per credential."""
WRITE_EVERY_SECONDS = 1.0
MOST_WAITING = 20_000
"""What is noted between two writings; beyond that the oldest are forgotten."""

_LONGEST_ERROR = 300
_LONGEST_RESOURCE = 80
_EXTENSION = "xapi_requests"
_COLUMNS = tuple(column.key for column in VendorRequest.__table__.columns if column.key != "id")

log = structlog.get_logger()


class Entry(NamedTuple):
    """One request. milliseconds: from the check of the credentials to the answer.

    let_in: whether the credentials were good.
    """

    vendor_id: UUID
    let_in: bool
    at: datetime
    method: str
    resource: str
    statements: int | None
    set_aside: int
    status: int
    error: str
    milliseconds: float


class RequestLog:
    """What was asked lately, until it is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, entry: Entry) -> None:
        """Remember a request until the next writing. Any thread may call it."""
        self._waiting.append(entry)

    def write(self) -> None:
        """Write what was noted. Raises SQLAlchemyError; what was noted is gone then."""
        by_vendor: dict[UUID, list[Entry]] = defaultdict(list)
        for _ in range(len(self._waiting)):
            entry = self._waiting.popleft()
            by_vendor[entry.vendor_id].append(entry)
        if by_vendor:
            with self._database.transaction() as session:
                _write(session, by_vendor)

    def start(self) -> None:
        """Write every second, in a thread, until stop is called."""
        self._thread = threading.Thread(target=self._keep_writing, name="request-log", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Write what is left, and end; waits so many seconds at most."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _keep_writing(self) -> None:
        while True:
            stopping = self._stopping.wait(WRITE_EVERY_SECONDS)
            try:
                self.write()
            except SQLAlchemyError as error:  # the database may be back in a second
                log.warning("requests_not_written", reason=type(error).__name__)
            if stopping:
                return


def _write(session: Session, by_vendor: Mapping[UUID, Sequence[Entry]]) -> None:
    # Two processes that clear away the same rows would wait for each other.
    lock_key(session, "vendor requests")
    known = set(session.scalars(select(Vendor.id).where(Vendor.id.in_(by_vendor))))
    rows = [_row(entry) for vendor_id in known for entry in by_vendor[vendor_id][-KEPT:]]
    if rows:
        session.execute(insert(VendorRequest), rows)
    for vendor_id in sorted(known):
        _forget_older(session, vendor_id)
        uses = [entry.at for entry in by_vendor[vendor_id] if entry.let_in]
        if uses:
            mark_used(session, Vendor, vendor_id, uses[-1])


def _row(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _COLUMNS}


def _forget_older(session: Session, vendor_id: UUID) -> None:
    mine = VendorRequest.vendor_id == vendor_id
    last_kept = (
        select(VendorRequest.id)
        .where(mine)
        .order_by(VendorRequest.id.desc())
        .limit(1)
        .offset(KEPT)
        .scalar_subquery()
    )
    session.execute(
        delete(VendorRequest)
        .where(mine, VendorRequest.id <= last_kept)
        .execution_options(synchronize_session=False)
    )


def last_requests(session: Session, vendor_id: UUID, limit: int = KEPT) -> list[VendorRequest]:
    """The requests of a vendor that are kept, newest first."""
    return list(
        session.scalars(
            select(VendorRequest)
            .where(VendorRequest.vendor_id == vendor_id)
            .order_by(VendorRequest.id.desc())
            .limit(limit)
        )
    )


def note_statements(count: int) -> None:
    """Say how many statements the current request sends; its row in the log tells it."""
    g.xapi_statements = count


def _note_answer(answer: Response) -> Response:
    if not answers_here():
        return answer
    vendor_id: UUID | None = g.get("xapi_vendor_id")
    let_in = vendor_id is not None
    error = ""
    if answer.status_code >= 400:
        error = _first_sentence(answer)
        if not let_in:
            vendor_id, let_in, error = _who_was_refused(error)
    if vendor_id is None:
        return answer
    started = g.get("xapi_started")
    request_log(current_app).note(
        Entry(
            vendor_id=vendor_id,
            let_in=let_in,
            at=clock.now(),
            method=request.method,
            resource=_resource(),
            statements=g.get("xapi_statements"),
            set_aside=int(answer.headers.get(SET_ASIDE_HEADER, 0)),
            status=answer.status_code,
            error=error,
            milliseconds=round((perf_counter() - started) * 1000, 1) if started else 0.0,
        )
    )
    return answer


def _who_was_refused(error: str) -> tuple[UUID | None, bool, str]:
    """Whose request ended before its credentials were looked at, or because of them."""
    header = request.environ.get("HTTP_AUTHORIZATION")
    if header is None:
        return None, False, error
    found = credentials(current_app).find(header)
    if isinstance(found, Stranger):
        return found.vendor_id, False, found.reason
    return found.id, True, error


def _first_sentence(answer: Response) -> str:
    said = answer.get_json(silent=True)
    message = str(said.get("message", "")) if isinstance(said, dict) else ""
    first, _, _ = message.partition(". ")
    return first[:_LONGEST_ERROR].rstrip(".") + "." if first else ""


def _resource() -> str:
    """The address below /xapi without what stands for a value in it."""
    rule = request.url_rule
    return _below(request.path if rule is None else rule.rule.partition("/<")[0])


@lru_cache(maxsize=256)
def _below(path: str) -> str:
    return path.removeprefix(PREFIX).strip("/")[:_LONGEST_RESOURCE]


def request_log(app: Flask) -> RequestLog:
    """The log of this application."""
    return cast("RequestLog", app.extensions[_EXTENSION])


def register(app: Flask) -> None:
    """Note every request to /xapi; the server starts the writing."""
    app.extensions[_EXTENSION] = RequestLog(cast("Hub", app.extensions["hub"]).database)
    app.after_request(_note_answer)
