"""Marks that were set early, moved to another course, or belong to a run that was called off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors import records as r
from hub.catalog.models import Course as CourseRow
from hub.progress.models import Progress
from tests.hub.runs.scripted import COURSE, NOON, RUN, SITE, ada, attendance

FIRST_DAY = NOON - timedelta(days=3)
OTHER = r.ActivityRef(f"{SITE}/course/view.php?id=3", r.ActivityKind.COURSE, "First aid")


@pytest.fixture
def progress(hub):
    """Status by course title."""

    def read():
        with hub.database.reading() as session:
            rows = session.execute(
                select(CourseRow.title, Progress.status).join(
                    CourseRow, CourseRow.id == Progress.course_id
                )
            )
            return dict(tuple(row) for row in rows)

    return read


def registration(status="registered", *, course=COURSE, at=NOON):
    return r.Registration(
        key="r1", modified_at=at, person=ada(), course=course, activity=course,
        status=r.RegistrationStatus(status), registered_at=FIRST_DAY,
    )  # fmt: skip


def called_off(*, cancelled):
    return r.Session(
        key="run:7", modified_at=NOON, activity=RUN, course=COURSE, parent=COURSE.iri,
        starts_at=NOON, ends_at=NOON, cancelled=cancelled,
    )  # fmt: skip


def test_a_mark_set_before_the_end_has_the_time_of_the_mark(says, stored):
    says(attendance("attended", at=FIRST_DAY))

    assert stored(lambda row, body: row.timestamp) == [FIRST_DAY]


def test_a_mark_set_early_is_not_corrected_by_being_saved_again(says, stored):
    says(attendance("attended", at=FIRST_DAY))
    again = says(attendance("attended", at=FIRST_DAY + timedelta(days=1)))

    assert (again.counts["statements"], again.counts["voided"]) == (0, 0)
    assert len(stored()) == 1


def test_a_registration_that_moves_to_another_course_leaves_the_first(says, progress):
    says(registration())
    assert progress() == {"Fire safety": "registered"}

    says(registration(course=OTHER, at=NOON + timedelta(minutes=1)))

    assert progress() == {"First aid": "registered"}


def test_calling_a_run_off_is_seen_by_everybody_in_it(says, progress):
    says(called_off(cancelled=False), replace(registration(), activity=RUN))
    assert progress() == {"Fire safety": "registered"}

    says(called_off(cancelled=True))

    assert progress() != {"Fire safety": "registered"}
