"""The only writer of statements. Everything else asks it.

It refuses to change a stored statement: the same id with other content is a conflict, the same
content again is no change. Everything happens in the caller's transaction, so that a batch is
stored whole or not at all. The number of queries does not depend on the number of statements.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.bulk import Lookup, insert_many
from hub.catalog.places import place
from hub.errors import Conflict
from hub.lrs import payload
from hub.lrs.describing import describe
from hub.lrs.finding import Interned, intern, keys_of
from hub.lrs.keys import Key
from hub.lrs.models import ReferenceKey, Statement, StatementKey
from hub.lrs.people import Person, resolve_people
from hub.lrs.prepare import Prepared, ifi_text
from hub.lrs.references import Node, link
from hub.lrs.touching import keys_of_statements, touch_moved
from hub.lrs.turn import next_place, take_turn
from hub.touched import touch
from xapi.actors import ifi_of
from xapi.compare import equality_digest

SEQS_PER_QUERY = 1000
"""SQLite allows a limited number of parameters."""

VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}
"""The version property of a statement that came without one, by the version of the request."""

_KNOWN = Lookup("SELECT id FROM statement WHERE id {among}", Statement.id, Statement.id)
_PAYLOADS = Lookup(
    "SELECT id, payload FROM statement WHERE id {among}",
    Statement.id,
    Statement.id,
    Statement.payload,
)

_COLUMNS = (
    "seq",
    "id",
    "stored",
    "timestamp",
    "actor_id",
    "verb_id",
    "activity_id",
    "registration",
    "target_id",
    "authority_id",
    "voided",
    "voids_any",
    "fact_id",
    "version",
    "payload",
)


@dataclass(frozen=True, slots=True)
class Authority:
    """On whose word statements are stored: a key for our tables, an agent for the statement.

    defines: its definitions of activities count. voids_any: it may void what others stored.
    """

    key: str
    agent: Mapping[str, Any]
    defines: bool = True
    voids_any: bool = False

    @property
    def text(self) -> str | None:
        """The ifi_text of the agent."""
        ifi = ifi_of(self.agent)
        return ifi_text(ifi) if ifi is not None else None


@dataclass(frozen=True, slots=True)
class FactRef:
    """Which version of which fact of a source a statement states."""

    fact_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Intake:
    """A batch that is stored whole or not at all.

    version is the xAPI version that it was sent in. facts tells, for statements made from a
    source's records, which fact each one states. also is done in the same transaction, with the seq
    of each statement that was new.
    """

    batch: Sequence[Prepared]
    authority: Authority
    version: str = "1.0.3"
    facts: Mapping[UUID, FactRef] = field(default_factory=dict)
    also: Callable[[Session, Mapping[UUID, int]], None] | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: ids in its order, and the seq of those that were new.

    at: everything stored until then can be seen once the transaction is committed.
    """

    ids: tuple[UUID, ...]
    seqs: Mapping[UUID, int]
    at: datetime

    @property
    def new(self) -> int:
        return len(self.seqs)


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
    """Store the statements of one batch that are new. Raises StatementConflict."""
    (result,) = put_all(session, [Intake(batch, authority, version, facts or {})])
    if isinstance(result, StatementConflict):
        raise result
    return result


def put_all(session: Session, intakes: Sequence[Intake]) -> list[Stored | StatementConflict]:
    """Store batches one after the other, each whole; one in conflict leaves nothing behind."""
    session.flush()
    take_turn(session)
    results = _without_known(session, intakes)
    seq, stored = next_place(session)
    fresh: list[_New] = []
    told: list[Stored | StatementConflict] = []
    for intake, result in zip(intakes, results, strict=True):
        if isinstance(result, StatementConflict):
            told.append(result)
            continue
        new = [_New(item, intake, seq + len(fresh) + n) for n, item in enumerate(result)]
        fresh.extend(new)
        seqs = {one.item.id: one.seq for one in new}
        told.append(Stored(tuple(item.id for item in intake.batch), seqs, stored))
    if fresh:
        _insert(session, fresh, stored)
    for intake, outcome in zip(intakes, told, strict=True):
        if intake.also is not None and isinstance(outcome, Stored):
            intake.also(session, outcome.seqs)
    return told


@dataclass(frozen=True, slots=True)
class _New:
    """A statement that is to be stored, the batch that it came in, and its place."""

    item: Prepared
    intake: Intake
    seq: int


def _without_known(
    session: Session, intakes: Sequence[Intake]
) -> list[list[Prepared] | StatementConflict]:
    """What is new of each batch, or why nothing of it can be stored."""
    known = _known(session, [item for intake in intakes for item in intake.batch])
    results: list[list[Prepared] | StatementConflict] = []
    for intake in intakes:
        own: dict[UUID, Prepared] = {}
        conflict = None
        for index, item in enumerate(intake.batch):
            other = own[item.id].statement if item.id in own else known.get(item.id)
            if other is None:
                own[item.id] = item
            elif not _says_the_same(item, other, intake.version):
                conflict = StatementConflict(item.id, index)
                break
        if conflict is None:
            known.update((item.id, item.statement) for item in own.values())
        results.append(conflict or list(own.values()))
    return results


def _known(session: Session, items: Sequence[Prepared]) -> dict[UUID, Mapping[str, Any]]:
    """The stored statements that have the ids of these. Nearly always none: ids are asked first."""
    ids = [found for (found,) in _KNOWN.rows(session, {item.id for item in items})]
    return {found: payload.decode(kept) for found, kept in _PAYLOADS.rows(session, ids)}


def _says_the_same(item: Prepared, other: Mapping[str, Any], version: str) -> bool:
    """Whether the standard calls them the same (Data 2.3.1).

    A time that the store gave is not compared with none: who sends again has still none to give.
    """
    given = other.get("timestamp")
    assigned = given is None or given == other.get("stored")
    if item.timestamp is None and not assigned:
        return False
    ignored = item.timestamp is None
    one, two = (
        equality_digest(statement, version=version, ignore_timestamp=ignored)
        for statement in (item.statement, other)
    )
    return one == two


def _insert(session: Session, fresh: Sequence[_New], stored: datetime) -> None:
    people = _people(session, fresh)
    authorities = {new.intake.authority.key: new.intake.authority for new in fresh}
    texts = {key: authority.text for key, authority in authorities.items()}
    interned = intern(session, [new.item.found_by for new in fresh], authorities=texts)
    keys = {
        new.item.id: keys_of(
            new.item.found_by,
            None if new.item.authority else texts[new.intake.authority.key],
            interned,
        )
        for new in fresh
    }
    places = place(session, [new.item.seen for new in fresh if new.item.seen is not None])
    linked = link(session, {new.item.id: _node(new, interned, keys) for new in fresh})
    stamp = payload.stamp(stored)
    rows = []
    touched: list[tuple[UUID, UUID]] = []
    for new in fresh:
        item, authority = new.item, new.intake.authority
        person = people[authority.key].get(item.actor) if item.actor else None
        stand = places.stands[item.seen.iri] if item.seen else None
        fact = new.intake.facts.get(item.id)
        rows.append(
            (
                new.seq,
                item.id,
                stored,
                item.timestamp or stored,
                person.actor_id if person else None,
                interned.verbs[item.found_by.verb],
                stand.id if stand else None,
                item.found_by.registration,
                item.target,
                interned.authorities[authority.key],
                item.id in linked.voided,
                item.voids and authority.voids_any,
                fact.fact_id if fact else None,
                fact.version if fact else None,
                payload.encode(
                    item.statement,
                    statement_id=str(item.id),
                    stored=stamp,
                    authority=item.authority or authority.agent,
                    version=VERSIONS[new.intake.version],
                ),
            )
        )
        if person and stand and stand.course_id is not None:
            touched.append((person.learner_id, stand.course_id))
    insert_many(session, Statement, _COLUMNS, rows)
    insert_many(
        session,
        StatementKey,
        ("kind", "key", "seq"),
        [(kind, key, new.seq) for new in fresh for kind, key in keys[new.item.id]],
    )
    insert_many(session, ReferenceKey, ("kind", "key", "seq", "via"), linked.rows)
    _void(session, linked.to_void)
    describe(session, [new.item for new in fresh if new.intake.authority.defines])
    touch(session, touched)
    touch_moved(session, places.moved)


def _people(session: Session, fresh: Sequence[_New]) -> dict[str, dict[str, Person]]:
    """Who acts, by the key of the authority that says so and by ifi_text."""
    items: dict[str, list[Prepared]] = {}
    for new in fresh:
        items.setdefault(new.intake.authority.key, []).append(new.item)
    return {key: resolve_people(session, own, by=key) for key, own in sorted(items.items())}


def _node(new: _New, interned: Interned, keys: Mapping[UUID, Sequence[Key]]) -> Node:
    return Node(
        seq=new.seq,
        id=new.item.id,
        target=new.item.target,
        authority_id=interned.authorities[new.intake.authority.key],
        voids=new.item.voids,
        voids_any=new.item.voids and new.intake.authority.voids_any,
        keys=keys[new.item.id],
    )


def _void(session: Session, seqs: Sequence[int]) -> None:
    """Mark stored statements as voided; what followed from them may follow no more."""
    for start in range(0, len(seqs), SEQS_PER_QUERY):
        chosen = Statement.seq.in_(seqs[start : start + SEQS_PER_QUERY])
        session.execute(
            update(Statement)
            .where(chosen)
            .values(voided=True)
            .execution_options(synchronize_session=False)
        )
        touch(session, keys_of_statements(session, chosen))
