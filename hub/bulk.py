"""Inserts and finds many rows in one step of the database.

The driver's executemany takes a step per row, and in a process with busy threads each step may
wait for its turn to run Python again. Here SQLite gets rows as one statement of many VALUES, and
PostgreSQL as one COPY. Values pass through the column types as in every other statement.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.database import Base

_MOST_PARAMETERS = 32_000
"""SQLite refuses more than 32,766 in one statement."""

Row = Sequence[Any]


def insert_many(
    session: Session, table: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows whose values stand in the order of *columns*.

    What the session holds is not flushed before. Raises DBAPIError; a row that is there already is
    an IntegrityError.
    """
    if not rows:
        return
    sql_table = table.__table__
    assert isinstance(sql_table, Table)
    names = tuple(columns)
    dialect = session.get_bind().dialect
    prepared = list(_bound(sql_table, names, dialect, rows))
    if dialect.name == "postgresql":
        _copy(session, sql_table, names, prepared)
    else:
        _insert_values(session, sql_table.name, names, prepared)


def _bound(
    table: Table, names: tuple[str, ...], dialect: Dialect, rows: Sequence[Row]
) -> Iterator[Row]:
    processors = [
        (place, convert)
        for place, name in enumerate(names)
        if (convert := _processor(table, name, dialect)) is not None
    ]
    if not processors:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place, convert in processors:
            values[place] = convert(values[place])
        yield values


def _processor(table: Table, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _insert_values(
    session: Session, table: str, names: tuple[str, ...], rows: Sequence[Row]
) -> None:
    connection = session.connection()
    start, most = 0, _MOST_PARAMETERS // len(names)
    size = 1 << (most.bit_length() - 1)
    while start < len(rows):
        # Sizes are powers of two, so that few different statements have to be prepared.
        while size > len(rows) - start:
            size >>= 1
        values = tuple(value for row in rows[start : start + size] for value in row)
        connection.exec_driver_sql(_values_sql(table, names, size), values)
        start += size


@lru_cache(maxsize=256)
def _values_sql(table: str, names: tuple[str, ...], size: int) -> str:
    one = f"({','.join('?' * len(names))})"
    return f"INSERT INTO {table} ({','.join(names)}) VALUES {','.join([one] * size)}"  # noqa: S608 - names of our own tables


def _copy(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    types = [_copy_type(table, name) for name in names]
    statement = f"COPY {table.name} ({','.join(names)}) FROM STDIN (FORMAT BINARY)"
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True
        ) from error


def _copy_type(table: Table, name: str) -> str:
    return str(table.c[name].type.compile(dialect=postgresql.dialect())).lower()  # type: ignore[no-untyped-call]


class Lookup:
    """A SELECT of the rows in which a column has one of many values: one statement, one parameter.

    *sql* has ``{among}`` where the comparison stands ("WHERE id {among}"). *value* is the column of
    the values, *columns* are those of the result. What the session holds is not flushed before.
    """

    def __init__(
        self, sql: str, value: InstrumentedAttribute[Any], *columns: InstrumentedAttribute[Any]
    ) -> None:
        kind = value.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
        self._sql = {
            "sqlite": sql.format(among="IN (SELECT value FROM json_each(?))"),
            "postgresql": sql.format(among=f"= ANY(%s::{kind}[])"),
        }
        self._value = value
        self._columns = columns

    def rows(self, session: Session, values: Iterable[Any]) -> list[Any]:
        """The rows, in no particular order; none for no values."""
        wanted = list(values)
        if not wanted:
            return []
        dialect = session.get_bind().dialect
        parameter: Any = wanted
        if dialect.name == "sqlite":
            convert = self._value.type.dialect_impl(dialect).bind_processor(dialect)
            given = wanted if convert is None else [convert(value) for value in wanted]
            parameter = json.dumps(given)
        found = session.connection().exec_driver_sql(self._sql[dialect.name], (parameter,))
        return read_rows(found.all(), self._columns, dialect)


def read_rows(
    rows: Sequence[Any], columns: Sequence[InstrumentedAttribute[Any]], dialect: Dialect
) -> list[Any]:
    """Rows of a driver with the values that their columns have in Python."""
    readers = [
        (place, read)
        for place, column in enumerate(columns)
        if (read := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
    ]
    if not readers:
        return list(rows)
    result = []
    for row in rows:
        values = list(row)
        for place, read in readers:
            values[place] = read(values[place])
        result.append(values)
    return result
