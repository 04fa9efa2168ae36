"""Stores the statements of an NDJSON file, in batches, at constant memory.

Every line is validated as if a client had sent it. What is stored already is passed over, so that
an import that was broken off is simply run again. A line that is wrong, or whose id belongs to
another statement, is reported and the others go on. The numbers add up:
read = stored + known + conflicts + invalid.

`stored` is newly assigned. The authority is the import's own, unless it keeps the ones in the file;
then the import vouches for them, and whoever starts it must be trusted with that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from hub.accounts.machine_keys import checked_name
from hub.database import Database, collided
from hub.lrs.checking import Line
from hub.lrs.exporting import attached_here
from hub.lrs.prepare import Prepared
from hub.lrs.store import Authority, StatementConflict, put
from xapi import json as xapi_json
from xapi.errors import Problem
from xapi.vocabulary import BASE

BATCH = 500
"""Statements that are stored in one transaction."""
_TRIES = 3


@dataclass(slots=True)
class Imported:
    """The numbers of an import: read = stored + known + conflicts + invalid."""

    read: int = 0
    stored: int = 0
    known: int = 0
    conflicts: int = 0
    invalid: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing of the file was refused."""
        return not (self.conflicts or self.invalid)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not stored, and why."""

    line: int
    problems: tuple[Problem, ...]


class Stopped(Exception):
    """A strict import met a line that cannot be stored; what was read before it is stored.

    A conflict is only seen when its batch is stored, so that lines behind it may be stored too.
    """


@dataclass(slots=True)
class _Pending:
    """The lines that wait to be stored together, by authority and version."""

    groups: dict[tuple[bytes, str], list[Line]] = field(default_factory=dict)
    agents: dict[bytes, Mapping[str, Any]] = field(default_factory=dict)
    ids: set[UUID] = field(default_factory=set)


class Import:
    """One run over one file.

    *name* is the importer's: all that it stores has one authority, so that a voiding statement of
    the file voids its target, in either order. *report* is told of each line that was refused,
    *progress* now and then how far it is.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        report: Callable[[Refused], None],
        progress: Callable[[Imported], None],
        keep_authority: bool = False,
        strict: bool = False,
    ) -> None:
        self.done = Imported()
        self._database = database
        self._authority = importer(name)
        self._report = report
        self._progress = progress
        self._keep = keep_authority
        self._strict = strict
        self._pending = _Pending()

    def run(self, lines: Iterable[Line]) -> Imported:
        """Store what can be stored. Raises Stopped when the import is strict."""
        for line in lines:
            self.done.read += 1
            problems = line.problems or _missing_content(line)
            if line.statement is None or problems:
                self.done.invalid += 1
                self._report(Refused(line.number, problems))
            else:
                if line.statement.id in self._pending.ids:  # the second must find the first stored
                    self._flush()
                self._add(line, line.statement)
            if len(self._pending.ids) >= BATCH:
                self._flush()
                self._progress(self.done)
            if self._strict and not self.done.complete:
                break
        self._flush()
        if self._strict and not self.done.complete:
            raise Stopped
        return self.done

    def _add(self, line: Line, item: Prepared) -> None:
        agent = item.statement.get("authority") if self._keep else None
        agent = agent or self._authority.agent
        key = xapi_json.canonical(agent)
        self._pending.agents[key] = agent
        self._pending.groups.setdefault((key, line.version), []).append(line)
        self._pending.ids.add(item.id)

    def _flush(self) -> None:
        pending, self._pending = self._pending, _Pending()
        for (key, version), lines in pending.groups.items():
            self._store(lines, Authority(self._authority.key, pending.agents[key]), version)

    def _store(self, lines: Sequence[Line], authority: Authority, version: str) -> None:
        while lines:
            batch = [line.statement for line in lines if line.statement is not None]
            try:
                new = self._put(batch, authority, version)
            except StatementConflict as conflict:
                self._store(lines[: conflict.index], authority, version)
                self.done.conflicts += 1
                self._report(_taken(lines[conflict.index]))
                lines = lines[conflict.index + 1 :]
            else:
                self.done.stored += new
                self.done.known += len(batch) - new
                return

    def _put(self, batch: Sequence[Prepared], authority: Authority, version: str) -> int:
        for rest in reversed(range(_TRIES)):
            try:
                with self._database.transaction() as session:
                    return put(session, batch, authority=authority, version=version).new
            except DBAPIError as error:
                if not rest or not collided(error):
                    raise
        raise AssertionError("the last try returns or raises")


def importer(name: str) -> Authority:
    """The authority of an import. Raises Invalid for a name that nobody could read."""
    name = checked_name(name)
    agent = {
        "objectType": "Agent",
        "account": {"homePage": BASE + "imports", "name": name},
        "name": name,
    }
    return Authority(f"import:{name}", agent)


def _taken(line: Line) -> Refused:
    assert line.statement is not None
    message = f"The id {line.statement.id} belongs to a stored statement with other content."
    return Refused(line.number, (Problem("/id", "conflict", message, "Data 2.3.1"),))


def _missing_content(line: Line) -> tuple[Problem, ...]:
    if line.statement is None:
        return ()
    missing = attached_here(dict(line.statement.statement))
    if not missing:
        return ()
    message = f"The content of the attachment {missing[0]} did not come with the file."
    return (Problem("/attachments", "attachment_missing", message, "Data 2.4.11"),)
