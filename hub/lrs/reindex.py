"""Makes the keys again that statements are found by, from what the statements say.

For a database whose statements were stored before there were keys, or whose keys are not all there,
for instance after a restore of some tables. Keys that are missing are added; none is taken away, so
that it may run beside a hub that is at work. Works from the newest statement to the oldest, a page
in a transaction of its own: as long as the oldest statement has no key, it is not done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.database import Base, Database
from hub.lrs.keys import Kind
from hub.lrs.models import ReferenceKey, Statement, StatementKey
from hub.lrs.references import rows_of, stored_nodes
from hub.lrs.turn import take_turn

PAGE = 500
"""Statements in one transaction; others who store wait for so long."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many statements were looked at, and how many of their keys were missing."""

    statements: int = 0
    added: int = 0


def reindex(
    database: Database,
    *,
    page: int = PAGE,
    progress: Callable[[Reindexed], None] = lambda _: None,
) -> Reindexed:
    """Add every key that is missing; *progress* is told after each page. Raises DBAPIError."""
    done = Reindexed()
    below: int | None = None
    while True:
        with database.transaction() as session:
            take_turn(session)
            seqs = _page(session, below, page)
            if not seqs:
                return done
            added = _add_keys(session, seqs)
        below = seqs[-1]
        done = Reindexed(done.statements + len(seqs), done.added + added)
        progress(done)


def reindex_unless_done(database: Database) -> None:
    """Add the missing keys where the oldest statement shows that not all were made."""
    with database.reading() as session:
        done = is_done(session)
    if not done:
        found = reindex(database)
        log.info("statements_reindexed", statements=found.statements, added=found.added)


def is_done(session: Session) -> bool:
    """Whether the oldest statement, if there is any, is found by its verb."""
    oldest = session.execute(
        select(Statement.seq, Statement.verb_id).order_by(Statement.seq).limit(1)
    ).one_or_none()
    if oldest is None:
        return True
    seq, verb_id = oldest
    key = exists().where(
        StatementKey.kind == Kind.VERB.value,
        StatementKey.key == verb_id,
        StatementKey.seq == seq,
    )
    return bool(session.scalars(select(key)).one())


def _page(session: Session, below: int | None, size: int) -> Sequence[int]:
    """The seqs of the next statements, descending."""
    query = select(Statement.seq).order_by(Statement.seq.desc()).limit(size)
    if below is not None:
        query = query.where(Statement.seq < below)
    return session.scalars(query).all()


def _add_keys(session: Session, seqs: Sequence[int]) -> int:
    nodes = stored_nodes(session, seqs)
    own = [(kind, key, node.seq) for node in nodes.values() for kind, key in node.keys or ()]
    through = rows_of(session, nodes)
    added = _add(session, StatementKey, ("kind", "key", "seq"), own)
    return added + _add(session, ReferenceKey, ("kind", "key", "seq", "via"), through)


def _add(
    session: Session, table: type[Base], columns: Sequence[str], rows: Sequence[tuple[int, ...]]
) -> int:
    """Insert the rows that are not there; returns how many these were."""
    if not rows:
        return 0
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = [dict(zip(columns, row, strict=True)) for row in sorted(rows)]
    statement = maker(table).on_conflict_do_nothing().returning(table.__table__.c.seq)
    return len(session.connection().execute(statement, values).all())
