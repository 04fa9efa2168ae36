"""Bytes become rows, whatever program wrote them."""

import csv
import io
import zipfile
from contextlib import suppress
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import BadRecord
from connectors.files import table
from connectors.files.cells import TableOptions, Uncalculated
from connectors.files.mapping import ColumnMapping
from connectors.files.table import read_table

HEADER = ("email", "course_code", "attendance")
NINE = datetime(2026, 3, 18, 9)  # noqa: DTZ001 - a workbook knows no zones
KNOWN = ColumnMapping("generic", {}).known


def read(data: bytes, **options):
    return list(read_table(data, TableOptions(**options), KNOWN))


def workbook(*rows, formats=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SOUND = workbook(HEADER, ["a@b.c", "X", "present"], ["d@e.f", 7, 0.5], ["g@h.i", "=1+1", True])

cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n,;\t|"'), max_size=12
)


@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    line_end=st.sampled_from(["\r\n", "\n"]),
)
def test_what_a_csv_writer_writes_is_read_back_under_any_delimiter_encoding_and_quoting(
    rows, delimiter, encoding, quoting, line_end
):
    # Without a mark, only mostly Latin text can be told from UTF-8: the header sees to that here.
    if encoding in {"utf-16-le", "utf-16-be"}:
        rows = [tuple(c.encode("ascii", "ignore").decode() for c in row) for row in rows]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([HEADER, *rows])
    found = read(out.getvalue().encode(encoding))
    assert not [row.fault for row in found if row.fault]
    expected = [row for row in [HEADER, *rows] if any(cell.strip() for cell in row)]
    assert [row.cells for row in found] == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_one_refusal(data):
    with suppress(BadRecord):
        read(data)


@settings(max_examples=60)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_is_rows_or_one_refusal(place, damage):
    data = bytearray(SOUND)
    place %= len(data)
    data[place : place + len(damage)] = damage
    with suppress(BadRecord):
        read(bytes(data))


@settings(max_examples=60)
@given(st.data())
def test_a_workbook_with_damaged_parts_is_rows_or_one_refusal(data):
    source = zipfile.ZipFile(io.BytesIO(SOUND))
    victim = data.draw(st.sampled_from(source.namelist()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            text = source.read(name)
            if name == victim:
                place = data.draw(st.integers(0, len(text)))
                text = text[:place] + data.draw(st.binary(max_size=3)) + text[place + 2 :]
            archive.writestr(name, text)
    with suppress(BadRecord):
        read(out.getvalue())


def test_windows_1252_is_recognised():
    assert read("email;présence\na@b.c;Présent".encode("cp1252"))[1].cells == ("a@b.c", "Présent")


def test_a_declared_encoding_is_kept_to_and_named_when_it_is_wrong():
    with pytest.raises(BadRecord, match="not utf-8 text"):
        read("email;présence".encode("cp1252"), encoding="utf-8")


def test_the_delimiter_is_the_one_that_splits_the_header_and_not_the_one_in_the_text():
    text = "email;course\na@b.c;Lead, listen, learn, again, and again\n"
    assert read(text.encode())[1].cells == ("a@b.c", "Lead, listen, learn, again, and again")


def test_the_separator_line_of_excel_is_not_a_row():
    rows = read(b"sep=;\r\nemail;course\r\na@b.c;X\r\n")
    assert [(row.line, row.cells) for row in rows] == [
        (2, ("email", "course")),
        (3, ("a@b.c", "X")),
    ]


def test_rows_keep_the_line_on_which_they_begin():
    rows = read(b'email,course\n\na@b.c,"two\nlines"\nd@e.f,X\n')
    assert [row.line for row in rows] == [1, 3, 5]


def test_a_line_with_a_stray_quotation_mark_does_not_swallow_the_rest():
    rows = read(b'email,course\na@b.c,"never closed\nd@e.f,X\ng@h.i,Y\n')
    assert [(row.line, bool(row.fault)) for row in rows] == [
        (1, False),
        (2, True),
        (3, False),
        (4, False),
    ]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "empty_file", "empty"),
        (b"  \n \n", "empty_file", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "not_a_table", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "not_a_table", "old Excel"),
        (b"%PDF-1.7 ...", "not_a_table", "PDF"),
        (b"PK\x03\x04 broken", "not_a_table", "damaged"),
        (b"email,course\n\x00\x01\x02,binary", "not_a_table", "binary"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data, code, words):
    with pytest.raises(BadRecord, match=words) as refusal:
        read(data)
    assert refusal.value.code == code


def test_a_zip_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("export.csv", "email,course")
    with pytest.raises(BadRecord, match="zip archive"):
        read(out.getvalue())


def test_a_workbook_with_a_document_type_is_refused():
    source = zipfile.ZipFile(io.BytesIO(workbook(HEADER)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            text = source.read(name)
            if name.startswith("xl/worksheets/"):
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            archive.writestr(name, text)
    with pytest.raises(BadRecord, match="not XML as Excel writes it"):
        read(out.getvalue())


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 2)
    with pytest.raises(BadRecord, match="more than 2 rows"):
        read(b"email,course\na,b\nc,d\n")


def test_excel_hands_over_real_dates_numbers_percentages_and_text():
    data = workbook(
        ["email", "date", "id", "grade", "flag", "note"],
        ["a@b.c", NINE, 1004.0, 0.85, True, "'=1+1"],
        formats={"D2": "0%"},
    )
    row = read(data)[1]
    assert row.line == 2
    assert row.cells == ("a@b.c", NINE, 1004, "85%", True, "'=1+1")


def test_a_formula_without_a_saved_value_is_told_apart_from_an_empty_cell():
    # openpyxl writes formulas without values, as many exporters do.
    row = read(workbook(["email", "grade"], ["a@b.c", "=1+1"]))[1]
    assert row.cells == ("a@b.c", Uncalculated("=1+1"))


def test_a_wrong_size_in_a_workbook_loses_no_cells():
    source = zipfile.ZipFile(io.BytesIO(workbook(HEADER, ["a@b.c", "X", "present"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(b'ref="A1:C2"', b'ref="A1"'))
    assert read(out.getvalue())[1].cells == ("a@b.c", "X", "present")
