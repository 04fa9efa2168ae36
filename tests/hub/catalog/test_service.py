"""Where activities stand: as statements imply it, until a source declares it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import select

from connectors.records import ActivityKind as K
from connectors.records import ActivityRef, Modality, Part
from connectors.records import Course as CourseRecord
from connectors.records import Session as SessionRecord
from hub.catalog.models import Activity, Course
from hub.catalog.rules import Seen
from hub.catalog.service import activities_of, place, take_course, take_session
from hub.touched import Touched
from tests.hub.progress.histories import World
from xapi import vocabulary as v

COURSE = Seen("course", K.COURSE, "Course", own_course=True)


def seen(iri, *, kind=None, title=None, parent=None, course=None, own_course=True):
    return Seen(iri, kind, title, parent, course, own_course and course is None)


@pytest.fixture
def do(hub):
    """Calls a service function in a transaction of its own."""

    def call(function, *arguments):
        with hub.database.transaction() as session:
            return function(session, *arguments)

    return call


@pytest.fixture
def course_of(hub):
    def find(iri):
        with hub.database.reading() as session:
            return session.scalars(select(Activity.course_id).where(Activity.iri == iri)).one()

    return find


def declared(*parts, iri="course", title="Course", **more):
    return CourseRecord(
        key=iri,
        course=ActivityRef(iri, K.COURSE, title),
        modality=more.pop("modality", Modality.SELF_PACED),
        parts=tuple(
            Part(ActivityRef(part, K.MODULE, part.title()), above) for part, above in parts
        ),
        **more,
    )


def held(iri, parent="course", kind=K.RUN, **more):
    return SessionRecord(
        key=iri,
        activity=ActivityRef(iri, kind, iri),
        course=ActivityRef("course", K.COURSE, "Course"),
        parent=parent,
        **more,
    )


def test_an_activity_alone_is_a_course_when_it_is_taken(do, course_of):
    do(place, [seen("quiz")])
    assert course_of("quiz") is not None

    do(place, [seen("page", own_course=False)])
    assert course_of("page") is None


def test_what_was_only_seen_becomes_a_course_when_it_is_taken_and_says_that_it_moved(do, course_of):
    do(place, [seen("page", own_course=False)])
    placed = do(place, [seen("page")])
    assert placed.moved == ((placed.activities["page"].id, None),)
    assert course_of("page") is not None


def test_an_activity_joins_the_course_around_it(do, course_of):
    do(place, [seen("sco", parent=seen("module", kind=K.MODULE), course=COURSE)])
    assert course_of("sco") == course_of("course")


@pytest.mark.parametrize("first", ["alone", "within"])
def test_the_place_does_not_depend_on_which_statement_comes_first(do, course_of, hub, first):
    alone, within = seen("sco"), seen("sco", course=COURSE)
    for one in (alone, within) if first == "alone" else (within, alone):
        do(place, [one])

    assert course_of("sco") == course_of("course")


def test_what_stands_below_moves_with_what_is_above(do, course_of):
    do(place, [seen("sco", parent=seen("module", kind=K.MODULE))])
    assert course_of("sco") == course_of("module")
    before = course_of("sco")

    placed = do(place, [seen("module", kind=K.MODULE, course=COURSE)])
    assert course_of("sco") == course_of("module") == course_of("course") != before
    assert {old for _, old in placed.moved if old} == {before}
    assert len(placed.moved) == 3  # the course itself is new


def test_a_declared_place_is_not_moved_by_statements(do, course_of):
    do(take_course, declared(("module", "course")))
    do(place, [seen("module", course=Seen("other", K.COURSE, None))])
    assert course_of("module") == course_of("course") != course_of("other")


def test_parts_declared_after_statements_move_and_both_courses_are_projected(hub, course_of):
    world = World(hub, "earth")
    world.put(
        {
            **world.statement(0, v.PASSED, "one", world.agent("ada", "mbox")),
            "context": {"contextActivities": {}},
        }
    )
    alone = course_of(world.iri("one"))
    world.declare()

    now = course_of(world.iri("one"))
    assert now == course_of(world.iri("course")) != alone
    with hub.database.reading() as session:
        last = session.scalars(select(Touched).order_by(Touched.id)).all()[1:]
    assert {row.course_id for row in last} >= {alone, now}


def test_the_tree_is_as_declared(do, hub, course_of):
    do(take_course, declared(("one", "course"), ("two", "one"), ("three", "unknown")))
    with hub.database.reading() as session:
        found = activities_of(session, course_of("course"))
        above = {one.id: one.iri for one in found}
        tree = [(one.iri, above.get(one.parent_id), one.position) for one in found]
    assert tree == [
        ("course", None, 0),
        ("one", "course", 1),
        ("two", "one", 2),
        ("three", "course", 3),
    ]


def test_a_run_and_its_sessions_stand_below_their_course(do, hub, course_of):
    starts = datetime(2026, 3, 1, 9, tzinfo=UTC)
    do(take_session, held("monday", "run", K.SESSION, starts_at=starts, location="Oslo"))
    placed = do(take_session, held("run", cancelled=True))

    assert course_of("monday") == course_of("run") == course_of("course")
    run, monday = (placed.activities["run"], activity_named(hub, "monday"))
    assert (run.cancelled, monday.parent_id, monday.starts_at) == (True, run.id, starts)


def activity_named(hub, iri):
    with hub.database.reading() as session:
        return session.scalars(select(Activity).where(Activity.iri == iri)).one()


def the_course(hub, course_id):
    with hub.database.reading() as session:
        return session.get_one(Course, course_id)


def test_the_title_of_a_course_is_the_newest_declared_one(do, hub, course_of):
    do(place, [seen("course")])
    assert the_course(hub, course_of("course")).title == "course"

    do(place, [Seen("course", None, "Seen", own_course=True)])
    assert the_course(hub, course_of("course")).title == "Seen"

    do(take_course, declared(title="Declared", code="FIRE-1"))
    do(place, [Seen("course", None, "Seen again", own_course=True)])
    course = the_course(hub, course_of("course"))
    assert (course.title, course.code) == ("Declared", "FIRE-1")

    do(take_course, declared(title="Renamed"))
    assert the_course(hub, course_of("course")).title == "Renamed"


def test_how_a_course_is_taken_follows_its_system(do, hub, course_of):
    do(take_course, declared(modality=Modality.VIRTUAL, completion_tracked=False))
    assert the_course(hub, course_of("course")).modality == "virtual"
    assert activity_named(hub, "course").decides is False

    do(take_course, declared(modality=Modality.BLENDED))
    assert the_course(hub, course_of("course")).modality == "blended"
    assert activity_named(hub, "course").decides is True


def test_a_course_in_two_systems_is_two_courses(do, course_of):
    do(take_course, declared(title="Fire safety", code="FIRE-1"))
    do(take_course, declared(iri="elsewhere", title="Fire safety", code="FIRE-1"))
    assert course_of("course") != course_of("elsewhere")


def test_two_writers_at_once_make_one_course(hub):
    do_now = Barrier(2, timeout=20)

    def write(number):
        do_now.wait()
        with hub.database.transaction() as session:
            return place(
                session, [seen("sco", course=COURSE), seen(f"sco-{number}", course=COURSE)]
            )

    for known in (False, True):
        if known:  # the activities are there, and in no course yet
            with hub.database.transaction() as session:
                for activity in session.scalars(select(Activity)):
                    activity.course_id = None
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(write, range(2)))
        with hub.database.reading() as session:
            courses = set(session.scalars(select(Activity.course_id)))
        assert len(courses) == 1
