"""The cells of one row by our names, each read by the rule of its column; faults are collected.

A row is set aside as a whole, with everything that is wrong with it, so that one look at the source
is enough to put it right.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from connectors.files.cells import Cell, Row, Uncalculated, text_of
from connectors.files.mapping import Columns, ValueMapping
from connectors.files.presets import STATUSES, Field
from connectors.files.values import Moment, means_never, parse_moment, parse_seconds
from connectors.records import ActivityKind

EMPTY = frozenset({"", "-", "–", "—", "n/a", "#n/a", "null"})
"""What systems write where they have nothing to say."""
CELL_ERRORS = frozenset({"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """How an admin said the cells are to be read."""

    home_page: str
    session_kind: ActivityKind
    date_format: str
    zone: ZoneInfo
    decimal_comma: bool
    words: ValueMapping


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row."""

    code: str
    message: str
    hint: str = ""
    column: str = ""


def _by_header(headers: Sequence[str], texts: Sequence[str]) -> Mapping[str, str]:
    named = zip_longest(headers, texts, fillvalue="")
    return {
        header or f"column {place}": text
        for place, (header, text) in enumerate(named, start=1)
        if header or text
    }


@dataclass(frozen=True, slots=True)
class RowCells:
    """One row under its header."""

    row: Row
    columns: Columns
    rules: Rules
    raw: Mapping[str, Any]
    said: Mapping[Field, Cell]
    """The cells that are not empty."""
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, row: Row, columns: Columns, rules: Rules) -> "RowCells":
        texts = [text_of(cell) for cell in row.cells]
        said = {
            ours: row.cells[place]
            for ours, place in columns.places.items()
            if place < len(texts) and texts[place].strip().lower() not in EMPTY
        }
        raw = {"text": texts[0]} if row.fault else _by_header(columns.headers, texts)
        return cls(row, columns, rules, raw, said)

    def raw_of(self, *ours: Field) -> Mapping[str, str]:
        """What these columns say, as received, by header."""
        return {self.columns.names[one]: text_of(self.said[one]) for one in ours if self.has(one)}

    def has(self, *ours: Field) -> bool:
        """Whether a cell of these columns says something."""
        return any(one in self.said for one in ours)

    def text(self, ours: Field) -> str | None:
        cell = self.said.get(ours)
        if cell is None:
            return None
        if isinstance(cell, Uncalculated):
            self._fault(
                ours, "uncalculated_formula", "is a formula that was saved without its value",
                "Open the workbook in Excel, save it and drop it again.",
            )  # fmt: skip
            return None
        text = unicodedata.normalize("NFC", text_of(cell)).strip()
        if text in CELL_ERRORS:
            self._fault(ours, "cell_error", "is an error of the sheet, not a value")
            return None
        return text

    def email(self) -> str | None:
        """The e-mail address in lower case, as people do not type it the same way twice."""
        text = self.text(Field.EMAIL)
        if text is None:
            return None
        address = re.sub("^mailto:", "", text, flags=re.IGNORECASE).lower()
        if not _EMAIL.fullmatch(address):
            self._fault(Field.EMAIL, "bad_email", "is no e-mail address")
            return None
        return address

    def moment(self, ours: Field, *, end_of_day: bool = False) -> Moment | None:
        cell = self.said.get(ours)
        if cell is None:
            return None
        try:
            return parse_moment(
                cell, self.rules.date_format, self.rules.zone, end_of_day=end_of_day
            )
        except ValueError as error:
            self._fault(
                ours, "bad_date", str(error),
                "Correct the date, or the date format of the source.",
            )  # fmt: skip
            return None

    def expiry(self) -> Moment | None:
        """The last second of the day on which a certificate is valid; None also for "never"."""
        cell = self.said.get(Field.CERTIFICATE_EXPIRY)
        if cell is None or means_never(cell):
            return None
        return self.moment(Field.CERTIFICATE_EXPIRY, end_of_day=True)

    def seconds(self) -> int | None:
        """Time attended: the minutes where they are filled, else the hours."""
        for ours, unit in ((Field.MINUTES, 60), (Field.HOURS, 3600)):
            cell = self.said.get(ours)
            if cell is None:
                continue
            try:
                return parse_seconds(cell, unit, decimal_comma=self.rules.decimal_comma)
            except ValueError as error:
                self._fault(
                    ours, "bad_duration", str(error),
                    "Correct the number, or the decimal comma setting of the source.",
                )  # fmt: skip
                return None
        return None

    def statuses(self) -> dict[Field, str]:
        """Our status words by the column that they belong to; a word in its own column wins."""
        own: dict[Field, str] = {}
        lent: dict[Field, str] = {}
        for ours, words in STATUSES.items():
            word = self.text(ours)
            if word is None:
                continue
            meaning = self.rules.words.status(ours, word)
            if meaning is None:
                self._fault(
                    ours, "unknown_status", f"is not a known word (known: {', '.join(words)})",
                    f"Add “{word[:80]}” to the value mapping of the source.",
                )  # fmt: skip
                continue
            home, status = meaning
            (own if home is ours else lent)[home] = status
        return lent | own

    def fault(self, code: str, message: str, hint: str = "") -> None:
        """Note something wrong with the row as a whole."""
        self.faults.append(Fault(code, message, hint))

    def _fault(self, ours: Field, code: str, why: str, hint: str = "") -> None:
        column = self.columns.names[ours]
        shown = text_of(self.row.cells[self.columns.places[ours]])[:80]
        self.faults.append(Fault(code, f"“{shown}” {why}.", hint, column))
