"""Statements as NDJSON, for backups, for other stores and for `hub statements import`.

Reads page after page in the order of storing, each page in a transaction of its own, so that an
export of any size needs the memory of one page and holds no lock. What arrives meanwhile is not
part of it. Voided statements come after the others, and only if they are asked for.

A voiding statement that has no effect here, because another authority than the target's sent it,
is left out and counted: an import would give it effect.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from hub.catalog.models import Activity
from hub.database import Database
from hub.lrs.models import Statement, Verb
from hub.lrs.query import Query, find_statements
from xapi import json as xapi_json
from xapi.actors import IFI, agents_in, ifi_of
from xapi.vocabulary import VOIDED

PAGE = 1000
"""Statements that are read at once."""

Write = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; None means: not filtered by this. since is exclusive, until inclusive."""

    since: datetime | None = None
    until: datetime | None = None
    verb: str | None = None
    activity: str | None = None
    agent: IFI | None = None
    voided: bool = False


@dataclass(slots=True)
class Exported:
    """How many statements were written (voided: how many of them), and what was left out.

    without_content counts statements with an attachment whose content lies here and not at a
    fileUrl; without_effect the voiding statements that void nothing here.
    """

    statements: int = 0
    voided: int = 0
    without_effect: int = 0
    without_content: int = 0


def export(database: Database, wanted: Selection, write: Write) -> Exported:
    """Write every selected statement as a line of JSON."""
    done = Exported()
    for page in _live(database, wanted):
        idle = _without_effect(database, page)
        done.without_effect += len(idle)
        _write((payload for payload in page if payload not in idle), write, done)
    if wanted.voided:
        before = done.statements
        for page in _voided(database, wanted):
            _write(page, write, done)
        done.voided = done.statements - before
    return done


def _write(payloads: Iterable[bytes], write: Write, done: Exported) -> None:
    for payload in payloads:
        write(payload + b"\n")
        done.statements += 1
        if b'"attachments"' in payload and attached_here(_parsed(payload)):
            done.without_content += 1


def attached_here(statement: dict[str, Any]) -> list[str]:
    """The hashes of a statement's attachments whose content has no fileUrl to be fetched from."""
    found = [item["sha2"] for item in statement.get("attachments", ()) if "fileUrl" not in item]
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        found += attached_here(target)
    return found


def _live(database: Database, wanted: Selection) -> Iterator[Sequence[bytes]]:
    query: Query | None = Query(
        agent=wanted.agent,
        verb=wanted.verb,
        activity=wanted.activity,
        since=wanted.since,
        until=wanted.until,
        limit=PAGE,
        ascending=True,
    )
    while query is not None:
        with database.reading() as session:
            found = find_statements(session, query)
        yield found.payloads
        query = found.next


def _voided(database: Database, wanted: Selection) -> Iterator[Sequence[bytes]]:
    """Pages of what is voided. It is rare, and no filter of the standard finds it."""
    chosen: list[ColumnElement[bool]] = [Statement.voided.is_(True)]
    if wanted.since is not None:
        chosen.append(Statement.stored > wanted.since)
    if wanted.until is not None:
        chosen.append(Statement.stored <= wanted.until)
    if wanted.verb is not None:
        chosen.append(Statement.verb_id.in_(select(Verb.id).where(Verb.iri == wanted.verb)))
    if wanted.activity is not None:
        named = select(Activity.id).where(Activity.iri == wanted.activity)
        chosen.append(Statement.activity_id.in_(named))
    with database.reading() as session:
        newest = session.scalars(select(func.max(Statement.seq))).one() or 0
    after = 0
    while after < newest:
        with database.reading() as session:
            rows = session.execute(
                select(Statement.seq, Statement.payload)
                .where(Statement.seq > after, Statement.seq <= newest, *chosen)
                .order_by(Statement.seq)
                .limit(PAGE)
            ).all()
        yield [row.payload for row in rows if _is_about(row.payload, wanted.agent)]
        after = rows[-1].seq if len(rows) == PAGE else newest


def _is_about(payload: bytes, agent: IFI | None) -> bool:
    if agent is None:
        return True
    return agent in {ifi_of(other) for other in agents_in(_parsed(payload))}


def _without_effect(database: Database, page: Sequence[bytes]) -> set[bytes]:
    """The voiding statements of a page whose target is here, could be voided, and is not."""
    verb = VOIDED.id.encode()
    targets: dict[UUID, bytes] = {}
    for payload in page:
        if verb in payload:
            statement = _parsed(payload)
            if statement["verb"]["id"] == VOIDED.id:
                targets[UUID(statement["object"]["id"])] = payload
    if not targets:
        return set()
    with database.reading() as session:
        unharmed = session.scalars(
            select(Statement.id)
            .join(Verb, Verb.id == Statement.verb_id)
            .where(
                Statement.id.in_(sorted(targets)),
                Statement.voided.is_(False),
                Verb.iri != VOIDED.id,
            )
        )
        return {targets[statement_id] for statement_id in unharmed}


def _parsed(payload: bytes) -> dict[str, Any]:
    return cast("dict[str, Any]", xapi_json.loads(payload))
