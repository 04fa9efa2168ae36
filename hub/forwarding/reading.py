"""What is to be sent: the only place of this room that reads the table of statements.

seq rises in commit order (hub.lrs.turn: one writer at a time), so who reads on from a seq misses
nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from config import Settings
from hub.catalog.models import Activity
from hub.findable import findable
from hub.forwarding.rules import BODY_BYTES, Filter
from hub.lrs import attachments
from hub.lrs.attachment_storage import storage_of
from hub.lrs.models import AuthorityRow, Statement, Verb
from xapi.multipart import Part
from xapi.vocabulary import VOIDED

WINDOW = 5000
"""How many statements are looked through at once for those that the filter chooses."""
COUNTED = 10_000
"""A longer queue is not counted to its end."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A statement on its way: the JSON as the store returns it."""

    seq: int
    id: UUID
    payload: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """The next statements to send; everything up to *upto* that is not among them need not go."""

    items: tuple[Outgoing, ...]
    upto: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How many chosen statements wait (COUNTED at most), and since when the oldest does."""

    count: int
    oldest: datetime | None


def newest_seq(session: Session) -> int:
    """The seq of the last statement; 0 without any."""
    return session.scalars(select(func.max(Statement.seq))).one() or 0


def seq_before(session: Session, instant: datetime) -> int:
    """The position from which everything stored at or after an instant follows."""
    first = session.scalars(
        select(func.min(Statement.seq)).where(Statement.stored >= instant)
    ).one()
    return newest_seq(session) if first is None else first - 1


def next_batch(session: Session, chosen: Filter, *, after: int, limit: int) -> Batch:
    """At most *limit* chosen statements after a position, in order, of at most BODY_BYTES."""
    horizon = min(newest_seq(session), after + WINDOW)
    rows = session.execute(
        select(Statement.seq, Statement.id, Statement.payload)
        .where(Statement.seq > after, Statement.seq <= horizon, *_conditions(chosen))
        .order_by(Statement.seq)
        .limit(limit)
    )
    items: list[Outgoing] = []
    size = 0
    for seq, statement_id, payload in rows:
        size += len(payload)
        if items and size > BODY_BYTES:
            return Batch(tuple(items), items[-1].seq)
        items.append(Outgoing(seq, statement_id, payload))
    full = len(items) == limit
    return Batch(tuple(items), items[-1].seq if full else max(horizon, after))


def contents_of(
    session: Session, settings: Settings, items: Sequence[Outgoing]
) -> tuple[int, list[Part]]:
    """How many of these fit into one request with their attachments, and the contents of those.

    Raises ContentLost where a file is gone.
    """
    having = [item.seq for item in items if b'"attachments"' in item.payload]
    if not having:
        return len(items), []
    count = attachments.fitting(session, [item.seq for item in items], BODY_BYTES)
    seqs = {item.seq for item in items[:count]} & set(having)
    return count, attachments.find_of(session, storage_of(settings), seqs)


def by_seq(session: Session, seqs: Sequence[int]) -> list[Outgoing]:
    """These statements, as far as they are still there, in order."""
    rows = session.execute(
        select(Statement.seq, Statement.id, Statement.payload)
        .where(Statement.seq.in_(seqs))
        .order_by(Statement.seq)
    )
    return [Outgoing(seq, statement_id, payload) for seq, statement_id, payload in rows]


def lag(session: Session, chosen: Filter, *, after: int) -> Lag:
    """What waits behind a position."""
    waiting = (
        select(Statement.stored)
        .where(Statement.seq > after, *_conditions(chosen))
        .order_by(Statement.seq)
        .limit(COUNTED)
        .subquery()
    )
    count, oldest = session.execute(select(func.count(), func.min(waiting.c.stored))).one()
    return Lag(count, oldest)


def _conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    """The filter in SQL. A voiding goes where its target went, whoever voids and by which verb."""
    found: list[ColumnElement[bool]] = []
    if chosen.not_from:
        found.append(~_stored_by(Statement, chosen.not_from))
    if chosen.chooses:
        target = aliased(Statement)
        is_voiding = Statement.verb_id.in_(select(Verb.id).where(Verb.iri == VOIDED.id))
        known = exists().where(target.id == Statement.target_id)
        of_chosen = exists().where(target.id == Statement.target_id, *_chosen(target, chosen))
        ahead_of_its_target = and_(is_voiding, ~known)
        if chosen.only_from:
            ahead_of_its_target &= _stored_by(Statement, chosen.only_from)
        found.append(
            or_(
                and_(*_chosen(Statement, chosen)),
                and_(is_voiding, of_chosen),
                ahead_of_its_target,
            )
        )
    return found


def _chosen(statement: Any, chosen: Filter) -> Iterable[ColumnElement[bool]]:
    if chosen.verbs:
        verbs = [findable(iri) for iri in chosen.verbs]
        yield statement.verb_id.in_(select(Verb.id).where(Verb.iri.in_(verbs)))
    if chosen.activities:
        named = [
            Activity.iri.startswith(iri[:-1], autoescape=True)
            if iri.endswith("*")
            else Activity.iri == findable(iri)
            for iri in chosen.activities
        ]
        yield statement.activity_id.in_(select(Activity.id).where(or_(*named)))
    if chosen.only_from:
        yield _stored_by(statement, chosen.only_from)


def _stored_by(statement: Any, keys: Sequence[str]) -> ColumnElement[bool]:
    rows = select(AuthorityRow.id).where(AuthorityRow.key.in_(keys))
    found: ColumnElement[bool] = statement.authority_id.in_(rows)
    return found
