"""Inserts and finds many rows in one step of the database.

The driver's executemany takes a step per row, and in a process with busy threads each step may
wait for its turn to run Python again. Here SQLite gets rows as one statement of many VALUES, and
PostgreSQL as one COPY. Values pass through the column types as in every other statement.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.database import Base, UtcDateTime
from xapi.json import dumps

_EVERY_SIZE = 100
"""Rows up to which there is a statement for every number of them."""
_MOST_PARAMETERS = 8192
"""In one statement. SQLite takes 32,766, but a connection keeps what it has prepared, and large
statements take megabytes."""

Row = Sequence[Any]
Column = InstrumentedAttribute[Any]
Converters = tuple[tuple[int, Callable[[Any], Any]], ...]
"""The places of values that are changed on their way, and how."""


def insert_many(
    session: Session, table: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows whose values stand in the order of *columns*.

    What the session holds is not flushed before. Raises DBAPIError; a row that is there already is
    an IntegrityError.
    """
    if not rows:
        return
    names = tuple(columns)
    dialect = session.get_bind().dialect
    prepared = _converted(rows, _binders(table, names, dialect))
    if dialect.name == "postgresql":
        _copy(session, table, names, prepared)
    else:
        _insert_values(session, table.__tablename__, names, prepared)


class Lookup:
    """A SELECT of the rows in which a column has one of many values: one statement, one parameter.

    *sql* has ``{among}`` where the comparison stands ("WHERE id {among}"). *value* is the column of
    the values, *columns* are those of the result. What the session holds is not flushed before.
    """

    def __init__(self, sql: str, value: Column, *columns: Column) -> None:
        kind = value.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
        self._sql = {
            "sqlite": sql.format(among="IN (SELECT value FROM json_each(?))"),
            "postgresql": sql.format(among=f"= ANY(%s::{kind}[])"),
        }
        self._value = value
        self._columns = columns

    def rows(self, session: Session, values: Iterable[Any]) -> list[Any]:
        """The rows, in no particular order; none for no values. Raises DBAPIError."""
        wanted = list(values)
        if not wanted:
            return []
        dialect = session.get_bind().dialect
        parameter: Any = wanted
        if dialect.name == "sqlite":
            convert = _binder(self._value, dialect)
            parameter = dumps(wanted if convert is None else list(map(convert, wanted))).decode()
        return select_rows(session, self._sql[dialect.name], (parameter,), self._columns)


def select_rows(
    session: Session, sql: str, parameters: Sequence[Any], columns: tuple[Column, ...]
) -> list[Any]:
    """The rows of a SELECT in the driver's own SQL, with values as their columns have in Python."""
    with _driver_errors(sql):
        found = driver_of(session).execute(sql, parameters).fetchall()
    return _converted(found, _readers(columns, session.get_bind().dialect))


def driver_of(session: Session) -> Any:
    """The driver's connection, in the session's transaction."""
    return session.info.get("driver") or session.connection().connection.driver_connection


def _converted(rows: Sequence[Row], convert: Converters) -> list[Any]:
    if not convert:
        return list(rows)
    result: list[Any] = []
    for row in rows:
        values = list(row)
        for place, change in convert:
            values[place] = change(values[place])
        result.append(values)
    return result


@lru_cache(maxsize=256)
def _binders(table: type[Base], names: tuple[str, ...], dialect: Dialect) -> Converters:
    found = [(place, _binder(getattr(table, name), dialect)) for place, name in enumerate(names)]
    return tuple((place, convert) for place, convert in found if convert is not None)


@lru_cache(maxsize=256)
def _readers(columns: tuple[Column, ...], dialect: Dialect) -> Converters:
    found = [
        (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for place, column in enumerate(columns)
    ]
    return tuple((place, convert) for place, convert in found if convert is not None)


@lru_cache(maxsize=256)
def _binder(column: Column, dialect: Dialect) -> Callable[[Any], Any] | None:
    convert: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is not None and isinstance(column.type, UtcDateTime):
        return lru_cache(maxsize=256)(convert)  # the rows of a batch share most of their instants
    return convert


def _insert_values(
    session: Session, table: str, names: tuple[str, ...], rows: Sequence[Row]
) -> None:
    driver = driver_of(session)
    start, most = 0, _MOST_PARAMETERS // len(names)
    while start < len(rows):
        size = min(len(rows) - start, most)
        if size > _EVERY_SIZE:
            # Of large sizes only powers of two: few different statements have to be prepared.
            size = 1 << (size.bit_length() - 1)
        values = [value for row in rows[start : start + size] for value in row]
        statement = _values_sql(table, names, size)
        with _driver_errors(f"INSERT INTO {table}"):
            driver.execute(statement, values)
        start += size


@lru_cache(maxsize=256)
def _values_sql(table: str, names: tuple[str, ...], size: int) -> str:
    one = f"({','.join('?' * len(names))})"
    return f"INSERT INTO {table} ({','.join(names)}) VALUES {','.join([one] * size)}"  # noqa: S608 - names of our own tables


def _copy(session: Session, table: type[Base], names: tuple[str, ...], rows: Sequence[Row]) -> None:
    statement = f"COPY {table.__tablename__} ({','.join(names)}) FROM STDIN (FORMAT BINARY)"
    with (
        _driver_errors(statement),
        driver_of(session).cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types(_copy_types(table, names))
        for row in rows:
            copy.write_row(row)


@lru_cache(maxsize=256)
def _copy_types(table: type[Base], names: tuple[str, ...]) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return [str(getattr(table, name).type.compile(dialect=dialect)).lower() for name in names]


@contextmanager
def _driver_errors(statement: str) -> Iterator[None]:
    """Errors of the driver as SQLAlchemy's, without the parameters."""
    try:
        yield
    except (sqlite3.Error, psycopg.Error) as error:
        base = sqlite3.Error if isinstance(error, sqlite3.Error) else psycopg.Error
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True) from error
