"""Which row has the last word, when several files and lines speak of the same thing.

Exports overlap, and old ones stay in the folder. Only the newest word on each key is handed over;
otherwise every pull would tell the whole history again and each mark would flicker. Where two lines
of one file contradict each other, the later is taken and the earlier is set aside, visibly.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from connectors.errors import BadRecord
from connectors.files.folder import DroppedFile
from connectors.files.mapping import Columns
from connectors.files.reading import Position, Reading, Told, rejected_file
from connectors.files.rows import Understood
from connectors.records import Assessment, Attendance, Certificate, Record, Registration, Rejected

Fact = Registration | Attendance | Assessment | Certificate


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line has to say."""

    at: Position
    place: str
    records: tuple[Record, ...]
    settles: str = ""
    """The key of an earlier rejection of the same row, which this entry makes good."""


@dataclass(frozen=True, slots=True)
class _Word:
    at: Position
    place: str
    said: int
    name: str


def facts(files: Sequence[DroppedFile], reading: Reading) -> Iterator[Told]:
    """What still stands of all files, line by line, and all rejections."""
    latest = Latest(_entries(files, reading))
    for entry in _entries(files, reading):
        yield Told(entry.at, latest.standing(entry))


def _entries(files: Iterable[DroppedFile], reading: Reading) -> Iterator[Entry]:
    for number, file in enumerate(files):
        line = 0
        try:
            columns, rows = reading.open(file.read(), file.name)
            for line, row in rows:
                yield _entry(Position(number, line), file.name, row, columns)
        except BadRecord as error:
            rejected = rejected_file(error, file.name)
            yield Entry(Position(number, line + 1), file.name, (rejected,))


def _entry(at: Position, file_name: str, row: Understood, columns: Columns) -> Entry:
    # A later row settles a rejection only if it has the same columns to say something in.
    shape = hashlib.sha256(",".join(sorted(columns.names)).encode()).hexdigest()[:8]
    settles = f"row/{row.key}?{shape}"
    records = tuple(
        replace(record, key=settles) if isinstance(record, Rejected) else record
        for record in row.facts
    )
    return Entry(at, f"{file_name}, line {at.line}", records, settles)


class Latest:
    """Survey all entries once, then choose from each what still stands."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._words: dict[str, _Word] = {}
        self._shared: set[str] = set()
        for entry in entries:
            for record in entry.records:
                self._hear(entry, record)
            if entry.settles:
                self._words[entry.settles] = _Word(entry.at, entry.place, 0, "")

    def _hear(self, entry: Entry, record: Record) -> None:
        word = _Word(entry.at, entry.place, _said(record), _mail_name(record))
        before = self._words.get(record.key)
        if before and before.at.file == word.at.file and before.name != word.name:
            self._shared.add(record.key)
        self._words[record.key] = word

    def standing(self, entry: Entry) -> tuple[Record, ...]:
        """The records of *entry* that nothing later replaces, and at most one rejection."""
        kept: list[Record] = []
        refused: Rejected | None = None
        for record in entry.records:
            winner = self._words[record.key]
            if record.key in self._shared and isinstance(record, Fact):
                refused = _refuse_shared(entry, record)
            elif winner.at == entry.at:
                kept.append(record)
            elif (
                isinstance(record, Fact)
                and winner.at.file == entry.at.file
                and winner.said != _said(record)
            ):
                refused = refused or _refuse_older(entry, record, winner.place)
        return (*kept, refused) if refused else tuple(kept)


def _said(record: Record) -> int:
    """What a record says, apart from names and titles, which may be spelled in two ways."""
    if not isinstance(record, Fact):
        return 0
    names = {"person", "course", "activity"}
    return hash(
        tuple(
            getattr(record, field.name)
            for field in fields(record)
            if field.compare and field.name not in names
        )
    )


def _mail_name(record: Record) -> str:
    """The person's name where nothing but an e-mail address tells the person from others."""
    if isinstance(record, Fact) and record.person.identifiers[0].kind == "mbox":
        return (record.person.name or "").casefold()
    return ""


def _refuse_shared(entry: Entry, record: Fact) -> Rejected:
    address = record.person.identifiers[0].value
    return Rejected(
        key=f"shared/{record.key}/{(record.person.name or '').casefold()}",
        code="shared_email",
        message=f"{entry.place} was not read: several people with different names share the e-mail "
        f"address “{address}” in this file.",
        hint="Export a learner id or employee id as well, so that each record finds its person.",
        pointer=entry.place,
        raw=record.raw,
    )


def _refuse_older(entry: Entry, record: Fact, winner: str) -> Rejected:
    return Rejected(
        key=f"contradicted/{record.key}/{entry.at.line}",
        code="contradicting_line",
        message=f"{entry.place} was not read: {winner} says something else about the same learner "
        f"and session, and the later line was taken.",
        hint="Correct the line that is wrong at the source and export again.",
        pointer=entry.place,
        raw=record.raw,
    )
