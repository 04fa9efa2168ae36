"""Stores the statements of an NDJSON file, in batches, at constant memory.

Every line is validated as if a client had sent it. What is stored already is passed over, so that
an import that was broken off is simply run again. A line that is wrong, or whose id belongs to
another statement, is reported and the others go on. The numbers add up:
read = stored + known + conflicts + invalid.

`stored` is newly assigned. The authority is the import's own, unless it keeps the ones in the file;
then the import vouches for them, and whoever starts it must be trusted with that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from hub.accounts.machine_keys import checked_name
from hub.database import Database, collided
from hub.lrs import attachments
from hub.lrs.attachment_storage import Storage
from hub.lrs.checking import Line
from hub.lrs.prepare import Prepared
from hub.lrs.sidecar import Sidecar, contents_of
from hub.lrs.store import Authority, StatementConflict, put
from xapi.attachments import hashes_in
from xapi.errors import InvalidStatement, Problem
from xapi.multipart import Part
from xapi.vocabulary import BASE

BATCH = 500
"""Statements that are stored in one transaction."""
MOST_CONTENT = 16 * 1024 * 1024
"""Bytes of attachments that are held in memory; with more a batch has fewer statements."""
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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line that can be stored, with the contents of its attachments."""

    line: Line
    item: Prepared
    parts: tuple[Part, ...]


@dataclass(slots=True)
class _Pending:
    """The lines that wait to be stored together, by version of the standard."""

    groups: dict[str, list[_Ready]] = field(default_factory=dict)
    ids: set[UUID] = field(default_factory=set)
    content: int = 0

    def add(self, ready: _Ready) -> None:
        self.groups.setdefault(ready.line.version, []).append(ready)
        self.ids.add(ready.item.id)
        self.content += sum(len(part.content) for part in ready.parts)

    @property
    def full(self) -> bool:
        return len(self.ids) >= BATCH or self.content >= MOST_CONTENT


class Import:
    """One run over one file.

    *name* is the importer's: all that it stores has one authority, so that a voiding statement of
    the file voids its target, in either order. *report* is told of each line that was refused,
    *progress* now and then how far it is.
    """

    def __init__(
        self,
        database: Database,
        storage: Storage,
        name: str,
        *,
        report: Callable[[Refused], None],
        progress: Callable[[Imported], None],
        sidecar: Sidecar | None = None,
        strict: bool = False,
    ) -> None:
        self.done = Imported()
        self._database = database
        self._storage = storage
        self._authority = importer(name)
        self._report = report
        self._progress = progress
        self._sidecar = sidecar
        self._strict = strict
        self._pending = _Pending()

    def run(self, lines: Iterable[Line]) -> Imported:
        """Store what can be stored. Raises Stopped when the import is strict."""
        for line in lines:
            self.done.read += 1
            self._take(line)
            if self._pending.full:
                self._flush()
                self._progress(self.done)
            if self._strict and not self.done.complete:
                break
        self._flush()
        if self._strict and not self.done.complete:
            raise Stopped
        return self.done

    def _take(self, line: Line) -> None:
        item, problems = line.statement, line.problems
        if item is not None:
            if item.id in self._pending.ids:  # the second must find the first stored
                self._flush()
            try:
                parts = contents_of(item.statement, self._sidecar, line.version)
            except InvalidStatement as error:
                problems = error.problems
            else:
                self._pending.add(_Ready(line, item, parts))
        if problems:
            self.done.invalid += 1
            self._report(Refused(line.number, problems))

    def _flush(self) -> None:
        pending, self._pending = self._pending, _Pending()
        for version, batch in pending.groups.items():
            self._store(batch, version)

    def _store(self, batch: Sequence[_Ready], version: str) -> None:
        while batch:
            try:
                new = self._put(batch, version)
            except StatementConflict as conflict:
                self._store(batch[: conflict.index], version)
                self.done.conflicts += 1
                self._report(_taken(batch[conflict.index]))
                batch = batch[conflict.index + 1 :]
            else:
                self.done.stored += new
                self.done.known += len(batch) - new
                return

    def _put(self, batch: Sequence[_Ready], version: str) -> int:
        parts = {part.sha2: part for ready in batch for part in ready.parts}.values()
        attachments.write_ahead(self._storage, parts)
        for rest in reversed(range(_TRIES)):
            try:
                with self._database.transaction() as session:
                    items = [ready.item for ready in batch]
                    stored = put(session, items, authority=self._authority, version=version)
                    used = [
                        (stored.seqs[item.id], sha2)
                        for item in items
                        if item.id in stored.seqs
                        for sha2 in hashes_in(item.statement)
                    ]
                    attachments.keep(session, self._storage, parts, used)
                    return stored.new
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


def _taken(ready: _Ready) -> Refused:
    message = f"The id {ready.item.id} belongs to a stored statement with other content."
    return Refused(ready.line.number, (Problem("/id", "conflict", message, "Data 2.3.1"),))
