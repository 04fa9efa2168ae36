"""The only writer of statements. Everything else asks it.

It refuses to change a stored statement: the same id with other content is a conflict, the same
content again is no change. Everything happens in the caller's transaction, so that a batch is
stored whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from hub.catalog import service as catalog
from hub.database import database_now, insert_ignoring, lock_key
from hub.errors import Conflict
from hub.lrs.models import Statement, StatementAgent, Verb
from hub.lrs.people import People, ifi_text, intern_people
from hub.lrs.prepare import Prepared
from hub.lrs.touching import keys_of_statements, touch_moved
from hub.touched import touch
from xapi import json as xapi_json
from xapi.compare import equality_digest
from xapi.vocabulary import VOIDED

IDS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""

VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}
"""The version property of a statement that came without one, by the version of the request."""


@dataclass(frozen=True, slots=True)
class Authority:
    """On whose word statements are stored: a key for our tables, an agent for the statement."""

    key: str
    agent: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactRef:
    """Which version of which fact of a source a statement states."""

    fact_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: ids in its order, and how many of them were new."""

    ids: tuple[UUID, ...]
    new: int


class StatementConflict(Conflict):
    """The id is taken by another statement (xAPI Data 2.3.1, Communication 2.1.1)."""

    code = "statement_conflict"

    def __init__(self, statement_id: UUID, index: int) -> None:
        super().__init__(
            f"Statement {index + 1} was not stored: the id {statement_id} belongs to a statement "
            "with other content.",
            hint="Send it with an id of its own; a stored statement is never changed.",
        )
        self.index = index


def put(
    session: Session,
    batch: Sequence[Prepared],
    *,
    authority: Authority,
    version: str = "1.0.3",
    facts: Mapping[UUID, FactRef] | None = None,
) -> Stored:
    """Store the statements of a batch that are new. Raises StatementConflict.

    *version* is the xAPI version that they were sent in. *facts* tells, for statements made from a
    source's records, which fact each one states.
    """
    # A voiding and its target may be on their way at once; one of them must see the other.
    lock_key(session, "voiding", shared=not any(item.voids for item in batch))
    fresh = _without_known(session, batch, version)
    if fresh:
        _insert(session, fresh, authority, version, facts or {})
    return Stored(tuple(item.id for item in batch), len(fresh))


def _without_known(session: Session, batch: Sequence[Prepared], version: str) -> list[Prepared]:
    known: dict[UUID, bytes] = {}
    ids = sorted({item.id for item in batch})
    for start in range(0, len(ids), IDS_PER_QUERY):
        rows = session.execute(
            select(Statement.id, Statement.digest).where(
                Statement.id.in_(ids[start : start + IDS_PER_QUERY])
            )
        )
        known.update((statement_id, digest) for statement_id, digest in rows)
    fresh: list[Prepared] = []
    for index, item in enumerate(batch):
        digest = known.get(item.id)
        if digest is None:
            known[item.id] = item.digest
            fresh.append(item)
        elif digest != item.digest and not _says_the_same(session, item, version):
            raise StatementConflict(item.id, index)
    return fresh


def _says_the_same(session: Session, item: Prepared, version: str) -> bool:
    """Whether a statement is what the store returns under its id.

    The digests differ where the sender repeats the timestamp that the store gave, or sends in
    another version of the standard.
    """
    payload = session.scalars(
        select(Statement.payload).where(Statement.id == item.id)
    ).one_or_none()
    if payload is None or item.timestamp is None:
        return False
    stored = cast("Mapping[str, Any]", xapi_json.loads(payload))
    return equality_digest(stored, version=version) == equality_digest(
        item.statement, version=version
    )


def _insert(
    session: Session,
    fresh: Sequence[Prepared],
    authority: Authority,
    version: str,
    facts: Mapping[UUID, FactRef],
) -> None:
    people = intern_people(session, fresh, by=authority.key)
    verbs = _intern_verbs(session, {item.verb for item in fresh})
    placed = catalog.place(session, [item.seen for item in fresh if item.seen is not None])
    voided_before = _already_voided(session, {item.id for item in fresh}, authority)
    stored = _next_instant(session)
    rows = []
    for item in fresh:
        fact = facts.get(item.id)
        activity = placed.activities[item.seen.iri] if item.seen else None
        person = people.acting.get(item.id)
        rows.append(
            {
                "id": item.id,
                "stored": stored,
                "timestamp": item.timestamp or stored,
                "actor_id": person.actor_id if person else None,
                "verb_id": verbs[item.verb],
                "activity_id": activity.id if activity else None,
                "registration": item.registration,
                "target_id": item.target,
                "authority": authority.key,
                "voided": item.id in voided_before and not item.voids,
                "digest": item.digest,
                "fact_id": fact.fact_id if fact else None,
                "version": fact.version if fact else None,
                "payload": xapi_json.dumps(_complete(item, stored, authority, version)),
            }
        )
    session.execute(insert(Statement), rows)
    _insert_agents(session, fresh, people)
    _void_targets(session, fresh, authority)

    keys: list[tuple[UUID, UUID]] = []
    for item in fresh:
        if item.seen and item.id in people.acting:
            course_id = placed.activities[item.seen.iri].course_id
            if course_id is not None:
                keys.append((people.acting[item.id].learner_id, course_id))
    touch(session, keys)
    touch_moved(session, placed.moved)


def _next_instant(session: Session) -> datetime:
    """Now, but later than everything stored: who reads on from an instant must miss nothing."""
    now = database_now(session)
    newest = session.scalars(select(func.max(Statement.stored))).one()
    return now if newest is None or newest < now else newest + timedelta(microseconds=1)


def _complete(
    item: Prepared, stored: datetime, authority: Authority, version: str
) -> dict[str, Any]:
    """The statement as it is returned: what the store assigns is added, nothing else changed."""
    stamp = stored.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "id": str(item.id),
        **{name: value for name, value in item.statement.items() if name != "id"},
        "timestamp": item.statement.get("timestamp", stamp),
        "stored": stamp,
        "authority": authority.agent,
        "version": item.statement.get("version", VERSIONS[version]),
    }


def _intern_verbs(session: Session, iris: Iterable[str]) -> dict[str, int]:
    wanted = sorted(set(iris))
    found = {
        verb.iri: verb.id for verb in session.scalars(select(Verb).where(Verb.iri.in_(wanted)))
    }
    missing = [{"iri": iri} for iri in wanted if iri not in found]
    if missing:
        insert_ignoring(session, Verb, missing, unique=("iri",))
        found = {
            verb.iri: verb.id for verb in session.scalars(select(Verb).where(Verb.iri.in_(wanted)))
        }
    return found


def _insert_agents(session: Session, fresh: Sequence[Prepared], people: People) -> None:
    seq_of = _seqs(session, [item.id for item in fresh])
    rows = [
        {"actor_id": actor_id, "seq": seq_of[item.id]}
        for item in fresh
        for actor_id in sorted({people.actors[ifi_text(ifi)] for ifi in item.agents})
    ]
    if rows:
        session.execute(insert(StatementAgent), rows)


def _seqs(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for start in range(0, len(ids), IDS_PER_QUERY):
        rows = session.execute(
            select(Statement.id, Statement.seq).where(
                Statement.id.in_(ids[start : start + IDS_PER_QUERY])
            )
        )
        found.update((statement_id, seq) for statement_id, seq in rows)
    return found


def _voiding_verbs(session: Session) -> list[int]:
    return list(session.scalars(select(Verb.id).where(Verb.iri == VOIDED.id)))


def _already_voided(session: Session, ids: set[UUID], authority: Authority) -> set[UUID]:
    """Which of these new statements a stored voiding statement of the same authority names."""
    verbs = _voiding_verbs(session)
    if not verbs:
        return set()
    found: set[UUID] = set()
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        found.update(
            target
            for target in session.scalars(
                select(Statement.target_id).where(
                    Statement.target_id.in_(ordered[start : start + IDS_PER_QUERY]),
                    Statement.verb_id.in_(verbs),
                    Statement.authority == authority.key,
                )
            )
            if target is not None
        )
    return found


def _void_targets(session: Session, fresh: Sequence[Prepared], authority: Authority) -> None:
    """Void what the batch's voiding statements name; only what the same authority stored."""
    targets = sorted({item.target for item in fresh if item.voids and item.target})
    if not targets:
        return
    verbs = _voiding_verbs(session)
    for start in range(0, len(targets), IDS_PER_QUERY):
        chosen = (
            Statement.id.in_(targets[start : start + IDS_PER_QUERY]),
            Statement.authority == authority.key,
            Statement.verb_id.not_in(verbs),
            Statement.voided.is_(False),
        )
        seqs = list(session.scalars(select(Statement.seq).where(*chosen)))
        session.execute(update(Statement).where(Statement.seq.in_(seqs)).values(voided=True))
        touch(session, keys_of_statements(session, Statement.seq.in_(seqs)))
