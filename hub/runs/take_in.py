"""Takes the normalized records of one page into the store, within the caller's transaction.

Decides per record whether it is new, unchanged, a newer state, or stale; gives each fact its
version and so each statement its id; voids what was corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors import records as r
from hub import clock
from hub.catalog import service as catalog
from hub.learners import service as learners
from hub.lrs import store
from hub.lrs.prepare import Prepared, prepare
from hub.runs.counts import Counts, Outcome
from hub.runs.models import Fact as FactRow
from hub.runs.models import SourceRecord
from hub.runs.normalize import Fact
from hub.runs.statements import Origin, actor_identifier
from xapi import vocabulary as v
from xapi.build import statement
from xapi.ids import statement_id

KEYS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""

XAPI_VERSION = "1.0.3"
"""The version of the statements that the hub authors."""


@dataclass(frozen=True, slots=True)
class Normalized:
    """A record with the facts that it states and its digest."""

    record: r.Record
    facts: tuple[Fact, ...]
    digest: str


@dataclass(slots=True)
class _Batch:
    """Statements to store, and which fact each one states."""

    prepared: list[Prepared] = field(default_factory=list)
    refs: dict[UUID, store.FactRef] = field(default_factory=dict)
    voidings: int = 0


class PageWriter:
    """Writes the records of one page."""

    def __init__(self, session: Session, origin: Origin, stream: str) -> None:
        self.session = session
        self.origin = origin
        self.stream = stream
        self.by = f"source:{origin.source_id}"
        self.authority = store.Authority(self.by, authority_of(origin.source_id))
        self.batch = _Batch()

    def write(self, page: Sequence[Normalized]) -> Counts:
        """Take the records in; returns their numbers."""
        counts = Counts()
        known = self._known(page)
        passed: list[int] = []
        for item in page:
            outcome = self._take(item, known)
            counts.note(outcome)
            if outcome in {Outcome.UNCHANGED, Outcome.IGNORED}:
                passed.append(known[item.record.key].id)
        self._still_there(passed)
        if self.batch.prepared:
            stored = store.put(
                self.session,
                self.batch.prepared,
                authority=self.authority,
                version=XAPI_VERSION,
                facts=self.batch.refs,
            )
            counts.voided = self.batch.voidings
            counts.statements = stored.new - self.batch.voidings
        return counts

    def _known(self, page: Sequence[Normalized]) -> dict[str, SourceRecord]:
        keys = sorted({item.record.key for item in page})
        found: dict[str, SourceRecord] = {}
        for start in range(0, len(keys), KEYS_PER_QUERY):
            rows = self.session.scalars(
                select(SourceRecord).where(
                    SourceRecord.source_id == self.origin.source_id,
                    SourceRecord.stream == self.stream,
                    SourceRecord.record_key.in_(keys[start : start + KEYS_PER_QUERY]),
                )
            )
            found.update((row.record_key, row) for row in rows)
        return found

    def _still_there(self, ids: Sequence[int]) -> None:
        now = clock.now()
        for start in range(0, len(ids), KEYS_PER_QUERY):
            self.session.execute(
                update(SourceRecord)
                .where(SourceRecord.id.in_(ids[start : start + KEYS_PER_QUERY]))
                .values(last_seen_at=now)
            )

    def _take(self, item: Normalized, known: dict[str, SourceRecord]) -> Outcome:
        record = item.record
        row = known.get(record.key)
        if row is None:
            row = SourceRecord(
                source_id=self.origin.source_id,
                stream=self.stream,
                record_key=record.key,
                digest=item.digest,
                modified_at=record.modified_at,
                first_seen_at=clock.now(),
                last_seen_at=clock.now(),
            )
            self.session.add(row)
            self.session.flush()
            known[record.key] = row
            outcome = Outcome.NEW
        elif row.digest == item.digest:
            if _is_older(row.modified_at, record.modified_at):
                row.modified_at = record.modified_at
            return Outcome.UNCHANGED
        elif _is_older(record.modified_at, row.modified_at):
            return Outcome.IGNORED
        else:
            row.digest, row.modified_at = item.digest, record.modified_at
            row.last_seen_at = clock.now()
            outcome = Outcome.SUPERSEDED
        self._learn(record)
        self._state(item, row)
        return outcome

    def _learn(self, record: r.Record) -> None:
        """Feed what a record tells about people, courses and sessions."""
        if isinstance(record, r.Course):
            placed = catalog.take_course(self.session, record)
            store.touch_moved(self.session, placed.moved)
            course_id = placed.activities[record.course.iri].course_id
            if course_id is not None:
                store.touch_course(self.session, course_id)
            return
        if isinstance(record, r.Session):
            placed = catalog.take_session(self.session, record)
            store.touch_moved(self.session, placed.moved)
            return
        person = getattr(record, "person", None)
        if not isinstance(person, r.PersonRef):
            return
        named = actor_identifier(person)
        resolved = learners.resolve(
            self.session, (named, *person.identifiers), name=person.name, by=self.by
        )
        touched = bool(resolved.absorbed)
        if isinstance(record, r.Person):
            touched |= learners.note_account(
                self.session,
                source_id=self.origin.source_id,
                key=record.key,
                identifier=named,
                name=person.name,
                active=record.active,
            )
        if touched:
            store.touch_learner(self.session, resolved.learner_id, *resolved.absorbed)

    def _state(self, item: Normalized, row: SourceRecord) -> None:
        """Version the facts of a record and collect the statements that follow."""
        rows = {
            fact.name: fact
            for fact in self.session.scalars(select(FactRow).where(FactRow.record_id == row.id))
        }
        for fact in item.facts:
            self._state_one(fact, rows.get(fact.name), row)
        stated = {fact.name for fact in item.facts}
        for name, gone in rows.items():
            if name not in stated and gone.statement_id is not None:
                self._void(gone, row)
                gone.statement_id = None

    def _state_one(self, fact: Fact, known: FactRow | None, row: SourceRecord) -> None:
        if known is None:
            if fact.only_after:
                return
            known = FactRow(
                record_id=row.id,
                name=fact.name,
                version=0,
                digest="",
                statement_id=None,
                observed_at=clock.now(),
            )
            self.session.add(known)
        elif known.digest == fact.digest and known.statement_id is not None:
            return
        elif fact.corrects and known.statement_id is not None:
            self._void(known, row)
        known.version += 1
        known.digest = fact.digest
        known.observed_at = clock.now()
        known.statement_id = self._id(row, fact.name, known.version, fact.digest)
        self.session.flush()
        body = _with_time(fact.statement, known.observed_at)
        prepared = prepare(
            {"id": str(known.statement_id), **body},
            new_id=known.statement_id,
            version=XAPI_VERSION,
        )
        self.batch.prepared.append(prepared)
        self.batch.refs[known.statement_id] = store.FactRef(known.id, known.version)

    def _void(self, fact: FactRow, row: SourceRecord) -> None:
        assert fact.statement_id is not None
        new_id = self._id(row, f"void:{fact.name}", fact.version, fact.digest)
        body = statement(
            actor=dict(self.authority.agent),
            verb=v.VOIDED,
            object={"objectType": "StatementRef", "id": str(fact.statement_id)},
            timestamp=clock.now(),
        )
        self.batch.prepared.append(
            prepare({"id": str(new_id), **body}, new_id=new_id, version=XAPI_VERSION)
        )
        self.batch.voidings += 1

    def _id(self, row: SourceRecord, fact: str, version: int, digest: str) -> UUID:
        return statement_id(
            self.origin.namespace,
            source=str(self.origin.source_id),
            stream=self.stream,
            record_key=row.record_key,
            fact=fact,
            version=version,
            digest=digest,
        )


def knows_any(session: Session, source_id: UUID, stream: str) -> bool:
    """Whether a record of this stream was ever taken in."""
    some = select(SourceRecord.id).where(
        SourceRecord.source_id == source_id, SourceRecord.stream == stream
    )
    return session.scalars(some.limit(1)).first() is not None


def authority_of(source_id: UUID) -> Mapping[str, Any]:
    """The agent on whose word a source's statements are stored."""
    return {
        "objectType": "Agent",
        "account": {"homePage": v.BASE + "sources", "name": str(source_id)},
    }


def _is_older(modified_at: datetime | None, known: datetime | None) -> bool:
    return modified_at is not None and known is not None and modified_at < known


def _with_time(body: Mapping[str, Any], observed_at: datetime) -> dict[str, Any]:
    """The statement with a time: the source's own, or when we first saw the fact, and says so."""
    if "timestamp" in body:
        return dict(body)
    stamp = observed_at.astimezone(UTC).isoformat(timespec="milliseconds")
    context = dict(body.get("context", {}))
    flags = [*context.get("extensions", {}).get(v.EXT_FLAGS, []), "timestamp_observed"]
    context["extensions"] = {**context.get("extensions", {}), v.EXT_FLAGS: flags}
    return {**body, "context": context, "timestamp": stamp.replace("+00:00", "Z")}
