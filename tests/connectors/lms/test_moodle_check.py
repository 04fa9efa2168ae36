"""The check finds each missing right, also where Moodle only leaves something out."""

import pytest

from tests.connectors.lms.test_moodle import ACTIVITIES, COMPLETION, TRACKS, moodle
from tests.connectors.moodle_replay import changed, error, recording, serve_replay

PEOPLE = "core_enrol_get_enrolled_users"


def check(calls):
    with serve_replay(calls) as base_url:
        return moodle(base_url).check()


def grants(calls):
    return {grant.name: grant for grant in check(calls).grants}


def without(field):
    def leave_out(body):
        return [{name: v for name, v in row.items() if name != field} for row in body]

    return changed(recording(), PEOPLE, leave_out)


def test_a_service_account_with_every_right_passes():
    result = check(recording())
    assert result.system == "Acceptance Moodle, Moodle 4.5.6"
    assert [grant.ok for grant in result.grants] == [True] * 10


@pytest.mark.parametrize(
    ("function", "answer", "grant", "capability"),
    [
        (
            "core_course_get_contents",
            error("errorcoursecontextnotvalid"),
            "Courses",
            "moodle/course:view",
        ),
        (TRACKS, error("nopermissions"), "SCORM results of others", "mod/scorm:viewreport"),
        (ACTIVITIES, error("nopermissions"), "Completion of activities", "report/progress:view"),
        (COMPLETION, error("cannotviewreport"), "Completion of courses", "report/completion:view"),
        (
            "gradereport_user_get_grade_items",
            error("nopermissions"),
            "Grades, to see what changed",
            "gradereport/user:view",
        ),
        ("core_user_get_users_by_field", [], "Account status", "moodle/user:viewdetails"),
        (PEOPLE, [], "Participants", "moodle/course:viewparticipants"),
    ],
)
def test_a_missing_right_is_found_and_its_fix_is_named(function, answer, grant, capability):
    found = grants(changed(recording(), function, lambda body: answer))[grant]
    assert found.ok is False
    assert found.detail
    assert capability in found.fix
    assert "Site administration" in found.fix


def test_e_mail_addresses_that_are_left_out_are_found():
    found = grants(without("email"))["E-mail addresses"]
    assert found.ok is False
    assert "moodle/course:useremail" in found.fix


def test_nobody_having_an_id_number_may_be_right():
    assert grants(without("idnumber"))["ID numbers"].ok is None


def test_no_participant_anywhere_cannot_be_told_from_a_missing_right():
    calls = changed(recording(), PEOPLE, lambda body: [])
    calls = changed(calls, "gradereport_user_get_grade_items", lambda body: {"usergrades": []})
    assert grants(calls)["Participants"].ok is None


def test_functions_that_the_service_does_not_hold_are_named():
    def lose(body):
        body["functions"] = [f for f in body["functions"] if f["name"] != TRACKS]
        return body

    result = check(changed(recording(), "core_webservice_get_site_info", lose))
    assert not result.ok
    assert TRACKS in result.grants[0].detail
    assert "External services" in result.grants[0].fix


def test_an_empty_site_is_not_a_failure():
    calls = changed(recording(), "core_course_get_courses_by_field", lambda body: {"courses": []})
    result = check(calls)
    assert result.ok
    assert {grant.ok for grant in result.grants[1:]} == {None}
