"""What the parts of a course amount to: modules, SCOs, runs and sessions."""

from dataclasses import replace

import pytest

from hub.progress.evidence import Score
from hub.progress.rules import reduce
from tests.hub.progress.saying import COURSE, course, day, part, record, said, shown

ONE, TWO = part("module", "one"), part("module", "two")
SPRING, AUTUMN = part("run", "spring"), part("run", "autumn")
MONDAY, TUESDAY = part("session", "mon", "spring"), part("session", "tue", "spring")


def deciding(*evidence, parts):
    """The record of a course whose own system decides about it."""
    return reduce(evidence, [course(decides=True), *parts])


# Modules and SCOs


def test_all_modules_make_the_course_and_the_last_gives_the_date():
    found = record(
        said("passed", 1, "one", score=0.8),
        said("passed", 2, "two", score=0.6),
        parts=[ONE, TWO],
    )

    assert (found.status, found.percent) == ("passed", 100)
    assert found.state.satisfied_at == found.state.completed_at == day(2)
    assert found.state.score == Score(scaled=0.7)
    assert found.flags == ("score_averaged",)


def test_one_module_of_two_is_half_way():
    found = record(said("passed", 1, "one"), parts=[ONE, TWO])

    assert (found.status, found.percent, found.state.success) == ("in_progress", 50, None)


def test_the_verdict_on_one_of_several_modules_is_none_on_the_course():
    found = record(said("failed", 1, "one"), parts=[ONE, TWO])

    assert (found.status, found.state.result) == ("in_progress", None)
    assert shown(found, "one")["status"] == shown(found, "one")["last_result"] == "failed"


def test_the_verdict_on_the_only_module_is_one_on_the_course():
    assert record(said("failed", 1, "one"), parts=[ONE]).status == "failed"


def test_what_is_not_required_is_not_waited_for():
    optional = replace(TWO, required=False)
    assert record(said("completed", 1, "one"), parts=[ONE, optional]).status == "completed"
    assert record(said("completed", 1, "two"), parts=[ONE, optional]).status == "in_progress"


def test_when_some_are_said_to_be_required_the_others_do_not_count():
    needed = replace(ONE, required=True)
    assert record(said("completed", 1, "one"), parts=[needed, TWO]).status == "completed"


def test_what_only_statements_put_below_a_course_completes_nothing():
    stray = replace(ONE, declared=False)
    found = record(said("passed", 1, "one"), parts=[stray])

    assert (found.status, found.state.satisfied_at) == ("in_progress", None)


def test_a_waived_module_is_not_waited_for_and_all_waived_is_waived():
    assert (
        record(said("waived", 1, "one"), said("passed", 2, "two"), parts=[ONE, TWO]).status
        == "passed"
    )
    assert (
        record(said("waived", 1, "one"), said("waived", 2, "two"), parts=[ONE, TWO]).status
        == "waived"
    )


def test_a_course_of_three_floors():
    parts = [ONE, part("lesson", "a", "one"), part("lesson", "b", "one")]
    found = record(
        said("completed", 1, "a", seconds=60.0),
        said("ended", 2, "a", seconds=60.0),
        said("ended", 2, "b", seconds=30.0),
        parts=parts,
    )

    assert (found.status, found.percent, found.state.seconds) == ("in_progress", 50, 90.0)
    assert shown(found, "one")["percent"] == 50


def test_a_flag_of_one_module_is_not_one_of_the_course():
    found = record(said("completed", 1, "one", overridden=True), parts=[ONE, TWO])

    assert found.flags == ()
    assert shown(found, "one")["flags"] == ["overridden"]


def test_attempts_of_parts_are_not_added_up():
    found = record(
        *(said("ended", n, "one", attempt=n) for n in (1, 2, 3)),
        *(said("ended", n, "two", attempt=n) for n in (1, 2)),
        parts=[ONE, TWO],
    )
    assert found.state.attempts == 3


def test_time_that_the_course_tells_is_not_added_to_that_of_its_parts():
    found = record(
        said("ended", 1, "one", seconds=60.0),
        said("ended", 2, "two", seconds=30.0),
        said("ended", 2, seconds=90.0),
        parts=[ONE, TWO],
    )
    assert found.state.seconds == 90.0


def test_a_certificate_gives_its_validity_and_is_no_part():
    paper = part("certificate", "paper", declared=False)
    found = record(
        said("certified", 2, "paper", valid_until=day(400)),
        said("failed", 1, "one"),
        parts=[ONE, paper],
    )

    assert found.state.valid_until == day(400)
    assert [one["activity"] for one in found.parts] == ["one"]
    assert (found.status, found.state.result) == ("failed", "failed")


def test_the_result_of_an_objective_is_a_detail_of_its_sco():
    goal = part("objective", "goal", "one", declared=False)
    found = record(said("failed", 1, "goal"), said("ended", 1, "one"), parts=[ONE, goal])

    assert (found.status, found.evidence_count) == ("in_progress", 1)


# The system's own word


def test_where_the_system_decides_nothing_is_inferred_from_the_parts():
    found = deciding(said("passed", 1, "one"), parts=[ONE])

    assert (found.status, found.percent) == ("in_progress", 0)
    assert (found.state.completion, found.state.success, found.state.satisfied_at) == (None,) * 3
    assert deciding(said("failed", 1, "one"), parts=[ONE]).status == "in_progress"


def test_what_the_system_says_of_the_course_overrides_its_parts():
    found = deciding(said("completed", 5), said("failed", 1, "one"), parts=[ONE, TWO])

    assert (found.status, found.percent) == ("completed", 100)
    assert (found.state.completion, found.state.success) == (True, None)
    assert found.state.satisfied_at == day(5)


def test_passed_parts_of_a_completed_course_make_it_passed():
    found = deciding(said("completed", 5), said("passed", 1, "one"), parts=[ONE])

    assert (found.status, found.state.success) == ("passed", True)


def test_a_completion_that_the_system_takes_back_is_not_inferred_again():
    back = said("uncompleted", 5, "one")
    parts = [ONE, part("lesson", "a", "one")]
    found = record(back, said("passed", 1, "a"), parts=parts)

    assert shown(found, "one")["status"] == "in_progress"
    assert shown(found, "one")["completion"] is False
    assert shown(found, "a")["status"] == "passed"
    assert (found.status, found.state.satisfied_at) == ("in_progress", None)


# Runs and sessions


def test_all_sessions_of_a_run_make_the_run_and_the_run_makes_the_course():
    here = [said("attended", n, where, fraction=1.0) for n, where in ((1, "mon"), (2, "tue"))]
    found = record(*here, parts=[SPRING, MONDAY, TUESDAY])

    assert (found.status, found.state.satisfied_at) == ("completed", day(2))
    half = record(here[0], parts=[SPRING, MONDAY, TUESDAY])
    assert (half.status, half.percent) == ("in_progress", 50)


def test_a_run_that_the_learner_was_never_in_is_no_part_of_the_record():
    night = part("session", "night", "autumn")
    found = record(
        said("attended", 1, "mon", fraction=1.0), parts=[SPRING, MONDAY, TUESDAY, AUTUMN, night]
    )
    assert [one["activity"] for one in found.parts] == ["spring"]


def test_absent_from_one_session_is_not_absent_from_the_run():
    found = record(
        said("no_show", 1, "mon"),
        said("attended", 2, "tue", fraction=1.0),
        parts=[SPRING, MONDAY, TUESDAY],
    )
    assert found.status == "in_progress"


def test_absent_from_all_sessions_is_absent():
    absent = [said("no_show", 1, "mon"), said("no_show", 2, "tue")]
    assert record(*absent, parts=[SPRING, MONDAY, TUESDAY]).status == "no_show"


def test_a_session_that_was_called_off_is_not_waited_for():
    off = replace(TUESDAY, cancelled=True)
    found = record(said("attended", 1, "mon", fraction=1.0), parts=[SPRING, MONDAY, off])
    assert found.status == "completed"


def test_partial_attendance_of_a_session_is_said_of_the_course():
    found = record(said("attended", 1, "mon", fraction=0.3), parts=[SPRING, MONDAY, TUESDAY])
    assert (found.status, found.flags) == ("in_progress", ("partial_attendance",))


def test_one_run_of_two_is_enough():
    found = record(
        said("registered", 1, "spring"),
        said("no_show", 2, "spring"),
        said("registered", 3, "autumn"),
        said("attended", 4, "autumn", fraction=1.0),
        parts=[SPRING, AUTUMN],
    )

    assert (found.status, found.state.satisfied_at) == ("completed", day(4))
    assert found.flags == ()
    assert shown(found, "spring")["status"] == "no_show"


def test_absent_and_booked_again_is_registered():
    found = record(
        said("registered", 1, "spring"),
        said("no_show", 2, "spring"),
        said("registered", 3, "autumn"),
        parts=[SPRING, AUTUMN],
    )
    assert found.status == "registered"


def test_absent_twice_is_absent():
    found = record(
        said("no_show", 2, "spring"), said("no_show", 4, "autumn"), parts=[SPRING, AUTUMN]
    )
    assert found.status == "no_show"


def test_withdrawn_from_one_run_and_registered_for_another():
    found = record(
        said("withdrawn", 5, "spring"), said("registered", 1, "autumn"), parts=[SPRING, AUTUMN]
    )
    assert found.status == "registered"
    assert record(said("withdrawn", 5, "spring"), parts=[SPRING, AUTUMN]).status == "withdrawn"


def test_withdrawn_from_a_later_run_after_completing_an_earlier_one():
    found = record(
        said("attended", 1, "spring", fraction=1.0),
        said("withdrawn", 5, "autumn"),
        parts=[SPRING, AUTUMN],
    )
    assert found.status == "completed"


def test_failed_in_one_run_and_passed_in_another():
    found = record(
        said("failed", 1, "spring", score=0.2),
        said("passed", 5, "autumn", score=0.8),
        parts=[SPRING, AUTUMN],
    )
    assert (found.status, found.state.score) == ("passed", Score(scaled=0.8))


@pytest.mark.parametrize("mark", [[], [said("no_show", 2, "spring")]])
def test_a_run_that_was_called_off_is_no_registration_and_no_absence(mark):
    off = replace(SPRING, cancelled=True)
    found = record(said("registered", 1, "spring"), *mark, parts=[off])

    assert (found.status, found.state.result) == ("withdrawn", None)


def test_what_was_attended_of_a_run_before_it_was_called_off_stays():
    off = replace(SPRING, cancelled=True)
    assert record(said("attended", 1, "spring", fraction=1.0), parts=[off]).status == "completed"
    assert record(said("attended", 1, "spring", fraction=0.2), parts=[off]).status == "in_progress"


def test_waiting_for_a_place_is_registered_and_not_started():
    assert record(said("requested", 1, "spring"), parts=[SPRING]).status == "registered"


# An outcome that names the course and the enrolment


@pytest.mark.parametrize("place", ["spring", "mon"])
def test_an_outcome_belongs_to_the_run_that_the_enrolment_attended(place):
    evidence = [
        said("attended", 1, place, fraction=1.0, registration="r1"),
        said("failed", 2, registration="r1"),
        said("registered", 3, "autumn", registration="r2"),
    ]
    parts = [SPRING, AUTUMN, *([MONDAY] if place == "mon" else [])]
    found = record(*evidence, parts=parts)

    spring = shown(found, "spring")
    assert (spring["status"], spring["completion"], spring["success"]) == ("failed", True, False)
    assert spring["flags"] == ["completed_but_failed"]
    assert found.state.satisfied_at is None

    again = record(
        *evidence, said("attended", 4, "autumn", fraction=1.0, registration="r2"), parts=parts
    )
    assert (again.status, again.state.satisfied_at) == ("completed", day(4))


def test_an_outcome_without_an_enrolment_is_one_of_the_course():
    found = record(said("attended", 1, "spring", fraction=1.0), said("failed", 2), parts=[SPRING])
    assert found.status == "failed"


def test_an_outcome_of_a_deciding_course_stays_with_the_course():
    found = deciding(
        said("attended", 1, "spring", fraction=1.0, registration="r1"),
        said("passed", 2, registration="r1"),
        parts=[SPRING],
    )
    assert (found.status, found.state.satisfied_at) == ("passed", day(2))


# Odd trees


def test_activities_that_statements_put_above_each_other_lose_nothing():
    loop = [
        replace(ONE, parent="two", declared=False),
        replace(TWO, parent="one", declared=False),
    ]
    assert reduce([said("passed", 1, "one")], loop).status == "passed"
    assert reduce([said("passed", 1, "one")], [course(), *loop]).evidence_count == 1


def test_the_same_course_in_two_systems_needs_one_completion():
    other = replace(course(), iri="https://tms.example.org/c/9")
    found = reduce([said("started", 3), said("completed", 1, other.iri)], [course(), other])

    assert (found.status, found.state.satisfied_at) == ("completed", day(1))
    assert {one["activity"] for one in found.parts} == {COURSE, other.iri}
