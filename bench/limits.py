"""What the machine and the database could do at best: the figures that ours are compared with.

The newest rows of every table of the store are taken out and put back by the bare driver's
executemany, in transactions of the same size: same rows, same tables, same indexes, no validation,
no comparison, no server.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Engine, inspect

from hub.database import make_engine

Rows = dict[int, list[tuple[Any, ...]]]
"""Rows of one table by the number of their statement."""


def parse_rate(bodies: Sequence[bytes], statements: int) -> float:
    """Statements per second that orjson reads from request bodies."""
    start = time.perf_counter()
    for body in bodies:
        orjson.loads(body)
    return statements / (time.perf_counter() - start)


def insert_rate(address: str, *, statements: int, batch: int) -> float:
    """Statements per second that the driver inserts; the hub does not run meanwhile."""
    engine = make_engine(address)
    raw = engine.raw_connection()
    try:
        return _reinserted(engine, raw.driver_connection, statements, batch)
    finally:
        raw.close()
        engine.dispose()


def _reinserted(engine: Engine, driver: Any, statements: int, batch: int) -> float:
    tables = _tables_of_statements(engine)
    sqlite = engine.dialect.name == "sqlite"
    mark = "?" if sqlite else "%s"
    cursor = driver.cursor()
    cursor.execute("SELECT max(seq) FROM statement")
    first = cursor.fetchone()[0] - statements + 1
    taken: dict[str, Rows] = {}
    for table, columns in tables.items():
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE seq >= {first}")
        rows: Rows = defaultdict(list)
        for row in cursor.fetchall():
            rows[row[columns.index("seq")]].append(tuple(row))
        taken[table] = rows
    if sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    for table in reversed(tables):
        cursor.execute(f"DELETE FROM {table} WHERE seq >= {first}")
    cursor.execute("COMMIT")
    writes = [(_insertion(table, columns, mark), taken[table]) for table, columns in tables.items()]
    start = time.perf_counter()
    for low in range(first, first + statements, batch):
        cursor.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        for write, rows in writes:
            some = [row for seq in range(low, low + batch) for row in rows.get(seq, ())]
            if some:
                cursor.executemany(write, some)
        cursor.execute("COMMIT")
    return statements / (time.perf_counter() - start)


def _insertion(table: str, columns: Sequence[str], mark: str) -> str:
    marks = ", ".join([mark] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def _tables_of_statements(engine: Engine) -> dict[str, list[str]]:
    """Tables with rows of single statements and their columns; the statements come first."""
    found = {}
    known = inspect(engine)
    for table in known.get_table_names():
        columns = [column["name"] for column in known.get_columns(table)]
        if "seq" in columns:
            found[table] = [f'"{name}"' if name == "timestamp" else name for name in columns]
    return dict(sorted(found.items(), key=lambda item: item[0] != "statement"))
