"""Records -> rows of the progress table, written in one step of the database.

A row that says the same already is left as it is, with the time of its last change.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Dialect, Table, delete, select, tuple_
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from hub import clock
from hub.progress.evidence import Score
from hub.progress.keys import Key, key_table
from hub.progress.models import Progress
from hub.progress.rules import POLICY_VERSION, Record

_TABLE = Progress.__table__
assert isinstance(_TABLE, Table)
_COLUMNS: tuple[Column[Any], ...] = tuple(_TABLE.columns)
_NAMES = tuple(column.name for column in _COLUMNS)
_KEY = tuple(column.name for column in _TABLE.primary_key)
_SAID = tuple(name for name in _NAMES if name not in {*_KEY, "updated_at"})

_REPEATED = frozenset({"flags", "sources"})
"""Columns in which most rows say the same as others."""

_NO_SCORE = Score()

_Converter = tuple[str, Callable[[Any], object] | None]
"""The name of a column, and what makes its value what the driver takes, where that differs."""

_MOST_PARAMETERS = 32_000
"""SQLite refuses more than 32,766 in one statement."""


def write_rows(
    session: Session, records: Mapping[Key, Record], modalities: Mapping[UUID, str | None]
) -> None:
    """Make the row of each key say what its record says."""
    if not records:
        return
    now = clock.now()
    dialect = session.get_bind().dialect
    convert = _converters(dialect)
    rows = [
        _converted(_columns_of(key, record, modalities[key[1]], now), convert)
        for key, record in records.items()
    ]
    if dialect.name == "postgresql":
        columns = tuple([row[n] for row in rows] for n in range(len(_NAMES)))
        session.connection().exec_driver_sql(_postgresql_upsert(), columns)
        return
    start, size = 0, 1 << ((_MOST_PARAMETERS // len(_NAMES)).bit_length() - 1)
    while start < len(rows):
        # Sizes are powers of two, so that few different statements have to be prepared.
        while size > len(rows) - start:
            size >>= 1
        sent = tuple(value for row in rows[start : start + size] for value in row)
        session.connection().exec_driver_sql(_sqlite_upsert(size), sent)
        start += size


def remove_rows(session: Session, keys: Collection[Key]) -> None:
    """Remove the rows of keys of which nothing is known any more."""
    if not keys:
        return
    key = key_table(session, sorted(keys, key=str))
    named = tuple_(Progress.learner_id, Progress.course_id)
    session.execute(delete(Progress).where(named.in_(select(key.c.learner_id, key.c.course_id))))


def _columns_of(
    key: Key, record: Record, modality: str | None, now: datetime
) -> Mapping[str, object]:
    """What a row says, by column."""
    state = record.state
    score = state.score or _NO_SCORE
    return {
        "learner_id": key[0],
        "course_id": key[1],
        "status": record.status,
        "completion": state.completion,
        "success": state.success,
        "score_scaled": score.scaled,
        "score_raw": score.raw,
        "score_min": score.min,
        "score_max": score.max,
        "percent": record.percent,
        "registered_at": state.registered_at,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "satisfied_at": state.satisfied_at,
        "valid_until": state.valid_until,
        "due_at": state.due_at,
        "attempts": state.attempts,
        "seconds": state.seconds,
        "modality": modality,
        "last_result": state.result,
        "flags": record.flags,
        "sources": record.sources,
        "parts": record.parts,
        "evidence_count": record.evidence_count,
        "policy_version": POLICY_VERSION,
        "as_of": record.as_of,
        "updated_at": now,
    }


def _converted(row: Mapping[str, object], convert: Sequence[_Converter]) -> list[object]:
    """The values of a row in the order of the columns, as the driver takes them."""
    return [
        row[name] if to_driver is None or row[name] is None else to_driver(row[name])
        for name, to_driver in convert
    ]


@lru_cache(maxsize=2)
def _converters(dialect: Dialect) -> Sequence[_Converter]:
    """How the column types give each value that is not None to the driver."""
    found: list[_Converter] = []
    for column in _COLUMNS:
        to_driver = column.type.dialect_impl(dialect).bind_processor(dialect)
        if to_driver is not None and column.name in _REPEATED:
            to_driver = lru_cache(maxsize=500)(to_driver)
        found.append((column.name, to_driver))
    return found


@lru_cache(maxsize=32)
def _sqlite_upsert(rows: int) -> str:
    one = f"({','.join('?' * len(_NAMES))})"
    before = ",".join(f"progress.{name}" for name in _SAID)
    after = ",".join(f"excluded.{name}" for name in _SAID)
    return (
        f"INSERT INTO progress ({','.join(_NAMES)}) VALUES {','.join([one] * rows)}"  # noqa: S608 - names of our own columns
        f" {_on_conflict()} WHERE ({before}) IS NOT ({after})"
    )


@lru_cache(maxsize=1)
def _postgresql_upsert() -> str:
    types = [str(c.type.compile(dialect=postgresql.dialect())) for c in _COLUMNS]  # type: ignore[no-untyped-call]
    given = ",".join(f"%s::{kind}[]" for kind in types)
    text = {
        c.name: "::text" for c, kind in zip(_COLUMNS, types, strict=True) if kind == "JSON"
    }  # json has no equality
    before = ",".join(f"progress.{name}{text.get(name, '')}" for name in _SAID)
    after = ",".join(f"excluded.{name}{text.get(name, '')}" for name in _SAID)
    return (
        f"INSERT INTO progress ({','.join(_NAMES)}) SELECT * FROM unnest({given})"  # noqa: S608 - names of our own columns
        f" {_on_conflict()} WHERE ({before}) IS DISTINCT FROM ({after})"
    )


def _on_conflict() -> str:
    changes = ",".join(f"{name}=excluded.{name}" for name in (*_SAID, "updated_at"))
    return f"ON CONFLICT ({','.join(_KEY)}) DO UPDATE SET {changes}"
