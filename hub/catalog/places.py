"""Where the objects of statements stand, without asking for each statement anew.

Nearly every statement is about an activity whose place has long been settled. What a statement said
about it is remembered together with the courses that followed; while these are still the same,
placing it again would change nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from hub.bulk import Lookup
from hub.catalog import service
from hub.catalog.models import Activity
from hub.catalog.rules import Seen
from hub.database import insert_ignoring, known, learn

_BY_IRI = Lookup(
    "SELECT iri, id FROM activity WHERE iri {among}", Activity.iri, Activity.iri, Activity.id
)
_COURSES = Lookup(
    "SELECT id, course_id FROM activity WHERE id {among}",
    Activity.id,
    Activity.id,
    Activity.course_id,
)
_PLACES = "places"
_IRIS = "activities"


@dataclass(frozen=True, slots=True)
class Stand:
    """An activity's id, and the course that it belongs to now."""

    id: int
    course_id: UUID | None


@dataclass(frozen=True, slots=True)
class Places:
    """stands: by the IRI of the object. moved: as in hub.catalog.service.Placed."""

    stands: dict[str, Stand]
    moved: tuple[tuple[int, UUID | None], ...] = ()


@dataclass(frozen=True, slots=True)
class _Settled:
    """What followed from a Seen: the activity and the one above it, each with its course."""

    activity: Stand
    above: Stand | None


def place(session: Session, seen: Iterable[Seen]) -> Places:
    """Find the objects of statements, and put those into the tree that are not settled there."""
    wanted = set(seen)
    shelf = known(session, _PLACES)
    remembered = {one: shelf[one] for one in wanted if one in shelf}
    courses = _courses(
        session,
        {
            stand.id
            for settled in remembered.values()
            for stand in (settled.activity, settled.above)
            if stand is not None
        },
    )
    settled = {one: how for one, how in remembered.items() if _still(how, courses)}
    stands = {one.iri: how.activity for one, how in settled.items()}
    unsettled = sorted(wanted - settled.keys(), key=lambda one: one.iri)
    if not unsettled:
        return Places(stands)
    placed = service.place(session, unsettled)
    now = {iri: Stand(row.id, row.course_id) for iri, row in placed.activities.items()}
    learn(session, _IRIS, {iri: stand.id for iri, stand in now.items()})
    learn(session, _PLACES, {one: _settled(one, now) for one in unsettled})
    moved = {activity_id for activity_id, _ in placed.moved}
    if any(stand.id in moved for stand in stands.values()):
        courses = _courses(session, {stand.id for stand in stands.values()})
        stands = {iri: Stand(stand.id, courses[stand.id]) for iri, stand in stands.items()}
    return Places({**stands, **{one.iri: now[one.iri] for one in unsettled}}, placed.moved)


def intern_iris(session: Session, iris: Iterable[str]) -> dict[str, int]:
    """Ids of activities by IRI; those that nobody has met are made, in no course."""
    wanted = set(iris)
    shelf = known(session, _IRIS)
    ids = {iri: shelf[iri] for iri in wanted if iri in shelf}
    asked = sorted(wanted - ids.keys())
    if asked:
        found = _ids(session, asked)
        missing = [iri for iri in asked if iri not in found]
        if missing:
            rows = [
                {"iri": iri, "declared": False, "decides": False, "position": 0, "cancelled": False}
                for iri in missing
            ]
            insert_ignoring(session, Activity, rows, unique=("iri",))
            found |= _ids(session, missing)
        learn(session, _IRIS, found)
        ids |= found
    return ids


def _settled(one: Seen, now: dict[str, Stand]) -> _Settled:
    above = one.course or one.parent
    return _Settled(now[one.iri], now[above.iri] if above else None)


def _still(settled: _Settled, courses: dict[int, UUID | None]) -> bool:
    return all(
        stand is None or (stand.id in courses and courses[stand.id] == stand.course_id)
        for stand in (settled.activity, settled.above)
    )


def _courses(session: Session, ids: Iterable[int]) -> dict[int, UUID | None]:
    return dict(_COURSES.rows(session, ids))


def _ids(session: Session, iris: Sequence[str]) -> dict[str, int]:
    return dict(_BY_IRI.rows(session, iris))
