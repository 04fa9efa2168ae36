"""The first visible sheet of an Excel workbook becomes rows, with real dates and numbers.

Refuses archives that are no workbook, that unpack to too much, and document type declarations,
which no Office file may have (ECMA-376 part 2, clause on XML usage).
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from lxml.etree import XMLSyntaxError
from openpyxl.utils.exceptions import InvalidFileException

from connectors.errors import BadRecord
from connectors.files.cells import MAX_COLUMNS, Cell, Row, Uncalculated

MAX_UNPACKED = 500_000_000
_CHUNK = 1 << 20
_BROKEN = (
    InvalidFileException,
    ParseError,
    XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
)
"""What openpyxl lets through when a part of a workbook is missing or malformed."""


def read_xlsx(data: bytes) -> Iterator[Row]:
    """The rows of the first visible sheet. Raises BadRecord when it is no readable workbook."""
    try:
        has_formulas = _inspect(data)
        yield from _rows(data, has_formulas=has_formulas)
    except _BROKEN as error:
        raise BadRecord(
            f"The file was not read: it is a damaged Excel workbook "
            f"(“{type(error).__name__}: {error}”).",
            code="not_a_table",
            hint="Open it in Excel, save it again as .xlsx, or save it as CSV.",
        ) from error


def _inspect(data: bytes) -> bool:
    """Whether a sheet holds formulas; reads every XML part once, in pieces."""
    formulas = False
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise _refusal("it is a zip archive, not a workbook", "Unpack it first.")
        for part in archive.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            tail = b""
            with archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    if total > MAX_UNPACKED:
                        raise _refusal(
                            f"it unpacks to more than {MAX_UNPACKED:,} bytes",
                            "Export a shorter period, or split the file.",
                        )
                    piece = tail + chunk
                    # A zero byte is how another encoding would hide the words looked for here.
                    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or b"\0" in piece:
                        raise _refusal(
                            f"its part {part.filename} is not XML as Excel writes it",
                            "Open it in Excel and save it again.",
                        )
                    if part.filename.startswith("xl/worksheets/"):
                        formulas = formulas or b"<f>" in piece or b"<f " in piece
                    tail = piece[-10:]
    return formulas


def _refusal(why: str, hint: str) -> BadRecord:
    return BadRecord(f"The file was not read: {why}.", code="not_a_table", hint=hint)


def _rows(data: bytes, *, has_formulas: bool) -> Iterator[Row]:
    values = _sheet(data, data_only=True)
    if not has_formulas:
        for number, row in enumerate(values, start=1):
            yield Row(number, tuple(_cell(cell) for cell in row[:MAX_COLUMNS]))
        return
    # Excel keeps formula and last value side by side; openpyxl shows one of them per reading.
    formulas = _sheet(data, data_only=False)
    for number, (row, shadow) in enumerate(zip(values, formulas, strict=True), start=1):
        yield Row(
            number,
            tuple(
                Uncalculated(str(source.value))
                if source.data_type == "f" and cell.value is None
                else _cell(cell)
                for cell, source in zip(row[:MAX_COLUMNS], shadow, strict=False)
            ),
        )


def _sheet(data: bytes, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise _refusal("the workbook has no visible sheet", "Make the sheet visible and save.")
    sheet: Any = sheets[0]
    # Many exporters write a wrong size; rows beyond it would be lost without a word.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows()
    return rows


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and "%" in (cell.number_format or "")
    ):
        return f"{value * 100:.10g}%"
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if isinstance(value, (str, bool, int, float, datetime, time, timedelta)):
        return value
    return str(value)
