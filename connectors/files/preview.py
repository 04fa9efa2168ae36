"""The dry run: what the first rows of a file would become. Stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from connectors.errors import BadRecord
from connectors.files.reading import Reading, rejected_file
from connectors.records import Record, Rejected


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the file and what it would become; nothing when it is set aside."""

    line: int
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found in a file."""

    rows: tuple[PreviewRow, ...] = ()
    problems: tuple[Rejected, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field -> header of the file, declared or guessed."""
    headers: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    """Headers that nothing is read from."""


def preview(config: Mapping[str, Any], data: bytes, file_name: str, limit: int = 5) -> Preview:
    """The first *limit* rows of a file under *config* (as AttendanceFileConfig().load() gives it).

    A file that cannot be read at all is a preview with one problem.
    """
    try:
        columns, understood = Reading.of(config).open(data, file_name)
        rows = list(islice(understood, limit))
    except BadRecord as error:
        return Preview(problems=(rejected_file(error, file_name),))
    problems = tuple(fact for _, row in rows for fact in row.facts if isinstance(fact, Rejected))
    shown = tuple(
        PreviewRow(
            line,
            (*row.catalogue, *(fact for fact in row.facts if not isinstance(fact, Rejected))),
        )
        for line, row in rows
    )
    names = {ours.value: header for ours, header in columns.names.items()}
    headers = tuple(header for header in columns.headers if header)
    return Preview(shown, problems, names, headers, columns.unknown)
