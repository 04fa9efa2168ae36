"""The ground under every table: base class, column types, and one transaction at a time.

The few statements that differ between SQLite and PostgreSQL on this level live here.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from hashlib import blake2b
from threading import RLock
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC with microseconds; text that sorts on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that SQLite can count up by itself."""


class Base(DeclarativeBase):
    """All tables of the hub."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by the declarative base
        datetime: UtcDateTime,
        UUID: Uuid,
        str: String,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }


def _prepare_sqlite(connection: sqlite3.Connection, *, power_safe: bool) -> None:
    # The driver's own transaction handling is switched off: SQLAlchemy's begin event opens them.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={'FULL' if power_safe else 'NORMAL'}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA wal_autocheckpoint=8000")
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later would fail with "database is locked" when
    # another one wrote in between; taking the write lock at once makes it wait instead.
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def make_engine(url: str, *, pool_size: int = 20, power_safe: bool = True) -> Engine:
    """An engine for SQLite or PostgreSQL; parameters never appear in exceptions.

    *power_safe*: what is committed survives a loss of power, not only the death of the process.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=20,
            # The connection used last has its pages and statements at hand.
            pool_use_lifo=True,
            connect_args={"cached_statements": 400},
        )
        event.listen(engine, "connect", lambda raw, _: _prepare_sqlite(raw, power_safe=power_safe))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    committing = "" if power_safe else " -c synchronous_commit=off"
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=20,
        pool_pre_ping=True,
        connect_args={
            "options": "-c timezone=UTC -c lock_timeout=10000"
            f" -c idle_in_transaction_session_timeout=60000{committing}"
        },
    )


class Known:
    """What this process has seen committed and what no transaction changes: ids of interned rows.

    Sessions of one database share it as ``session.info["known"]``. What is learned in a transaction
    counts when that has been committed. Bounded: a shelf that is full starts again.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._shelves: dict[str, dict[Any, Any]] = defaultdict(dict)
        self._most = most

    def shelf(self, name: str) -> Mapping[Any, Any]:
        """What is known under a name; to read only."""
        return self._shelves[name]

    def keep(self, learned: Mapping[str, Mapping[Any, Any]]) -> None:
        """Add what a committed transaction has learned."""
        for name, items in learned.items():
            if len(self._shelves[name]) + len(items) > self._most:
                self._shelves[name] = {}
            self._shelves[name].update(items)

    def forget(self) -> None:
        """Know nothing: rows were removed."""
        self._shelves.clear()


def known(session: Session, name: str) -> Mapping[Any, Any]:
    """What was committed of the interned rows of this name: ids by natural key."""
    found: Mapping[Any, Any] = session.info["known"].shelf(name)
    return found


def learn(session: Session, name: str, items: Mapping[Any, Any]) -> None:
    """Remember interned rows once the transaction is committed."""
    session.info.setdefault("learned", {}).setdefault(name, {}).update(items)


class Database:
    """The engine and the two ways to use it: to write and to read."""

    def __init__(self, url: str, *, power_safe: bool = True) -> None:
        self.url = url
        self.engine = make_engine(url, power_safe=power_safe)
        self.known = Known()
        self.writers = 0
        """Threads that write or wait for their turn to, about: counting them takes no lock."""
        self._write = sessionmaker(self.engine, expire_on_commit=False, info={"known": self.known})
        self._read = sessionmaker(
            self.engine.execution_options(readonly=True), expire_on_commit=False
        )
        # SQLite makes writers wait by sleeping; within a process they had better stand in line.
        self._turn = RLock()
        self._in_line: AbstractContextManager[Any] = (
            self._turn if url.startswith("sqlite") else nullcontext()
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        self.writers += 1
        try:
            with self._in_line, self._write() as session:
                with session.begin():
                    # hub.bulk writes and reads through the driver itself.
                    session.info["driver"] = session.connection().connection.driver_connection
                    try:
                        yield session
                    finally:
                        del session.info["driver"]
                self.known.keep(session.info.pop("learned", {}))
        finally:
            self.writers -= 1

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view for reading; nothing is written."""
        with self._read() as session:
            yield session

    def quiet_instant(self, key: str) -> datetime | None:
        """An instant when no transaction held the lock *key*; None while one holds it.

        What such a transaction writes later, it writes after this instant. On SQLite the one lock
        there is stands for every key.
        """
        if self.url.startswith("sqlite"):
            return self._quiet_sqlite()
        with self._read() as session:
            now = database_now(session)
            take = func.pg_try_advisory_xact_lock_shared(_lock_number(key))
            return now if session.scalars(select(take)).one() else None

    def _quiet_sqlite(self) -> datetime | None:
        if not self._turn.acquire(blocking=False):
            return None
        try:
            with self.engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                raw.execute("PRAGMA busy_timeout=0")
                now = datetime.now(UTC)
                try:
                    raw.execute("BEGIN IMMEDIATE")
                    raw.execute("ROLLBACK")
                except sqlite3.OperationalError:
                    return None
                finally:
                    raw.execute("PRAGMA busy_timeout=30000")
                return now
        finally:
            self._turn.release()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def database_now(session: Session) -> datetime:
    """The database's clock: leases are judged by it, never by a worker's."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)  # the database runs in this process
    stamp: datetime = session.scalars(select(func.clock_timestamp())).one()
    return stamp.astimezone(UTC)


def lock_key(session: Session, key: str, *, shared: bool = False) -> None:
    """Hold a named lock until the transaction ends. SQLite has one writer: nothing to do.

    Any number of transactions hold it *shared*, while none holds it alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        session.execute(select(take(_lock_number(key))))


def _lock_number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


_COLLISIONS = frozenset({"23505", "40001", "40P01", "55P03"})
"""SQLSTATE of a unique violation, a failed serialization, a deadlock, a lock waited for in vain."""


def collided(error: DBAPIError) -> bool:
    """Whether another writer was in the way, so that the same transaction may succeed later."""
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def driver_words(error: SQLAlchemyError) -> str:
    """The driver's own words in one line, without the statement and its parameters."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    lines = str(cause or "").strip().splitlines()
    return lines[0] if lines else type(error).__name__


def insert_ignoring(
    session: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> None:
    """Insert rows; a row whose *unique* columns are already there is left as it is."""
    if not rows:
        return
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(maker(table).on_conflict_do_nothing(index_elements=list(unique)), list(rows))


def upsert(
    session: Session,
    table: type[Base],
    row: dict[str, Any],
    *,
    unique: Sequence[str],
) -> None:
    """Insert one row, or replace every other column of the row with the same *unique* columns."""
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = maker(table).values(row)
    changes = {name: statement.excluded[name] for name in row if name not in unique}
    session.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changes))
