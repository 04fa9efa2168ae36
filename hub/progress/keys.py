"""(Learner, course) keys as a table to join with, and the locks that projectors hold on them.

What differs here between SQLite and PostgreSQL is decided here and nowhere else in this room.
"""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

Key = tuple[UUID, UUID]
"""Learner id, course id."""

_LOCKS = 2048
"""However many keys are projected at once, no more locks: PostgreSQL has room for thousands."""
_LOCK_SPACE = 0x70726F67
"""Sets the locks of keys apart from the others of the hub, which are one number, not two."""


def key_table(session: Session, keys: Sequence[Key]) -> Subquery:
    """The keys as rows of (place, learner_id, course_id); place is the index in *keys*.

    The statement is the same text for any number of keys.
    """
    if session.get_bind().dialect.name == "sqlite":
        listed = json.dumps([[learner.hex, course.hex] for learner, course in keys])
        row = func.json_each(bindparam(None, listed)).table_valued("key", "value", name="listed")
        return select(
            row.c.key.label("place"),
            func.json_extract(row.c.value, "$[0]", type_=Uuid()).label("learner_id"),
            func.json_extract(row.c.value, "$[1]", type_=Uuid()).label("course_id"),
        ).subquery("key")
    ids = [bindparam(None, [key[n] for key in keys], ARRAY(Uuid())) for n in (0, 1)]
    row = func.unnest(*ids).table_valued(
        "learner_id", "course_id", with_ordinality="nth", name="listed"
    )
    row = row.render_derived()
    return select(
        (row.c.nth - 1).label("place"),
        cast(row.c.learner_id, Uuid()).label("learner_id"),
        cast(row.c.course_id, Uuid()).label("course_id"),
    ).subquery("key")


def free(
    session: Session, learner_id: ColumnElement[UUID], course_id: ColumnElement[UUID]
) -> ColumnElement[bool]:
    """A condition that takes the lock of each key it is asked about, and fails where it is held.

    The lock lasts as long as the transaction. SQLite has one writer: nothing to hold.
    """
    if session.get_bind().dialect.name == "sqlite":
        return true()
    return func.pg_try_advisory_xact_lock(_LOCK_SPACE, _lock_of(learner_id, course_id))


def lock_keys(session: Session, keys: Sequence[Key]) -> None:
    """Wait for the locks of all these keys, in sorted order, and hold them until the end."""
    if session.get_bind().dialect.name == "sqlite":
        return
    table = key_table(session, keys)
    number = _lock_of(table.c.learner_id, table.c.course_id).label("number")
    numbers = select(number).distinct().order_by(number).cte("numbers")
    take = func.pg_advisory_xact_lock(_LOCK_SPACE, numbers.c.number)
    session.execute(select(func.count(case((take.is_(None), 1)))).select_from(numbers))


def _lock_of(learner_id: ColumnElement[UUID], course_id: ColumnElement[UUID]) -> ColumnElement[int]:
    both = func.uuid_hash_extended(learner_id, func.uuid_hash_extended(course_id, 0))
    return cast(both.op("&")(_LOCKS - 1), Integer)
