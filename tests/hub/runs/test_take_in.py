"""What becomes of a record that comes again, changed, late, or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.catalog.models import Course
from hub.learners.models import Learner
from hub.runs.models import SourceRecord
from tests.hub.runs.scripted import NOON, ada, attendance, completion

ONE_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def later(minutes):
    return NOON + timedelta(minutes=minutes)


def test_a_mark_that_goes_back_and_forth_gives_three_statements(says, stored):
    assert says(attendance("attended")).counts["new"] == 1
    second = says(attendance("absent", at=later(1)))
    third = says(attendance("attended", at=later(2)))

    assert (second.counts["superseded"], second.counts["statements"]) == (1, 1)
    assert second.counts["voided"] == third.counts["voided"] == 1
    assert third.message == "1 statement stored, 1 voided."
    marks = [(verb, voided) for verb, voided in stored() if verb != "voided"]
    assert marks == [("attended", True), ("missed", True), ("attended", False)]
    assert len({*stored(lambda row, body: row.id)}) == 5


def test_the_same_again_stores_nothing_and_says_so(says, stored):
    says(attendance("attended"))
    again = says(attendance("attended"))

    assert again.message == "Nothing new: 0 statements stored."
    assert (again.counts["fetched"], again.counts["unchanged"]) == (1, 1)
    assert len(stored()) == 1


def test_a_record_twice_in_one_page_is_one_record(says, stored):
    run = says(attendance("attended"), attendance("attended"))

    assert (run.counts["new"], run.counts["unchanged"]) == (1, 1)
    assert len(stored()) == 1


@ONE_SQLITE
def test_another_spelling_of_title_and_name_makes_no_statement(hub, says, stored):
    says(attendance("attended"))
    run = says(attendance("attended", at=later(1), title="Fire Safety", person=ada("Ada Lovelace")))

    assert (run.counts["superseded"], run.counts["statements"]) == (1, 0)
    assert len(stored()) == 1


def test_a_mark_that_is_taken_back_is_voided(says, stored):
    says(attendance("attended"))
    run = says(attendance("unknown", at=later(1)))

    assert (run.counts["superseded"], run.counts["statements"], run.counts["voided"]) == (1, 0, 1)
    assert stored()[0] == ("attended", True)


def test_a_mark_set_again_after_it_was_taken_back_is_a_new_statement(says, stored):
    says(attendance("attended"))
    says(attendance("unknown", at=later(1)))
    says(attendance("attended", at=later(2)))

    assert [voided for verb, voided in stored() if verb == "attended"] == [True, False]


def test_an_older_state_that_comes_late_is_ignored(says, stored):
    says(attendance("attended", at=later(5)))
    run = says(attendance("absent", at=later(1)))

    assert (run.counts["ignored"], run.counts["statements"]) == (1, 0)
    assert stored() == [("attended", False)]


@ONE_SQLITE
def test_what_was_confirmed_later_is_not_undone_by_a_state_in_between(says, stored):
    says(attendance("attended", at=later(1)))
    says(attendance("attended", at=later(5)))
    run = says(attendance("absent", at=later(3)))

    assert run.counts["ignored"] == 1
    assert stored() == [("attended", False)]


def test_a_completion_that_is_taken_back_was_true_until_then(says, stored):
    says(completion(True))
    says(completion(None, at=later(1)))

    assert stored() == [("completed", False), ("reset", False)]


@ONE_SQLITE
def test_a_completion_that_never_was_is_not_taken_back(says, stored):
    run = says(completion(None))

    assert (run.counts["new"], run.counts["statements"]) == (1, 0)
    assert stored() == []


@ONE_SQLITE
def test_a_fact_without_a_time_gets_the_time_when_it_was_seen_and_says_so(says, stored):
    says(completion(True, at=None))
    ((stamp, flags),) = stored(
        lambda row, body: (
            body["timestamp"],
            next(v for k, v in body["context"]["extensions"].items() if k.endswith("flags")),
        )
    )

    assert flags == ["timestamp_observed"]
    assert stamp.endswith("Z")


@ONE_SQLITE
def test_a_record_that_still_comes_is_seen_again(hub, says):
    says(attendance("attended"))
    with hub.database.reading() as session:
        before = session.scalars(select(SourceRecord.last_seen_at)).one()
    says(attendance("attended"))
    with hub.database.reading() as session:
        assert session.scalars(select(SourceRecord.last_seen_at)).one() > before


@ONE_SQLITE
def test_one_person_and_one_course_come_of_many_records(hub, says):
    says(*(attendance("attended", key=str(number)) for number in range(5)), completion(True))

    with hub.database.reading() as session:
        assert len(session.scalars(select(Learner)).all()) == 1
        assert [course.title for course in session.scalars(select(Course))] == ["Fire safety"]
