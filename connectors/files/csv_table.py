"""Delimited text becomes rows, whatever its encoding, delimiter and line ends.

A line with broken quotation marks is handed over as a faulty row, and reading goes on at the next
line, so that one stray mark does not swallow the rest of the file.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator

from connectors.errors import BadRecord
from connectors.files.cells import MAX_COLUMNS, Row, TableOptions

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
SAMPLE_LINES = 20
MAX_FAULTS = 100
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


def read_csv(data: bytes, options: TableOptions, is_header: Callable[[str], bool]) -> Iterator[Row]:
    """The rows of delimited text (RFC 4180, with any of the usual delimiters).

    Raises BadRecord when the bytes are not text, or the text is a web page.
    """
    text = decode(data, options.encoding)
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise BadRecord(
            f"The file was not read: it is a web page, not a table (“{start[:40]}”).",
            code="not_a_table",
            hint="It may be a sign-in page. Sign in to the system and export again.",
        )
    lines = list(io.StringIO(text, newline=""))
    if not lines:
        return
    first = 0
    delimiter = options.delimiter
    # Excel reads and writes "sep=;" as a first line that is not part of the table.
    if separator := _SEPARATOR_LINE.fullmatch(lines[0]):
        first = 1
        delimiter = delimiter or separator[1]
    if delimiter is None:
        delimiter = find_delimiter(lines[:SAMPLE_LINES], is_header)
    for row in _rows(lines, first, delimiter):
        if len(row.cells) > MAX_COLUMNS:
            raise BadRecord(
                f"The file was not read: line {row.line} has {len(row.cells)} columns, and the "
                f"limit is {MAX_COLUMNS}.",
                code="file_too_large",
                hint="Check the delimiter, or export fewer columns.",
                pointer=f"line {row.line}",
            )
        yield row


def decode(data: bytes, encoding: str | None = None) -> str:
    """Text of *data*: in the declared encoding, else by byte order mark, UTF-8, Windows-1252."""
    found = encoding or _detect(data)
    try:
        text = data.decode(found)
    except UnicodeError as error:
        raise BadRecord(
            f"The file was not read: it is not {found} text (“{error}”).",
            code="bad_encoding",
            hint="Save it as “CSV UTF-8”, or declare the encoding of the source.",
        ) from error
    if "\0" in text:
        raise BadRecord(
            "The file was not read: it holds binary data, not text.",
            code="not_a_table",
            hint="Export as CSV or Excel.",
        )
    return text.removeprefix("\ufeff")


def _detect(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # UTF-16 without a mark: one half of all bytes of Latin text is zero.
    sample = data[:2000]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) * 4 > len(sample):
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def find_delimiter(lines: list[str], is_header: Callable[[str], bool]) -> str:
    """The delimiter under which some line holds the most known headers, else the most cells."""

    def fitness(delimiter: str) -> tuple[int, int]:
        rows = [row.cells for row in _rows(lines, 0, delimiter)]
        known = max(sum(is_header(str(cell)) for cell in row) for row in rows)
        return known, next((len(row) for row in rows if row), 0)

    return max(DELIMITERS.values(), key=fitness)


def _rows(lines: list[str], first: int, delimiter: str) -> Iterator[Row]:
    faults = 0
    while first < len(lines):
        reader = csv.reader(iter(lines[first:]), delimiter=delimiter, strict=True)
        start = first
        try:
            for cells in reader:
                yield Row(start + 1, tuple(cells))
                start = first + reader.line_num
        except csv.Error as error:
            faults += 1
            if faults > MAX_FAULTS:
                raise BadRecord(
                    f"The file was read only to line {start + 1}: more than {MAX_FAULTS} lines "
                    f"have broken quotation marks.",
                    code="not_a_table",
                    hint="Check the delimiter, or export again.",
                    pointer=f"line {start + 1}",
                ) from error
            yield Row(start + 1, (lines[start].rstrip("\r\n"),), fault=str(error))
            first = start + 1
        else:
            return
