"""Inserts many rows in one step of the database.

The driver's executemany takes a step per row, and in a process with busy threads each step may
wait for its turn to run Python again. Here SQLite gets rows as one statement of many VALUES, and
PostgreSQL as one COPY. Values pass through the column types as in every other statement.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

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
