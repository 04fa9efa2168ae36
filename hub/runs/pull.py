"""One run, page by page: read, normalize, store, checkpoint.

Normalizing happens before the transaction opens. Statements, rejections, counts and cursor of a
page are one transaction; the lease is confirmed last, so that a worker that lost it writes nothing.
"""

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from connectors import records as r
from connectors.base import Connector, Page, Stream
from connectors.errors import BadRecord, ConnectorError
from hub import clock
from hub.database import Database
from hub.deployment import namespace_of
from hub.errors import HubError
from hub.extensions import Hub
from hub.learners.rules import names_of
from hub.lrs.prepare import prepare
from hub.lrs.turn import take_turn
from hub.rejections.service import Reason, close_passed, close_unseen, set_aside
from hub.runs import lease, service
from hub.runs.counts import Counts, Outcome
from hub.runs.cursors import begin_read, checkpoint, finish_read
from hub.runs.models import Run
from hub.runs.normalize import digest_of, facts, person_of
from hub.runs.raw import raw_json
from hub.runs.statements import Origin
from hub.runs.take_in import XAPI_VERSION, Normalized, PageWriter, knows_any
from hub.sources.models import Source
from hub.sources.service import connector_for
from xapi.errors import InvalidStatement

log = structlog.get_logger()

FUTURE_MARGIN = timedelta(days=1)
"""Registers are marked before a session ends, and clocks differ."""


@dataclass(frozen=True, slots=True)
class _SetAside:
    record: r.Record
    reason: Reason


def holder_of(run_id: UUID) -> str:
    """What this process signs the lease of a run with: host, process id, run."""
    return f"{socket.gethostname()}:{os.getpid()}:{run_id}"


def execute(hub: Hub, run_id: UUID, *, after_page: Callable[[], None] = lambda: None) -> None:
    """Carry out a run. The same for every kind of worker; does nothing if it is not queued."""
    with hub.database.transaction() as session:
        run = service.get_run(session, run_id)
        fence = lease.acquire(
            session,
            run.source_id,
            holder=holder_of(run_id),
            seconds=hub.settings.lease_seconds,
        )
        if fence is None:
            return
        if not service.start(session, run_id):
            lease.release(session, fence)
            return
    with lease.kept_alive(hub.database, fence):
        try:
            try:
                state, message, hint = _pull(hub, run_id, fence, after_page)
            except (ConnectorError, HubError) as error:
                state, message, hint = "failed", error.message, error.hint
            _end(hub.database, run_id, fence, state, message, hint)
        except lease.LeaseLost:
            log.warning("lease_lost", run_id=str(run_id))
            return
    after_page()


def _pull(
    hub: Hub, run_id: UUID, fence: lease.Fence, after_page: Callable[[], None]
) -> tuple[str, str, str]:
    """Read every stream to its end; returns how the run ended."""
    with hub.database.reading() as session:
        run = service.get_run(session, run_id)
        source = session.get_one(Source, run.source_id)
        connector = connector_for(source, hub.keyring, hub.settings)
        origin = Origin(namespace_of(session), source.id, source.connector, connector.system_name)
    with closing(connector.http):
        gone_silent = [
            stream.title
            for stream in connector.streams
            if not _pull_stream(hub, run, fence, connector, stream, origin, after_page)
        ]
    with hub.database.reading() as session:
        counts = Counts.read(service.get_run(session, run_id).counts)
    return judge(counts, gone_silent)


def _pull_stream(
    hub: Hub,
    run: Run,
    fence: lease.Fence,
    connector: Connector,
    stream: Stream,
    origin: Origin,
    after_page: Callable[[], None],
) -> bool:
    """Read one stream to its end. Returns False when all of it was asked for, some of it is known,
    and nothing came.
    """
    with hub.database.transaction() as session:
        reading = begin_read(session, run, stream)
        service.tell(
            session,
            run.id,
            "stream_started",
            stream=stream.name,
            since=reading.since.isoformat() if reading.since else None,
            resumed=reading.resume is not None,
        )
        lease.confirm(session, fence)
    newest: datetime | None = reading.newest
    anything = reading.since is not None or reading.resume is not None
    for page in connector.read(stream.name, reading.since, reading.resume):
        anything = anything or bool(page.records)
        taken, aside = _normalize(page, origin)
        stamps = [i.record.modified_at for i in taken if i.record.modified_at is not None]
        newest = max([*stamps, *([newest] if newest else [])], default=None)
        with hub.database.transaction() as session:
            take_turn(session)
            counts = PageWriter(session, origin, stream.name).write(taken)
            close_passed(
                session,
                source_id=origin.source_id,
                stream=stream.name,
                record_keys=[item.record.key for item in taken],
            )
            _keep_aside(session, hub, origin, stream.name, aside)
            for _ in aside:
                counts.note(Outcome.REJECTED)
            _report_page(session, run.id, stream, counts)
            checkpoint(session, run, stream, resume=page.resume, newest=newest)
            lease.confirm(session, fence)
        after_page()
    with hub.database.transaction() as session:
        began = finish_read(session, run, stream, newest=newest)
        if reading.since is None:
            close_unseen(session, source_id=origin.source_id, stream=stream.name, not_since=began)
        service.tell(session, run.id, "stream_finished", stream=stream.name)
        known = anything or knows_any(session, origin.source_id, stream.name)
        lease.confirm(session, fence)
    return anything or not known


def _normalize(page: Page, origin: Origin) -> tuple[list[Normalized], list[_SetAside]]:
    taken: list[Normalized] = []
    aside: list[_SetAside] = []
    now = clock.now()
    for record in page.records:
        if isinstance(record, r.Rejected):
            reason = Reason(record.code, record.message, record.hint, record.pointer)
            aside.append(_SetAside(record, reason))
            continue
        try:
            taken.append(normalized(record, origin, now=now))
        except BadRecord as error:
            reason = Reason(error.code, error.message, error.hint, error.pointer)
            aside.append(_SetAside(record, reason))
    return taken, aside


def normalized(record: r.Record, origin: Origin, *, now: datetime) -> Normalized:
    """A record with its facts, each proved to be a valid statement of something that has happened.

    Raises BadRecord.
    """
    person = person_of(record)
    try:
        if person is not None:
            names_of(person.identifiers)
        stated = tuple(
            (fact, prepare(fact.statement, new_id=UUID(int=0), version=XAPI_VERSION))
            for fact in facts(record, origin)
        )
        for _, prepared in stated:
            _refuse_future(prepared.timestamp, now)
    except InvalidStatement as error:
        first = error.problems[0]
        raise BadRecord(
            f"The record makes no valid statement: {first.message}",
            code="invalid_statement",
            pointer=first.pointer,
            hint="Correct the record in the source system.",
        ) from error
    except ValueError as error:
        raise BadRecord(
            f"The record names nobody that can be told apart: {error}.",
            code="unusable_identifier",
            hint="Correct the person in the source system.",
        ) from error
    return Normalized(record, stated, digest_of(record))


def _refuse_future(timestamp: datetime | None, now: datetime) -> None:
    """Statements are about what has happened (xAPI 1.0.3, Data 2.4.7)."""
    if timestamp is not None and timestamp > now + FUTURE_MARGIN:
        raise BadRecord(
            f"The record says “{timestamp.isoformat()}”, which is still to come.",
            code="in_the_future",
            hint="Correct the date, or the clock of the source system. If it is right, pull "
            "everything again after that time.",
        )


def _keep_aside(
    session: Session, hub: Hub, origin: Origin, stream: str, aside: list[_SetAside]
) -> None:
    for item in aside:
        set_aside(
            session,
            hub.keyring,
            source_id=origin.source_id,
            stream=stream,
            record_key=item.record.key,
            reason=item.reason,
            payload=raw_json(item.record),
        )


def _report_page(session: Session, run_id: UUID, stream: Stream, counts: Counts) -> None:
    run = service.get_run(session, run_id)
    total = Counts.read(run.counts)
    total.add(counts)
    run.counts = total.as_json()
    service.tell(session, run_id, "page_stored", stream=stream.name, **counts.as_json())


def judge(counts: Counts, gone_silent: Sequence[str] = ()) -> tuple[str, str, str]:
    """The end of a run that came to its end: state, message, hint. Pure.

    gone_silent: titles of the streams that held something before and now nothing at all.
    """
    if not counts.add_up:
        return (
            "failed",
            f"The numbers of this run do not add up to the {counts.fetched} records fetched.",
            "This is a defect of the hub. Nothing that is shown is lost; please report it.",
        )
    stored = "Nothing new: 0 statements stored."
    if counts.statements or counts.voided:
        voided = f", {counts.voided} voided" if counts.voided else ""
        plural = "" if counts.statements == 1 else "s"
        stored = f"{counts.statements} statement{plural} stored{voided}."
    if gone_silent:
        return (
            "succeeded_with_warnings",
            f"{stored} Nothing came where there was something before: {', '.join(gone_silent)}.",
            "Nothing that is shown is lost. May the account of this source still see them?",
        )
    if counts.rejected:
        return (
            "succeeded_with_warnings",
            f"{stored} {counts.rejected} of {counts.fetched} records set aside.",
            "See Needs attention for the reason of each.",
        )
    return ("succeeded", stored, "")


def _end(
    database: Database, run_id: UUID, fence: lease.Fence, state: str, message: str, hint: str
) -> None:
    with database.transaction() as session:
        service.end(session, run_id, state, message, hint)
        lease.confirm(session, fence)
        lease.release(session, fence)
