"""Takes the normalized records of one page into the store, within the caller's transaction.

Decides per record whether it is new, unchanged, a newer state, or stale; gives each fact its
version and so each statement its id; voids what was corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors import records as r
from hub import clock
from hub.catalog import service as catalog
from hub.catalog.models import Activity
from hub.learners import service as learners
from hub.lrs import store
from hub.lrs.prepare import Prepared, prepare
from hub.lrs.touching import touch_course, touch_learner, touch_moved, touch_statements
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
    """A record with the facts that it states, each with its prepared statement, and its digest."""

    record: r.Record
    facts: tuple[tuple[Fact, Prepared], ...]
    digest: str


@dataclass(slots=True)
class _Batch:
    """Statements to store, and which version of which fact each one states."""

    prepared: list[Prepared] = field(default_factory=list)
    stating: dict[UUID, tuple[FactRow, int]] = field(default_factory=dict)
    superseded: list[UUID] = field(default_factory=list)
    voidings: int = 0

    def refs(self) -> dict[UUID, store.FactRef]:
        """After the facts were flushed: by statement id, the fact and its version."""
        return {
            statement_id: store.FactRef(fact.id, version)
            for statement_id, (fact, version) in self.stating.items()
        }


class PageWriter:
    """Writes the records of one page."""

    def __init__(self, session: Session, origin: Origin, stream: str) -> None:
        self.session = session
        self.origin = origin
        self.stream = stream
        self.by = f"source:{origin.source_id}"
        self.authority = store.Authority(self.by, authority_of(origin.source_id))
        self.batch = _Batch()
        self.met: set[r.PersonRef] = set()
        """Whom this page has named already, in the same words: there is nothing new to learn."""

    def write(self, page: Sequence[Normalized]) -> Counts:
        """Take the records in; returns their numbers."""
        counts = Counts()
        known = self._known(page)
        passed: list[int] = []
        changed: list[tuple[Normalized, SourceRecord]] = []
        for item in page:
            outcome, row = self._judge(item, known)
            counts.note(outcome)
            if outcome in {Outcome.NEW, Outcome.SUPERSEDED}:
                changed.append((item, row))
            elif row.id is not None:
                passed.append(row.id)
        self._still_there(passed)
        for item, _ in changed:
            self._learn(item.record)
        self.session.flush()
        facts = self._facts([row.id for _, row in changed])
        for item, row in changed:
            self._state(item, row, facts.setdefault(row.id, {}))
        if self.batch.prepared:
            self.session.flush()
            stored = store.put(
                self.session,
                self.batch.prepared,
                authority=self.authority,
                version=XAPI_VERSION,
                facts=self.batch.refs(),
            )
            touch_statements(self.session, self.batch.superseded)
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

    def _facts(self, record_ids: Sequence[int]) -> dict[int, dict[str, FactRow]]:
        """What these records have stated up to now: by record, then by name."""
        found: dict[int, dict[str, FactRow]] = {}
        for start in range(0, len(record_ids), KEYS_PER_QUERY):
            chunk = record_ids[start : start + KEYS_PER_QUERY]
            for fact in self.session.scalars(select(FactRow).where(FactRow.record_id.in_(chunk))):
                found.setdefault(fact.record_id, {})[fact.name] = fact
        return found

    def _judge(
        self, item: Normalized, known: dict[str, SourceRecord]
    ) -> tuple[Outcome, SourceRecord]:
        """What this record is to what is known of it, and the row that now knows it."""
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
            known[record.key] = row
            return Outcome.NEW, row
        if row.digest == item.digest:
            if _is_older(row.modified_at, record.modified_at):
                row.modified_at = record.modified_at
            return Outcome.UNCHANGED, row
        if _is_older(record.modified_at, row.modified_at):
            return Outcome.IGNORED, row
        row.digest, row.modified_at = item.digest, record.modified_at
        row.last_seen_at = clock.now()
        return Outcome.SUPERSEDED, row

    def _learn(self, record: r.Record) -> None:
        """Feed what a record tells about people, courses and sessions."""
        if isinstance(record, r.Course):
            placed = catalog.take_course(self.session, record)
            touch_moved(self.session, placed.moved)
            self._touch_course_of(placed.activities[record.course.iri])
            return
        if isinstance(record, r.Session):
            placed = catalog.take_session(self.session, record)
            touch_moved(self.session, placed.moved)
            self._touch_course_of(placed.activities[record.activity.iri])
            return
        person = getattr(record, "person", None)
        if not isinstance(person, r.PersonRef):
            return
        if not isinstance(record, r.Person):
            if person in self.met:
                return
            self.met.add(person)
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
            touch_learner(self.session, resolved.learner_id, *resolved.absorbed)

    def _touch_course_of(self, activity: Activity) -> None:
        """A course that changed, or a run that was called off, shows everybody in a new light."""
        if activity.course_id is not None:
            touch_course(self.session, activity.course_id)

    def _state(self, item: Normalized, row: SourceRecord, known: dict[str, FactRow]) -> None:
        """Version the facts of a record and collect the statements that follow."""
        for fact, prepared in item.facts:
            self._state_one(fact, prepared, known, row)
        stated = {fact.name for fact, _ in item.facts}
        for name, gone in known.items():
            if name not in stated and gone.statement_id is not None:
                self._void(gone, row)
                gone.statement_id = None

    def _state_one(
        self, fact: Fact, prepared: Prepared, rows: dict[str, FactRow], row: SourceRecord
    ) -> None:
        digest = fact.digest
        known = rows.get(fact.name)
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
            rows[fact.name] = known
        elif known.digest == digest and known.statement_id is not None:
            return
        elif known.statement_id is not None:
            if fact.corrects:
                self._void(known, row)
            self.batch.superseded.append(known.statement_id)
        known.version += 1
        known.digest = digest
        known.observed_at = clock.now()
        known.statement_id = self._id(row, fact.name, known.version, digest)
        self.batch.prepared.append(_identified(prepared, known.statement_id, known.observed_at))
        self.batch.stating[known.statement_id] = (known, known.version)

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


def _identified(prepared: Prepared, statement_id: UUID, observed_at: datetime) -> Prepared:
    """The prepared statement under its own id, and with a time if it had none."""
    if prepared.timestamp is None:
        body = {"id": str(statement_id), **_with_time(prepared.statement, observed_at)}
        return prepare(body, new_id=statement_id, version=XAPI_VERSION)
    body = {**prepared.statement, "id": str(statement_id)}
    return replace(prepared, id=statement_id, statement=body)


def _with_time(body: Mapping[str, Any], observed_at: datetime) -> dict[str, Any]:
    """The statement with the time when we first saw the fact, and says so."""
    stamp = observed_at.astimezone(UTC).isoformat(timespec="milliseconds")
    context = dict(body.get("context", {}))
    flags = [*context.get("extensions", {}).get(v.EXT_FLAGS, []), "timestamp_observed"]
    context["extensions"] = {**context.get("extensions", {}), v.EXT_FLAGS: flags}
    return {**body, "context": context, "timestamp": stamp.replace("+00:00", "Z")}
