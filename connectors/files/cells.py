"""What a table is made of before anybody knows what its columns mean."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula that was saved without its value."""

    formula: str


Cell = str | bool | int | float | datetime | time | timedelta | Uncalculated


@dataclass(frozen=True, slots=True)
class Row:
    """A row as found. line counts from 1, as an editor or Excel shows it.

    fault says why the row could not be split into cells; then there are none but its raw text.
    """

    line: int
    cells: tuple[Cell, ...]
    fault: str = ""

    @property
    def blank(self) -> bool:
        return not any(text_of(cell).strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What an admin declared about text files; None is found out from the content."""

    delimiter: str | None = None
    encoding: str | None = None


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO 8601."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | time():
            return cell.isoformat()
        case Uncalculated(formula):
            return formula
        case _:
            return str(cell)
