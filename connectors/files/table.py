"""A file becomes rows: what kind of file it is, by its content and never by its name.

Refuses what is no table (web page, archive, old Excel, PDF, nothing) with one sentence. Cells are
handed over as they are: text that looks like a formula is text.
"""

from collections.abc import Callable, Iterator

from connectors.errors import BadRecord
from connectors.files.cells import MAX_BYTES, MAX_ROWS, Row, TableOptions
from connectors.files.csv_table import read_csv
from connectors.files.xlsx_table import read_xlsx


def read_table(
    data: bytes, options: TableOptions, is_header: Callable[[str], bool]
) -> Iterator[Row]:
    """The rows of a CSV file or of the first visible sheet of a workbook, without blank ones.

    *is_header* tells known column names, which is how a delimiter is chosen. Raises BadRecord
    when the file as a whole is not a table or is beyond the limits.
    """
    _refuse(data)
    is_zip = data.startswith(b"PK\x03\x04")
    rows = read_xlsx(data) if is_zip else read_csv(data, options, is_header)
    count = 0
    for row in rows:
        if row.blank and not row.fault:
            continue
        count += 1
        if count > MAX_ROWS:
            raise BadRecord(
                f"The file was read only to line {row.line}: it has more than {MAX_ROWS:,} rows.",
                code="file_too_large",
                hint="Export a shorter period, or split the file.",
            )
        yield row
    if not count:
        raise BadRecord(
            "The file holds no rows.", code="empty_file", hint="Export it again from the system."
        )


def _refuse(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise BadRecord(
            f"The file was not read: it has {len(data):,} bytes, and the limit is {MAX_BYTES:,}.",
            code="file_too_large",
            hint="Export a shorter period, or split the file.",
        )
    if not data.strip():
        raise BadRecord(
            "The file is empty.", code="empty_file", hint="Export it again from the system."
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadRecord(
            "The file was not read: it is an old Excel workbook (.xls), or one with a password.",
            code="not_a_table",
            hint="Save it as .xlsx without a password, or as CSV.",
        )
    if data.startswith(b"%PDF"):
        raise BadRecord(
            "The file was not read: it is a PDF document, not a table.",
            code="not_a_table",
            hint="Export as CSV or Excel.",
        )
