"""Reads statements by the filters of the standard (xAPI Communication 2.1.3).

Newest stored first. A statement that refers to a match is a match itself, however often removed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import Session

from hub.catalog.models import Activity
from hub.database import database_now
from hub.lrs.models import Actor, Statement, StatementAgent, Verb
from hub.lrs.people import ifi_text
from xapi.actors import IFI

LIMIT = 100
"""Statements in one answer when the client names no number or asks for 0."""
LARGEST_LIMIT = 500

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""Up to when a store without statements is surely complete."""


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of one request; None means: not filtered by this.

    authority restricts to what one credential stored. after is (stored, seq) of the statement
    behind which the next page begins; newest the seq at which the first page was cut, so that later
    pages stay stable.
    """

    agent: IFI | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = LIMIT
    ascending: bool = False
    authority: str | None = None
    after: tuple[datetime, int] | None = None
    newest: int | None = None

    @property
    def filters_content(self) -> bool:
        named = (self.agent, self.verb, self.activity, self.registration)
        return any(value is not None for value in named)


@dataclass(frozen=True, slots=True)
class Found:
    """One page: payloads as stored, and the query for the next page (None at the end)."""

    payloads: tuple[bytes, ...]
    next: Query | None


def find_statement(
    session: Session, statement_id: UUID, *, voided: bool, authority: str | None = None
) -> bytes | None:
    """The payload of one statement that is (not) voided, or None."""
    query = select(Statement.payload).where(
        Statement.id == statement_id, Statement.voided.is_(voided)
    )
    if authority is not None:
        query = query.where(Statement.authority == authority)
    return session.scalars(query).one_or_none()


def find_statements(session: Session, query: Query) -> Found:
    """A page of statements."""
    newest = query.newest
    if newest is None:
        newest = session.scalars(select(func.max(Statement.seq))).one() or 0
    wanted = select(Statement.stored, Statement.seq, Statement.payload).where(
        Statement.voided.is_(False), Statement.seq <= newest
    )
    if query.filters_content:
        wanted = wanted.where(Statement.id.in_(_matching_ids(query)))
    if query.since is not None:
        wanted = wanted.where(Statement.stored > query.since)
    if query.until is not None:
        wanted = wanted.where(Statement.stored <= query.until)
    if query.authority is not None:
        wanted = wanted.where(Statement.authority == query.authority)
    if query.after is not None:
        wanted = wanted.where(_behind(*query.after, ascending=query.ascending))
    keys = (Statement.stored, Statement.seq)
    order = [key.asc() if query.ascending else key.desc() for key in keys]
    rows = session.execute(wanted.order_by(*order).limit(query.limit + 1)).all()
    page = rows[: query.limit]
    following = None
    if len(rows) > query.limit:
        following = replace(query, after=(page[-1].stored, page[-1].seq), newest=newest)
    return Found(tuple(row.payload for row in page), following)


def _behind(stored: datetime, seq: int, *, ascending: bool) -> ColumnElement[bool]:
    same = Statement.stored == stored
    if ascending:
        return or_(Statement.stored > stored, and_(same, Statement.seq > seq))
    return or_(Statement.stored < stored, and_(same, Statement.seq < seq))


def _matching_ids(query: Query) -> Select[tuple[UUID]]:
    """Ids of statements that match by content, and of all that refer to them."""
    own = select(Statement.id)
    if query.agent is not None:
        own = own.where(
            Statement.seq.in_(
                select(StatementAgent.seq)
                .join(Actor, Actor.id == StatementAgent.actor_id)
                .where(Actor.ifi == ifi_text(query.agent))
            )
        )
    if query.verb is not None:
        own = own.where(Statement.verb_id.in_(select(Verb.id).where(Verb.iri == query.verb)))
    if query.activity is not None:
        own = own.where(
            Statement.activity_id.in_(select(Activity.id).where(Activity.iri == query.activity))
        )
    if query.registration is not None:
        own = own.where(Statement.registration == query.registration)
    matches = own.cte("matches", recursive=True)
    referring = select(Statement.id).join(matches, Statement.target_id == matches.c.id)
    matches = matches.union(referring)
    return select(matches.c.id)


def consistent_through(session: Session) -> datetime:
    """The instant up to which every stored statement can be seen by later reads of this session.

    SQLite has one writer at a time, and each stores later than the one before: nothing older than
    the newest visible statement is still on its way. On PostgreSQL that is only true up to the
    start of the oldest open transaction; the clock is read before looking for it.
    """
    if session.get_bind().dialect.name == "postgresql":
        now = database_now(session)
        oldest: datetime | None = session.scalars(
            text(
                "SELECT min(xact_start) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
            )
        ).one()
        return now if oldest is None else min(now, oldest)
    return session.scalars(select(func.max(Statement.stored))).one() or BEFORE_ALL


def as_page(payloads: tuple[bytes, ...], more: str) -> bytes:
    """A StatementResult; statements are passed on as stored, never parsed."""
    return (
        b'{"statements":[' + b",".join(payloads) + b'],"more":' + json.dumps(more).encode() + b"}"
    )


def query_json(query: Query) -> Mapping[str, Any]:
    """A query as JSON, for the signed `more` link."""
    return {
        "agent": [query.agent.kind, query.agent.value, query.agent.home_page]
        if query.agent
        else None,
        "verb": query.verb,
        "activity": query.activity,
        "registration": str(query.registration) if query.registration else None,
        "since": query.since.isoformat() if query.since else None,
        "until": query.until.isoformat() if query.until else None,
        "limit": query.limit,
        "ascending": query.ascending,
        "authority": query.authority,
        "after": [query.after[0].isoformat(), query.after[1]] if query.after else None,
        "newest": query.newest,
    }


def query_from(data: Mapping[str, Any]) -> Query:
    """The query that query_json wrote."""
    return Query(
        agent=IFI(*data["agent"]) if data["agent"] else None,
        verb=data["verb"],
        activity=data["activity"],
        registration=UUID(data["registration"]) if data["registration"] else None,
        since=datetime.fromisoformat(data["since"]) if data["since"] else None,
        until=datetime.fromisoformat(data["until"]) if data["until"] else None,
        limit=data["limit"],
        ascending=data["ascending"],
        authority=data["authority"],
        after=(datetime.fromisoformat(data["after"][0]), data["after"][1])
        if data["after"]
        else None,
        newest=data["newest"],
    )
