"""Statements as NDJSON, for backups, for other stores and for `hub statements import`.

Reads page after page in the order of storing, each page in a transaction of its own, so that an
export of any size needs the memory of one page and holds no lock. What arrives meanwhile is not
part of it. Contents of attachments go into a folder beside it (hub.lrs.sidecar).

A voiding statement that has no effect here, because another authority than the target's sent it,
is left out and counted: an import would give it effect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.database import Database
from hub.lrs import attachments, payload
from hub.lrs.attachment_storage import Storage
from hub.lrs.models import Statement, Verb
from hub.lrs.query import Found, Query, find_statements
from hub.lrs.sidecar import Sidecar, needed_here
from xapi.actors import IFI
from xapi.vocabulary import VOIDED

PAGE = 1000
"""Statements that are read at once."""


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

    without_effect counts the voiding statements that void nothing here, without_content statements
    with an attachment that has no fileUrl and whose content was not written.
    """

    statements: int = 0
    voided: int = 0
    without_effect: int = 0
    without_content: int = 0


class Export:
    """One export. *sidecar*: where contents of attachments go; None: they stay."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        wanted: Selection,
        *,
        write: Callable[[bytes], Any],
        sidecar: Sidecar | None = None,
    ) -> None:
        self.done = Exported()
        self._database = database
        self._storage = storage
        self._wanted = wanted
        self._write = write
        self._sidecar = sidecar

    def run(self) -> Exported:
        """Write every selected statement as a line of JSON. Raises ContentLost."""
        wanted = self._wanted
        query: Query | None = Query(
            agent=wanted.agent,
            verb=wanted.verb,
            activity=wanted.activity,
            since=wanted.since,
            until=wanted.until,
            voided=wanted.voided,
            limit=PAGE,
            ascending=True,
        )
        while query is not None:
            with self._database.reading() as session:
                found = find_statements(session, query)
                idle = _without_effect(session, found.payloads)
                if wanted.voided:
                    self.done.voided += _voided(session, found)
            self.done.without_effect += len(idle)
            for seq, line in zip(found.seqs, found.payloads, strict=True):
                if line not in idle:
                    self._write_one(seq, line)
            query = found.next
        return self.done

    def _write_one(self, seq: int, line: bytes) -> None:
        if b'"attachments"' in line:
            needed = needed_here(payload.decode(line))
            if self._sidecar is not None:
                with self._database.reading() as session:
                    parts = attachments.find_of(session, self._storage, [seq])
                self._sidecar.write(parts)
                needed -= {part.sha2 for part in parts}
            self.done.without_content += bool(needed)
        self._write(line + b"\n")
        self.done.statements += 1


def _voided(session: Session, found: Found) -> int:
    """How many of a page are voided."""
    rows = select(func.count()).where(Statement.seq.in_(found.seqs), Statement.voided)
    return session.scalars(rows).one()


def _without_effect(session: Session, page: Sequence[bytes]) -> set[bytes]:
    """The voiding statements of a page whose target is here, could be voided, and is not."""
    verb = VOIDED.id.encode()
    targets: dict[UUID, bytes] = {}
    for line in page:
        if verb in line:
            statement = payload.decode(line)
            if statement["verb"]["id"] == VOIDED.id:
                targets[UUID(statement["object"]["id"])] = line
    if not targets:
        return set()
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
