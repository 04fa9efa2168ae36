"""Keeps the merged definition of each activity, which statements add to as they arrive.

Runs in the transaction that stores the statements, where one writer is at work at a time. It
remembers nothing: a caller that skips what it has merged before may do so, since a definition that
comes again changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.catalog.models import Activity
from hub.database import Base
from hub.findable import findable
from xapi import json as xapi_json
from xapi.definitions import merge_definitions

ROWS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""

Definition = Mapping[str, Any]


def merge(session: Session, arrived: Mapping[int, Iterable[Definition]]) -> None:
    """Add definitions to activities by their id; those of one activity in order of arrival."""
    merge_json(session, Activity, Activity.definition, arrived, merge_definitions)


def definitions_of(session: Session, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The merged definitions of these activities; those without one are absent."""
    return json_of(session, Activity.iri, Activity.definition, iris)


def merge_json(
    session: Session,
    table: type[Base],
    column: InstrumentedAttribute[bytes | None],
    arrived: Mapping[int, Iterable[Mapping[str, Any]]],
    merged: Callable[[Mapping[str, Any] | None, Iterable[Mapping[str, Any]]], Any],
) -> None:
    """Replace the JSON of rows by what *merged* makes of it and of what has arrived, by row id.

    One SELECT, and one executemany UPDATE of the rows that change, sorted by id.
    """
    key, changes = table.__table__.c.id, []
    for rows in _pieces(sorted(arrived)):
        found = session.execute(select(key, column).where(key.in_(rows)).order_by(key))
        for row_id, kept in found:
            known: Any = xapi_json.loads(kept) if kept else None
            result = merged(known, arrived[row_id])
            if result != known:
                changes.append({"row": row_id, "json": xapi_json.dumps(result)})
    if changes:
        change = update(table).where(key == bindparam("row"))
        session.connection().execute(change.values({column.key: bindparam("json")}), changes)


def json_of(
    session: Session,
    iri: InstrumentedAttribute[str],
    column: InstrumentedAttribute[bytes | None],
    iris: Iterable[str],
) -> dict[str, Any]:
    """The JSON of rows by the IRI as given; rows without any are absent."""
    keys = {name: findable(name) for name in iris}
    found: dict[str, Any] = {}
    for piece in _pieces(sorted(set(keys.values()))):
        rows = session.execute(select(iri, column).where(iri.in_(piece), column.is_not(None)))
        found.update((key, xapi_json.loads(kept)) for key, kept in rows if kept)
    return {name: found[key] for name, key in keys.items() if key in found}


def _pieces(ordered: list[Any]) -> Iterable[list[Any]]:
    return (ordered[i : i + ROWS_PER_QUERY] for i in range(0, len(ordered), ROWS_PER_QUERY))
