"""Which column is which of ours, and which of their words is which of ours. Pure.

An admin's mapping comes before the preset's guess. A word that nobody declared is never guessed.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from connectors.errors import BadRecord
from connectors.files.cells import Row, text_of
from connectors.files.presets import (
    ALIASES,
    ANYWHERE,
    COURSE_FIELDS,
    LEARNER_FIELDS,
    PRESETS,
    STATUSES,
    WORDS,
    Field,
)

HEADER_WITHIN = 20
"""Rows in which the header is looked for: reports like to start with a title."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A name as compared: without case and accents, FirstName like first_name and First name."""
    spaced = "".join(
        f" {char}" if char.isupper() and before.islower() else char
        for before, char in zip(" " + text, text, strict=False)
    )
    plain = unicodedata.normalize("NFKD", spaced.casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(kept.replace("_", " ").replace("-", " ").replace("’", "'").split())


def guess_columns(headers: Sequence[str], preset: str = "generic") -> dict[Field, str]:
    """The header of each of our fields that *preset* recognises among *headers*."""
    by_name = {fold(header): header for header in reversed(headers)}
    found: dict[Field, str] = {}
    for ours in Field:
        names = (fold(ours), *PRESETS[preset].headers.get(ours, ()), *ALIASES[ours])
        header = next((by_name[name] for name in names if name in by_name), None)
        if header is not None:
            found[ours] = header
    return found


@dataclass(frozen=True, slots=True)
class Columns:
    """A header row that was understood: where each of our fields stands."""

    line: int
    headers: tuple[str, ...]
    names: Mapping[Field, str]
    """Our field -> their header."""
    places: Mapping[Field, int]
    """Our field -> index of the cell."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers that nothing is read from."""
        used = set(self.names.values())
        return tuple(header for header in self.headers if header and header not in used)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """An admin's columns over a preset. An empty header means: this field is not read."""

    preset: str
    declared: Mapping[Field, str]

    def known(self, header: str) -> bool:
        """Whether a cell looks like a header, for finding the delimiter."""
        return bool(guess_columns([header], self.preset)) or fold(header) in {
            fold(name) for name in self.declared.values() if name
        }

    def locate(self, rows: Iterable[Row]) -> Columns:
        """Find the header among the first *rows*.

        Raises BadRecord when there is none with a learner and a course, when a declared header is
        missing, or when a header that is read stands twice.
        """
        first: Row | None = None
        for row in islice(rows, HEADER_WITHIN):
            headers = tuple(unicodedata.normalize("NFC", text_of(c)).strip() for c in row.cells)
            names = self._names(headers)
            if _complete(names) and not self._missing(headers):
                return self._columns(row.line, headers, names)
            if first is None or len(names) > len(self._names(_texts(first))):
                first = row
        raise self._refusal(first)

    def _names(self, headers: Sequence[str]) -> dict[Field, str]:
        by_name = {fold(header): header for header in reversed(headers) if header}
        taken = {fold(name) for name in self.declared.values()}
        names = {
            ours: header
            for ours, header in guess_columns(headers, self.preset).items()
            if ours not in self.declared and fold(header) not in taken
        }
        for ours, wanted in self.declared.items():
            if wanted and fold(wanted) in by_name:
                names[ours] = by_name[fold(wanted)]
        return names

    def _missing(self, headers: Sequence[str]) -> list[str]:
        present = {fold(header) for header in headers}
        return [name for name in self.declared.values() if name and fold(name) not in present]

    def _columns(self, line: int, headers: tuple[str, ...], names: dict[Field, str]) -> Columns:
        folded = [fold(header) for header in headers]
        for header in names.values():
            if folded.count(fold(header)) > 1:
                raise BadRecord(
                    f"The file was not read: the column “{header}” stands in it twice.",
                    code="doubled_column",
                    hint="Rename or remove one of the two.",
                    pointer=f"line {line}",
                )
        places = {ours: headers.index(header) for ours, header in names.items()}
        return Columns(line, headers, names, places)

    def _refusal(self, row: Row | None) -> BadRecord:
        headers = _texts(row) if row else ()
        shown = ", ".join(f"“{header[:40]}”" for header in headers[:12] if header) or "nothing"
        if missing := self._missing(headers):
            quoted = ", ".join(f"“{name}”" for name in missing)
            return BadRecord(
                f"The file was not read: the column mapping names {quoted}, which the file does "
                f"not have. Its header says {shown}.",
                code="missing_column",
                hint="Correct the column mapping of the source, or export with these columns.",
            )
        return BadRecord(
            "The file was not read: it needs a column for the learner (learner id, employee id or "
            f"e-mail) and one for the course (code or title). Its header says {shown}.",
            code="no_header",
            hint="Say in the column mapping which header is which, or export with a header row.",
        )


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(text_of(cell).strip() for cell in row.cells)


def _complete(names: Mapping[Field, str]) -> bool:
    return any(f in names for f in LEARNER_FIELDS) and any(f in names for f in COURSE_FIELDS)


@dataclass(frozen=True, slots=True)
class ValueMapping:
    """An admin's status words over a preset. declared is keyed by the folded word."""

    preset: str
    declared: Mapping[str, str]

    def status(self, ours: Field, word: str) -> tuple[Field, str] | None:
        """What *word* means in the column *ours*, and which column that status belongs to.

        Systems with one column for everything write "cancelled" where we look for attendance.
        """
        folded = fold(word)
        if folded in self.declared:
            status = self.declared[folded]
            return next(home for home, words in STATUSES.items() if status in words), status
        own = {**WORDS[ours], **PRESETS[self.preset].words.get(ours, {})}
        if folded in own:
            return ours, own[folded]
        return ANYWHERE.get(folded)
