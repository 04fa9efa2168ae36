"""The courses, sessions and people that all files tell of, each once, with its newest names.

They are gathered before the first is handed over, so that a course comes before its sessions. What
cannot be read is not told here but with the facts, where it is told once.
"""

from collections.abc import Iterable, Iterator

from connectors.errors import BadRecord
from connectors.files.folder import DroppedFile
from connectors.files.reading import Position, Reading, Told
from connectors.records import Course, Person, Record, Session


def catalogue(files: Iterable[DroppedFile], reading: Reading) -> Iterator[Told]:
    """Courses, then sessions, then people, in the order in which they first appear."""
    found: dict[type[Record], dict[str, Record]] = {Course: {}, Session: {}, Person: {}}
    for file in files:
        try:
            _, rows = reading.open(file.read(), file.name)
            for _, row in rows:
                for record in row.catalogue:
                    found[type(record)][record.key] = record
        except BadRecord:
            continue
    ordered = (record for kind in found.values() for record in kind.values())
    for number, record in enumerate(ordered):
        yield Told(Position(0, number), (record,))
