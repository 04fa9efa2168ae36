"""Reads statements by the filters of the standard (xAPI Communication 2.1.3).

Newest stored first. A statement that refers to a match is a match itself, however often removed.
Each filter is one range of keys in the order of storing (hub.lrs.keys): a page is read by walking
the range with the fewest rows and looking the other filters up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from hub.catalog.models import Activity
from hub.database import Base
from hub.findable import findable
from hub.lrs.keys import Kind, registration_key
from hub.lrs.models import Actor, AuthorityRow, ReferenceKey, Statement, StatementKey, Verb
from hub.lrs.prepare import ifi_text
from xapi.actors import IFI

LIMIT = 100
"""Statements in one answer when the client names no number or asks for 0."""
LARGEST_LIMIT = 500

FEW = 1000
"""Up to so many rows of a filter are counted when the shortest range is looked for."""

_AGENTS = (Kind.AGENT, Kind.RELATED_AGENT)
_ACTIVITIES = (Kind.ACTIVITY, Kind.RELATED_ACTIVITY)


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of one request; None means: not filtered by this.

    related_agents and related_activities widen agent and activity. authority restricts to what one
    credential stored. after is the seq of the statement behind which the next page begins; newest
    the seq at which the first page was cut, so that later pages stay stable. voided: also those
    that are voided.
    """

    agent: IFI | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    limit: int = LIMIT
    ascending: bool = False
    authority: str | None = None
    after: int | None = None
    newest: int | None = None
    voided: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """A statement as stored."""

    seq: int
    stored: datetime
    payload: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """One page: the query that it answers, cut at the newest statement; payloads as stored, with
    their seq; and whether there are more.
    """

    query: Query
    payloads: tuple[bytes, ...] = ()
    seqs: tuple[int, ...] = ()
    ends: bool = True

    @property
    def next(self) -> Query | None:
        """The query for the next page, or None."""
        return None if self.ends else replace(self.query, after=self.seqs[-1])


@dataclass(frozen=True, slots=True)
class _Filter:
    """Keys of these kinds with this number."""

    kinds: tuple[Kind, ...]
    key: int


def find_statement(
    session: Session, statement_id: UUID, *, voided: bool, authority: str | None = None
) -> One | None:
    """One statement that is (not) voided, or None."""
    query = select(Statement.seq, Statement.stored, Statement.payload).where(
        Statement.id == statement_id, Statement.voided.is_(voided)
    )
    if authority is not None:
        query = query.where(Statement.authority_id == _authority_id(authority))
    row = session.execute(query).one_or_none()
    return One(*row) if row is not None else None


def find_statements(session: Session, query: Query) -> Found:
    """A page of statements."""
    if query.newest is None:
        query = replace(query, newest=session.scalars(select(func.max(Statement.seq))).one() or 0)
    filters = _filters(session, query)
    if filters is None:
        return Found(query)
    window = _Window.of(session, query)
    wanted = query.limit + 1
    if filters:
        rows = _payloads(session, _matching(session, query, filters, window, wanted))
    else:
        rows = _everything(session, query, window, wanted)
    page = rows[: query.limit]
    return Found(
        query,
        tuple(payload for _, payload in page),
        tuple(seq for seq, _ in page),
        ends=len(rows) <= query.limit,
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """The seqs that can be on the page: above low, up to high."""

    low: int
    high: int

    @classmethod
    def of(cls, session: Session, query: Query) -> "_Window":
        low, high = 0, query.newest or 0
        if query.since is not None:
            low = _last_stored(session, query.since)
        if query.until is not None:
            high = min(high, _last_stored(session, query.until))
        if query.after is not None:
            if query.ascending:
                low = max(low, query.after)
            else:
                high = min(high, query.after - 1)
        return cls(low, high)

    def around(self, seq: Any) -> ColumnElement[bool]:
        return and_(seq > self.low, seq <= self.high)


def _last_stored(session: Session, until: datetime) -> int:
    """The seq of the last statement that was stored until then; seq and stored rise together."""
    rows = session.scalars(
        select(Statement.seq)
        .where(Statement.stored <= until)
        .order_by(Statement.stored.desc(), Statement.seq.desc())
        .limit(1)
    )
    return rows.one_or_none() or 0


def _filters(session: Session, query: Query) -> list[_Filter] | None:
    """The filters as keys; None when one names what no statement has."""
    wanted: list[tuple[tuple[Kind, ...], Any, Any, str]] = []
    if query.agent is not None:
        agents = _AGENTS if query.related_agents else _AGENTS[:1]
        wanted.append((agents, Actor.id, Actor.ifi, ifi_text(query.agent)))
    if query.verb is not None:
        wanted.append(((Kind.VERB,), Verb.id, Verb.iri, findable(query.verb)))
    if query.activity is not None:
        about = _ACTIVITIES if query.related_activities else _ACTIVITIES[:1]
        wanted.append((about, Activity.id, Activity.iri, findable(query.activity)))
    filters: list[_Filter] = []
    if wanted:
        ids = [
            select(row_id).where(column == text).scalar_subquery()
            for _, row_id, column, text in wanted
        ]
        for (kinds, *_), key in zip(wanted, session.execute(select(*ids)).one(), strict=True):
            if key is None:
                return None
            filters.append(_Filter(kinds, key))
    if query.registration is not None:
        filters.append(_Filter((Kind.REGISTRATION,), registration_key(query.registration)))
    return filters


def _matching(
    session: Session, query: Query, filters: Sequence[_Filter], window: _Window, wanted: int
) -> list[int]:
    """The first seqs of the page that meet all filters, through their own keys or references.

    In ReferenceKey one and the same statement referred to (via) must meet them all.
    """
    found: set[int] = set()
    for table, counts in _counts(session, filters, window).items():
        if not all(counts):
            continue
        ordered = [one for _, one in sorted(zip(counts, filters, strict=True), key=itemgetter(0))]
        shortest, *others = ordered
        for kind in shortest.kinds:
            arm = _arm(query, kind, shortest.key, others, window, table)
            found.update(session.scalars(arm.limit(wanted)))
    return sorted(found, reverse=not query.ascending)[:wanted]


def _counts(
    session: Session, filters: Sequence[_Filter], window: _Window
) -> dict[type[Base], list[int]]:
    """How many rows of the two tables each filter meets, as far as it pays to count.

    Of a single filter it only matters whether there are any.
    """
    few = FEW if len(filters) > 1 else 1
    tables: tuple[Any, ...] = (StatementKey, ReferenceKey)
    columns = [
        select(func.count())
        .select_from(
            select(table.seq)
            .where(
                table.kind.in_([kind.value for kind in one.kinds]),
                table.key == one.key,
                window.around(table.seq),
            )
            .limit(few)
            .subquery()
        )
        .scalar_subquery()
        for table in tables
        for one in filters
    ]
    counts = list(session.execute(select(*columns)).one())
    return {StatementKey: counts[: len(filters)], ReferenceKey: counts[len(filters) :]}


def _arm(
    query: Query,
    kind: Kind,
    key: int,
    others: Iterable[_Filter],
    window: _Window,
    table: Any,
) -> Select[tuple[int]]:
    walked = aliased(table)
    said = aliased(Statement)
    order = walked.seq.asc() if query.ascending else walked.seq.desc()
    arm = (
        select(walked.seq)
        .join(Statement, Statement.seq == walked.seq)
        .where(walked.kind == literal(kind.value), walked.key == key, window.around(walked.seq))
    )
    if table is ReferenceKey:
        arm = arm.distinct()
    for other in others:
        looked = aliased(table)
        same = [looked.seq == walked.seq]
        if table is ReferenceKey:
            same.append(looked.via == walked.via)
        kinds = looked.kind.in_([kind.value for kind in other.kinds])
        arm = arm.where(exists().where(kinds, looked.key == other.key, *same))
    if query.registration is not None:
        source = walked.via if table is ReferenceKey else walked.seq
        arm = arm.join(said, said.seq == source).where(said.registration == query.registration)
    return arm.where(*_may_be_shown(query)).order_by(order)


def _everything(
    session: Session, query: Query, window: _Window, wanted: int
) -> list[tuple[int, bytes]]:
    order = Statement.seq.asc() if query.ascending else Statement.seq.desc()
    rows = session.execute(
        select(Statement.seq, Statement.payload)
        .where(window.around(Statement.seq), *_may_be_shown(query))
        .order_by(order)
        .limit(wanted)
    )
    return [(seq, payload) for seq, payload in rows]


def _may_be_shown(query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [] if query.voided else [Statement.voided.is_(False)]
    if query.authority is not None:
        conditions.append(Statement.authority_id == _authority_id(query.authority))
    return conditions


def _authority_id(key: str) -> Any:
    return select(AuthorityRow.id).where(AuthorityRow.key == key).scalar_subquery()


def _payloads(session: Session, seqs: Sequence[int]) -> list[tuple[int, bytes]]:
    """The payloads of these statements, in this order."""
    rows = session.execute(select(Statement.seq, Statement.payload).where(Statement.seq.in_(seqs)))
    payloads: dict[int, bytes] = dict(rows.all())
    return [(seq, payloads[seq]) for seq in seqs]
