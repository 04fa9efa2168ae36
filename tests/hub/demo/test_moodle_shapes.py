"""The simulated Moodle answers in the shapes that a real Moodle 4.5.6 was recorded with."""

import json
from pathlib import Path

import pytest

from tests.hub.demo.shapes import shape_of

DATA = Path(__file__).parents[2] / "data" / "moodle"
SAMPLES = {
    "core_course_get_courses": ["02-courses_all.json"],
    "core_user_get_users": ["06c-get_users_criteria_all_email_pct.json"],
    "mod_scorm_get_scorm_attempt_count": [
        "12-attempt_count_bob.json",
        "12b-attempt_count_bob_ignoremissing.json",
        "12c-attempt_count_closed_alice.json",
    ],
    "mod_scorm_get_scorm_access_information": ["14-scorm_access_information.json"],
    "core_course_get_course_module_by_instance": ["20-course_module_by_instance.json"],
    "mod_scorm_get_scorm_sco_tracks": [
        "11k-sco_tracks_unknown_sco.json",
        "97-err_unknown_user.json",
    ],
    "core_completion_get_course_completion_status": [
        "08e-course_completion_not_enrolled_frank.json"
    ],
}
COURSES = range(2, 7)
USERS = range(4, 14)
SCOES = (2, 4, 7, 8, 9, 10, 11, 13, 15, 17, 19)
CALLS = {
    "core_webservice_get_site_info": [{}],
    "core_course_get_courses": [{}],
    "core_course_get_courses_by_field": [{}],
    "core_course_get_contents": [{"courseid": course} for course in COURSES],
    "core_course_get_course_module_by_instance": [{"module": "scorm", "instance": 1}],
    "core_course_get_updates_since": [{"courseid": one, "since": 1_600_000_000} for one in COURSES],
    "core_enrol_get_enrolled_users": [{"courseid": course} for course in COURSES],
    "core_enrol_get_users_courses": [{"userid": user} for user in USERS],
    "core_user_get_users": [{"criteria[0][key]": "email", "criteria[0][value]": "%%"}],
    "core_user_get_users_by_field": [
        {"field": "id", **{f"values[{n}]": user for n, user in enumerate(USERS)}}
    ],
    "core_completion_get_activities_completion_status": [
        {"courseid": course, "userid": user} for course in COURSES for user in USERS
    ],
    "core_completion_get_course_completion_status": [
        {"courseid": course, "userid": user} for course in COURSES for user in USERS
    ],
    "mod_scorm_get_scorms_by_courses": [
        {f"courseids[{n}]": course for n, course in enumerate(COURSES)}
    ],
    "mod_scorm_get_scorm_scoes": [{"scormid": scorm} for scorm in range(1, 8)],
    "mod_scorm_get_scorm_sco_tracks": [
        {"scoid": sco, "userid": user, "attempt": attempt}
        for sco in SCOES
        for user in USERS
        for attempt in (0, 1, 2)
    ],
    "mod_scorm_get_scorm_attempt_count": [
        {"scormid": scorm, "userid": user} for scorm in (1, 4) for user in USERS
    ],
    "mod_scorm_get_scorm_access_information": [{"scormid": 1}],
    "gradereport_user_get_grade_items": [{"courseid": course, "userid": 0} for course in COURSES],
}
# The recorded learners saw no course without completion, where these three are null.
NULLS = {
    path: {"NoneType"} for path in ("$[].completed", "$[].progress", "$[].showcompletionconditions")
}


def _recorded(function):
    bodies = [json.loads((DATA / "4.5" / name).read_text()) for name in SAMPLES.get(function, ())]
    for sync in ("full-sync.json", "full-sync-later.json"):
        calls = json.loads((DATA / sync).read_text())
        bodies += [call["body"] for call in calls if call["function"] == function]
    assert bodies, f"nothing was recorded for {function}"
    return bodies


@pytest.fixture(params=sorted(CALLS))
def both(request, moodle):
    """What was recorded, and what the simulator answers, as shapes."""
    simulated = [moodle.call(request.param, arguments) for arguments in CALLS[request.param]]
    return shape_of(*_recorded(request.param)), shape_of(*simulated)


def test_every_key_and_type_was_seen_on_a_real_site(both):
    recorded, simulated = both
    surprises = {
        path: unknown
        for path, types in simulated.types.items()
        if (unknown := types - recorded.types.get(path, set()) - NULLS.get(path, set()))
    }
    assert surprises == {}


def test_no_key_is_missing_that_a_real_site_always_sends(both):
    recorded, simulated = both
    missing = {
        path: recorded.always[path] - keys
        for path, keys in simulated.always.items()
        if path in recorded.always and recorded.always[path] - keys
    }
    assert missing == {}


@pytest.mark.parametrize(
    ("sample", "function", "arguments"),
    [
        ("90-err_invalid_token", "core_webservice_get_site_info", {"wstoken": "wrong"}),
        ("91-err_no_token", "core_webservice_get_site_info", {"wstoken": ""}),
        ("92-err_unknown_function", "core_nonexistent_fn", {}),
        ("93-err_function_not_in_service", "core_user_create_users", {}),
        ("94-err_missing_param", "core_course_get_contents", {}),
        ("95-err_bad_param_type", "core_course_get_contents", {"courseid": "abc"}),
        ("96-err_unknown_course", "core_course_get_contents", {"courseid": 424242}),
        ("97-err_unknown_user", "mod_scorm_get_scorm_sco_tracks", {"scoid": 2, "userid": 424242}),
        ("99-err_extra_param", "core_webservice_get_site_info", {"bogus": 1}),
        (
            "11k-sco_tracks_unknown_sco",
            "mod_scorm_get_scorm_sco_tracks",
            {"scoid": 99999, "userid": 4},
        ),
        (
            "08f-course_completion_no_completion_course",
            "core_completion_get_course_completion_status",
            {"courseid": 6, "userid": 4},
        ),
    ],
)
def test_errors_are_word_for_word_the_recorded_ones(moodle, sample, function, arguments):
    answer = moodle.post(function, **arguments)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == json.loads((DATA / "4.5" / f"{sample}.json").read_text())


def test_a_caller_who_asks_for_no_format_gets_the_recorded_xml(moodle):
    answer = moodle.post("core_course_get_contents", settings={}, courseid=424242)
    assert answer.text == (DATA / "4.5" / "98-err_xml_default_format.txt").read_text()


def test_the_selected_user_fields_are_those_of_the_recording(moodle):
    recorded = json.loads((DATA / "4.5" / "05b-enrolled_users_fields_paged.json").read_text())
    fields = (
        "id,username,email,idnumber,firstname,lastname,fullname,department,customfields,"
        "suspended,roles,groups,lastaccess,lastcourseaccess"
    )
    options = {"userfields": fields, "limitfrom": 0, "limitnumber": 2, "sortby": "id"}
    sent = {"courseid": 2}
    for place, (name, value) in enumerate(options.items()):
        sent |= {f"options[{place}][name]": name, f"options[{place}][value]": value}
    answer = moodle.call("core_enrol_get_enrolled_users", sent)
    assert [list(user) for user in answer] == [list(user) for user in recorded]
