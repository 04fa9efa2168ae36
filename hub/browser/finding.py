"""Pages of statements by what an admin filters by: several agents, verbs or activities at once.

The filters of the standard know one of each (hub.lrs.query). A learner has many identifiers, a verb
many spellings and a course many activities, so here each filter is a set of keys: a statement has
to be found by one key of every set. What only refers to a match is no match; the page of the match
names it. Newest stored first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, union_all
from sqlalchemy.orm import Session, aliased

from hub.lrs.keys import Kind
from hub.lrs.models import Statement, StatementKey

PER_PAGE = 50

COUNTED = 10_000
"""Up to so many rows of a filter are counted when the one with the fewest is looked for."""
RANGES_PER_QUERY = 100
"""SQLite allows a limited number of SELECTs in one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One filter: statements that have one of these keys in one of these kinds."""

    kinds: tuple[Kind, ...]
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: every filter must be met.

    authority_id: only what was stored under it. since and before bound the time of storing. newest
    is the seq at which the first page was cut, so that later pages stay stable; after the seq
    behind which a page begins. voided: also statements that are voided.
    """

    filters: tuple[Keys, ...] = ()
    authority_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    voided: bool = False
    newest: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A statement as stored. activity_id is that of the object, when it is evidence."""

    seq: int
    id: UUID
    stored: datetime
    timestamp: datetime
    actor_id: int | None
    activity_id: int | None
    authority_id: int
    voided: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first; where the first page was cut, and behind which seq the next begins."""

    rows: tuple[Row, ...]
    newest: int
    next_after: int | None


COLUMNS = (
    Statement.seq,
    Statement.id,
    Statement.stored,
    Statement.timestamp,
    Statement.actor_id,
    Statement.activity_id,
    Statement.authority_id,
    Statement.voided,
    Statement.payload,
)


def find_page(session: Session, search: Search, limit: int = PER_PAGE) -> Page:
    """One page. A filter without any key is met by nothing."""
    newest = search.newest
    if newest is None:
        newest = session.scalars(select(func.max(Statement.seq))).one() or 0
    if any(not keys.ids for keys in search.filters):
        return Page((), newest, None)
    low, high = _window(session, search, newest)
    if search.filters:
        seqs = _seqs(session, search, low, high, limit + 1)
    else:
        seqs = list(session.scalars(_everything(search, low, high).limit(limit + 1)))
    rows = rows_of(session, seqs[:limit])
    return Page(rows, newest, seqs[limit - 1] if len(seqs) > limit else None)


def rows_of(session: Session, seqs: Sequence[int]) -> tuple[Row, ...]:
    """These statements, in this order."""
    found = session.execute(select(*COLUMNS).where(Statement.seq.in_(seqs)))
    rows = {row.seq: Row(*row) for row in found}
    return tuple(rows[seq] for seq in seqs)


def _window(session: Session, search: Search, newest: int) -> tuple[int, int]:
    """The seqs that can be on the page: above the first, up to the second."""
    low, high = 0, newest
    if search.since is not None:
        low = _last_before(session, search.since)
    if search.before is not None:
        high = min(high, _last_before(session, search.before))
    if search.after is not None:
        high = min(high, search.after - 1)
    return low, high


def _last_before(session: Session, instant: datetime) -> int:
    """The seq of the last statement stored before an instant; seq and stored rise together."""
    rows = session.scalars(
        select(Statement.seq)
        .where(Statement.stored < instant)
        .order_by(Statement.stored.desc(), Statement.seq.desc())
        .limit(1)
    )
    return rows.one_or_none() or 0


def _everything(search: Search, low: int, high: int) -> Select[int]:
    return (
        select(Statement.seq)
        .where(Statement.seq > low, Statement.seq <= high, *_conditions(search))
        .order_by(Statement.seq.desc())
    )


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [] if search.voided else [Statement.voided.is_(False)]
    if search.authority_id is not None:
        conditions.append(Statement.authority_id == search.authority_id)
    return conditions


def _seqs(session: Session, search: Search, low: int, high: int, wanted: int) -> list[int]:
    """Walks each range of the filter with the fewest rows; the other filters are looked up."""
    shortest, *others = _shortest_first(session, search.filters, low, high)
    ranges = [(kind, key) for kind in shortest.kinds for key in shortest.ids]
    found: set[int] = set()
    for start in range(0, len(ranges), RANGES_PER_QUERY):
        arms = [
            select(_arm(search, kind, key, others, low, high).limit(wanted).subquery())
            for kind, key in ranges[start : start + RANGES_PER_QUERY]
        ]
        found.update(session.scalars(union_all(*arms)))
    return sorted(found, reverse=True)[:wanted]


def _arm(
    search: Search, kind: Kind, key: int, others: Iterable[Keys], low: int, high: int
) -> Select[int]:
    walked = aliased(StatementKey)
    arm = (
        select(walked.seq)
        .join(Statement, Statement.seq == walked.seq)
        .where(walked.kind == kind.value, walked.key == key, walked.seq > low, walked.seq <= high)
        .where(*_conditions(search))
        .order_by(walked.seq.desc())
    )
    for other in others:
        looked = aliased(StatementKey)
        arm = arm.where(exists().where(_among(looked, other), looked.seq == walked.seq))
    return arm


def _shortest_first(session: Session, filters: Sequence[Keys], low: int, high: int) -> list[Keys]:
    if len(filters) == 1:
        return list(filters)
    counts: dict[Keys, int] = {}
    for keys in filters:
        within = (StatementKey.seq > low, StatementKey.seq <= high)
        rows = select(StatementKey.seq).where(_among(StatementKey, keys), *within)
        counted = select(func.count()).select_from(rows.limit(COUNTED).subquery())
        counts[keys] = session.scalars(counted).one()
        if counts[keys] == 0:
            break
    return sorted(filters, key=lambda keys: counts.get(keys, COUNTED))


def _among(table: type[StatementKey], keys: Keys) -> ColumnElement[bool]:
    kinds = [kind.value for kind in keys.kinds]
    return and_(table.kind.in_(kinds), table.key.in_(keys.ids))
