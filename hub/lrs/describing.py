"""Feeds what statements say of activities and verbs into their merged definitions and displays.

What a committed statement has said before is remembered by its mark and costs nothing again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from hub.catalog import definitions
from hub.catalog.places import intern_iris
from hub.database import known, learn
from hub.lrs.finding import intern_verbs
from hub.lrs.prepare import Definition, Prepared
from hub.lrs.verbs import merge_displays

_SHELF = "descriptions"


def describe(session: Session, fresh: Sequence[Prepared]) -> None:
    """Merge the definitions and displays of new statements. Needs the turn."""
    _feed(
        session, [one for item in fresh for one in item.definitions], intern_iris, definitions.merge
    )
    _feed(session, [one for item in fresh for one in item.displays], intern_verbs, merge_displays)


def _feed(
    session: Session,
    said: Iterable[Definition],
    intern: Callable[[Session, Iterable[str]], Mapping[str, int]],
    merge: Callable[[Session, Mapping[int, list[Mapping[str, Any]]]], None],
) -> None:
    shelf = known(session, _SHELF)
    new = {one.mark: one for one in said if one.mark not in shelf}
    if not new:
        return
    ids = intern(session, {one.iri for one in new.values()})
    arrived: dict[int, list[Mapping[str, Any]]] = {}
    for one in new.values():
        arrived.setdefault(ids[one.iri], []).append(one.body)
    merge(session, arrived)
    learn(session, _SHELF, dict.fromkeys(new, True))
