"""Keeps the tree of activities: courses, and the modules, SCOs, runs and sessions below them.

What a source declares (a course record) beats what statements imply about an activity's place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connectors.records import ActivityKind, ActivityRef, Modality
from connectors.records import Course as CourseRecord
from connectors.records import Session as SessionRecord
from hub import clock
from hub.catalog.models import Activity, Course
from hub.catalog.rules import Seen
from hub.database import insert_ignoring
from hub.findable import findable

IRIS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the objects of statements stand.

    activities: by IRI. moved: ids of activities whose course has changed, with the course that
    they were in before (None: in none).
    """

    activities: Mapping[str, Activity]
    moved: tuple[tuple[int, UUID | None], ...]


def activities_by_iri(session: Session, iris: Iterable[str]) -> dict[str, Activity]:
    """The known ones of these activities, by the IRI as given."""
    keys = {iri: findable(iri) for iri in iris}
    ordered = sorted(set(keys.values()))
    found: dict[str, Activity] = {}
    for start in range(0, len(ordered), IRIS_PER_QUERY):
        chunk = ordered[start : start + IRIS_PER_QUERY]
        rows = session.scalars(select(Activity).where(Activity.iri.in_(chunk)))
        found.update((row.iri, row) for row in rows)
    return {iri: found[key] for iri, key in keys.items() if key in found}


def _intern(
    session: Session, wanted: Mapping[str, tuple[str | None, str | None]]
) -> dict[str, Activity]:
    """Activities by IRI, made where new; *wanted* gives kind and title. In sorted order."""
    found = activities_by_iri(session, wanted)
    missing = sorted(set(wanted) - set(found))
    if missing:
        rows = [
            {
                "iri": findable(iri),
                "kind": wanted[iri][0],
                "title": wanted[iri][1],
                "declared": False,
                "decides": False,
                "position": 0,
                "cancelled": False,
            }
            for iri in missing
        ]
        insert_ignoring(session, Activity, rows, unique=("iri",))
        found |= activities_by_iri(session, missing)
    for iri, (kind, title) in wanted.items():
        activity = found[iri]
        activity.kind = activity.kind or kind
        if activity.title is None and title is not None:
            activity.title = title
            _name_course(session, activity)
    return found


def _name_course(session: Session, activity: Activity) -> None:
    """Give the title of its activity to a course that had to be called by an IRI."""
    course = session.get(Course, activity.course_id) if activity.course_id else None
    if course is not None and course.title == activity.iri and activity.title:
        course.title = activity.title


def _course_for(session: Session, activity: Activity) -> UUID:
    """The course that a course-like activity stands for, made if it is new."""
    if activity.course_id is None:
        # Another transaction may be making it at this moment: the row decides who does.
        session.flush()
        session.refresh(activity, with_for_update=True)
    if activity.course_id is None:
        course = Course(id=uuid4(), title=activity.title or activity.iri, created_at=clock.now())
        session.add(course)
        session.flush()
        activity.course_id = course.id
    return activity.course_id


def place(session: Session, seen: Sequence[Seen]) -> Placed:
    """Intern the objects of statements, with their courses as far as these are known."""
    everything = [
        item for one in seen for item in (one, one.parent, one.course) if item is not None
    ]
    wanted: dict[str, tuple[str | None, str | None]] = {}
    for item in everything:
        kind, title = wanted.get(item.iri, (None, None))
        wanted[item.iri] = (kind or item.kind, title or item.title)
    activities = _intern(session, wanted)
    before = {activity.id: activity.course_id for activity in activities.values()}
    moved: dict[int, UUID | None] = {}
    for iri in sorted({one.iri for one in seen}):
        one = max((item for item in seen if item.iri == iri), key=_how_much_it_says)
        activity = activities[iri]
        if activity.course_id is not None and not _is_provisional(
            session, activity, one, activities
        ):
            continue
        parent = activities[one.parent.iri] if one.parent else None
        course_id = _course_of(session, one, activities)
        if parent is not None and not activity.declared:
            activity.parent_id = parent.id
        if course_id is not None:
            moved |= _move(session, activity, course_id)
    session.flush()
    for activity in activities.values():
        if activity.course_id != before[activity.id]:
            moved[activity.id] = before[activity.id]
    return Placed(activities, tuple(moved.items()))


def _is_provisional(
    session: Session, activity: Activity, seen: Seen, activities: Mapping[str, Activity]
) -> bool:
    """In a course that was made up because no statement had named one, and now one does."""
    if seen.course is None or activity.declared or activity.kind == ActivityKind.COURSE:
        return False
    if activities[seen.course.iri].course_id == activity.course_id:
        return False
    known = session.scalars(
        select(Activity.id)
        .where(
            Activity.course_id == activity.course_id,
            or_(Activity.declared.is_(True), Activity.kind == ActivityKind.COURSE),
        )
        .limit(1)
    )
    return known.first() is None


def _course_of(session: Session, seen: Seen, activities: Mapping[str, Activity]) -> UUID | None:
    """The course that a statement puts its object in; what stands alone is one, if it is taken."""
    if seen.course is not None:
        return _course_for(session, activities[seen.course.iri])
    top = activities[seen.parent.iri] if seen.parent else activities[seen.iri]
    if top.course_id is None and seen.own_course:
        return _course_for(session, top)
    return top.course_id


def _move(session: Session, activity: Activity, course_id: UUID) -> dict[int, UUID | None]:
    """Put an activity into a course, with what statements have put below it.

    Returns the course that each moved one was in before.
    """
    moved: dict[int, UUID | None] = {}
    waiting = [activity] if activity.course_id != course_id else []
    while waiting:
        one = waiting.pop()
        moved[one.id] = one.course_id
        one.course_id = course_id
        session.flush()
        below = session.scalars(
            select(Activity).where(
                Activity.parent_id == one.id,
                Activity.declared.is_(False),
                Activity.kind.is_distinct_from(ActivityKind.COURSE),
            )
        )
        waiting.extend(child for child in below if child.course_id != course_id)
    return moved


def _how_much_it_says(seen: Seen) -> tuple[bool, bool, bool]:
    return (seen.course is not None, seen.parent is not None, seen.own_course)


def take_course(session: Session, record: CourseRecord) -> Placed:
    """Take in a course and its parts as a source declares them."""
    refs = [record.course, *(part.activity for part in record.parts)]
    activities = _intern(session, {ref.iri: (ref.kind, ref.title) for ref in refs})
    top = activities[record.course.iri]
    _declare(top, record.course, position=0)
    top.modality, top.decides = record.modality, record.completion_tracked
    course_id = _course_for(session, top)
    course = session.get_one(Course, course_id)
    course.title = record.course.title or course.title
    course.code = record.code or course.code
    course.modality = _modality_of(session, course_id)
    moved: dict[int, UUID | None] = {}
    for position, part in enumerate(record.parts, start=1):
        activity = activities[part.activity.iri]
        _declare(activity, part.activity, position=position)
        activity.required = part.required
        parent = activities.get(part.parent)
        activity.parent_id = parent.id if parent else top.id
        moved |= _move(session, activity, course_id)
    session.flush()
    return Placed(activities, tuple(moved.items()))


def take_session(session: Session, record: SessionRecord) -> Placed:
    """Take in a run or a session of a classroom course."""
    refs = [record.course, record.activity]
    wanted: dict[str, tuple[str | None, str | None]] = {
        ref.iri: (ref.kind, ref.title) for ref in refs
    }
    wanted.setdefault(record.parent, (None, None))
    activities = _intern(session, wanted)
    course_id = _course_for(session, activities[record.course.iri])
    activity = activities[record.activity.iri]
    _declare(activity, record.activity, position=activity.position)
    activity.modality = record.modality
    activity.starts_at, activity.ends_at = record.starts_at, record.ends_at
    activity.location, activity.cancelled = record.location, record.cancelled
    activity.parent_id = activities[record.parent].id
    moved = _move(session, activity, course_id)
    session.flush()
    return Placed(activities, tuple(moved.items()))


def _declare(activity: Activity, ref: ActivityRef, *, position: int) -> None:
    activity.declared = True
    activity.kind = ref.kind
    activity.title = ref.title or activity.title
    activity.position = position


def _modality_of(session: Session, course_id: UUID) -> str | None:
    """The modality of a course: that of its systems, or blended when they differ."""
    session.flush()
    found = set(
        session.scalars(
            select(Activity.modality).where(
                Activity.course_id == course_id,
                Activity.kind == ActivityKind.COURSE,
                Activity.modality.is_not(None),
            )
        )
    )
    if len(found) > 1:
        return Modality.BLENDED
    return found.pop() if found else None


def activities_of(session: Session, course_id: UUID) -> list[Activity]:
    """All activities of a course in their declared order."""
    return list(
        session.scalars(
            select(Activity)
            .where(Activity.course_id == course_id)
            .order_by(Activity.position, Activity.id)
        )
    )
