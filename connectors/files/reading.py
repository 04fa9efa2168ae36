"""The rows of one file as records, under the admin's mapping; for preview and pull alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import BadRecord
from connectors.files.cells import TableOptions
from connectors.files.config import table_options
from connectors.files.mapping import ColumnMapping, Columns, ValueMapping, fold
from connectors.files.presets import Field
from connectors.files.rowcells import Rules
from connectors.files.rows import Understood, understand
from connectors.files.table import read_table
from connectors.records import ActivityKind, Record, Rejected


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A line in the order of reading: number of the file, then of the line."""

    file: int
    line: int


@dataclass(frozen=True, slots=True)
class Told:
    """Records, and the position after which a broken read goes on."""

    at: Position
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of one source are read."""

    options: TableOptions
    mapping: ColumnMapping
    rules: Rules

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Reading":
        """From what AttendanceFileConfig().load() returned."""
        preset = config["preset"]
        declared = {Field(ours): header for ours, header in config["columns"].items()}
        words = {fold(word): status for word, status in config["values"].items()}
        rules = Rules(
            home_page=config["home_page"],
            session_kind=ActivityKind(config["session_kind"]),
            date_format=config["date_format"],
            zone=ZoneInfo(config["time_zone"]),
            decimal_comma=config["decimal_comma"],
            words=ValueMapping(preset, words),
        )
        return cls(table_options(config), ColumnMapping(preset, declared), rules)

    def open(self, data: bytes, file_name: str) -> tuple[Columns, Iterator[tuple[int, Understood]]]:
        """The header, and each row below it with its line number.

        Raises BadRecord, also in the middle, when the file as a whole cannot be read.
        """
        table = read_table(data, self.options, self.mapping.known)
        columns = self.mapping.locate(table)

        def rows() -> Iterator[tuple[int, Understood]]:
            for row in table:
                place = f"{file_name}, line {row.line}"
                yield row.line, understand(row, columns, self.rules, place)

        return columns, rows()


def rejected_file(error: BadRecord, file_name: str) -> Rejected:
    """A file that was set aside as a whole, or from some line on."""
    return Rejected(
        key=f"file/{file_name}",
        code=error.code,
        message=f"{file_name}: {error.message}",
        hint=error.hint,
        pointer=", ".join(part for part in (file_name, error.pointer) if part),
        raw={"file": file_name},
    )
