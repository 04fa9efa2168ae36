"""The simulated Moodle behaves as the real one: what it hides, escapes, refuses and forgets."""

import pytest
import requests

from hub.demo.moodle_catalog import ARCHIVED, EXTINGUISHER, FIRE, PRIVACY, SECURITY, WELCOME
from hub.demo.moodle_site import PATH, moodle_site
from hub.demo.servers import serve_at
from hub.demo.world import world
from tests.hub.demo.conftest import NOW
from tests.hub.demo.talking import TOKEN, Moodle

EXTINGUISHER_SCO, PASSWORDS_SCO, OLD_SCO = 2, 15, 13
SUSPENDED, NOUGHT, NO_SCORE, SOME_PARTS, CLOSED, FAILED_2004 = 7, 8, 9, 10, 11, 12


def _tracks(moodle, sco, user, attempt=0):
    sent = {"scoid": sco, "userid": user, "attempt": attempt}
    data = moodle.call("mod_scorm_get_scorm_sco_tracks", sent)["data"]
    return {track["element"]: track["value"] for track in data["tracks"]}


def _serve(demo_world, **options):
    return serve_at(
        lambda url: moodle_site(demo_world.moodle, token=TOKEN, site_url=url, **options)
    )


def test_names_are_escaped_unless_the_caller_asks_for_raw_ones(moodle):
    sent = {"field": "id", "value": PRIVACY}
    escaped = moodle.call("core_course_get_courses_by_field", sent, raw=False)
    raw = moodle.call("core_course_get_courses_by_field", sent)
    assert escaped["courses"][0]["fullname"] == "Data Protection &amp; Privacy"
    assert raw["courses"][0]["fullname"] == "Data Protection & Privacy"


def test_a_token_in_the_authorization_header_is_not_accepted(moodle):
    answer = requests.post(
        moodle.url + PATH,
        data={"wsfunction": "core_webservice_get_site_info", "moodlewsrestformat": "json"},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    )
    assert answer.json()["errorcode"] == "invalidtoken"


def test_suspended_people_are_among_the_enrolled_without_a_mark(moodle):
    people = moodle.call("core_enrol_get_enrolled_users", {"courseid": FIRE})
    entry = next(person for person in people if person["id"] == SUSPENDED)
    assert "suspended" not in entry
    profile = moodle.call("core_user_get_users_by_field", {"field": "id", "values[0]": SUSPENDED})
    assert profile[0]["suspended"] is True


def test_people_can_be_read_in_pages(moodle):
    everybody = moodle.call("core_enrol_get_enrolled_users", {"courseid": FIRE})
    read = []
    while True:
        options = {"limitfrom": len(read), "limitnumber": 10}
        sent = {"courseid": FIRE}
        for place, (name, value) in enumerate(options.items()):
            sent |= {f"options[{place}][name]": name, f"options[{place}][value]": value}
        page = moodle.call("core_enrol_get_enrolled_users", sent)
        if not page:
            break
        read += page
    assert read == everybody


def test_a_value_that_nobody_filled_in_is_a_missing_key(moodle):
    people = {
        one["id"]: one for one in moodle.call("core_enrol_get_enrolled_users", {"courseid": 2})
    }
    assert "idnumber" not in people[6]
    assert "customfields" not in people[6]
    assert people[5]["idnumber"] == "E1002"


def test_an_address_in_other_letters_finds_nobody(moodle, demo_world):
    email = demo_world.people[0].moodle_email
    find = "core_user_get_users_by_field"
    assert moodle.call(find, {"field": "email", "values[0]": email})
    assert moodle.call(find, {"field": "email", "values[0]": email.upper()}) == []


def test_attempt_nought_is_the_last_attempt(moodle):
    assert _tracks(moodle, EXTINGUISHER_SCO, 5) == _tracks(moodle, EXTINGUISHER_SCO, 5, attempt=3)
    assert _tracks(moodle, EXTINGUISHER_SCO, 5, attempt=2)["score_raw"] == 55.5


def test_an_attempt_beyond_the_last_is_not_attempted(moodle):
    sent = {"scoid": EXTINGUISHER_SCO, "userid": 5, "attempt": 4}
    answer = moodle.call("mod_scorm_get_scorm_sco_tracks", sent)
    assert answer["data"] == {"attempt": 4, "tracks": []}
    assert answer["warnings"][0]["warningcode"] == "notattempted"


def test_times_are_epochs_in_text(moodle):
    tracks = _tracks(moodle, EXTINGUISHER_SCO, 5)
    assert int(tracks["timemodified"]) - int(tracks["x.start.time"]) == 280
    assert int(tracks["timemodified"]) < NOW.timestamp()


def test_a_score_of_nought_is_a_number_and_no_score_is_an_empty_text(moodle):
    assert _tracks(moodle, EXTINGUISHER_SCO, NOUGHT)["score_raw"] == 0
    assert _tracks(moodle, EXTINGUISHER_SCO, NO_SCORE)["score_raw"] == ""


def test_the_gradebook_cannot_tell_no_score_from_nought(moodle):
    grades = moodle.call("gradereport_user_get_grade_items", {"courseid": FIRE})["usergrades"]
    items = {
        one["userid"]: next(item for item in one["gradeitems"] if item.get("cmid") == EXTINGUISHER)
        for one in grades
    }
    assert items[NOUGHT]["graderaw"] == items[NO_SCORE]["graderaw"] == 0
    assert items[6]["graderaw"] is None


def test_the_status_of_a_2004_attempt_says_nothing_about_success(moodle):
    tracks = _tracks(moodle, PASSWORDS_SCO, FAILED_2004)
    assert (tracks["status"], tracks["cmi.success_status"]) == ("completed", "failed")


def test_the_words_of_unfinished_parts_are_moodles_own(moodle):
    statuses = [_tracks(moodle, sco, SOME_PARTS)["status"] for sco in (7, 8, 9, 10)]
    assert statuses == ["completed", "passed", "browsed", "notattempted"]
    assert _tracks(moodle, 10, SOME_PARTS)["cmi.core.lesson_status"] == "not attempted"


def test_a_closed_activity_shows_tracks_but_refuses_to_count_attempts(moodle):
    assert _tracks(moodle, OLD_SCO, CLOSED)["score_raw"] == 61
    count = moodle.call("mod_scorm_get_scorm_attempt_count", {"scormid": 4, "userid": CLOSED})
    assert count["errorcode"] == "expired"


def test_everything_done_completes_the_course_and_some_parts_do_not(moodle):
    status = "core_completion_get_course_completion_status"
    done = moodle.call(status, {"courseid": PRIVACY, "userid": 4})["completionstatus"]
    partly = moodle.call(status, {"courseid": PRIVACY, "userid": SOME_PARTS})["completionstatus"]
    assert (done["completed"], partly["completed"]) == (True, False)


def test_somebody_who_is_not_enrolled_gets_noughts_from_one_call_and_an_error_from_another(moodle):
    sent = {"courseid": SECURITY, "userid": CLOSED}
    activities = moodle.call("core_completion_get_activities_completion_status", sent)
    assert [one["state"] for one in activities["statuses"]] == [0]
    course = moodle.call("core_completion_get_course_completion_status", sent)
    assert course["errorcode"] == "usernotenroled"


def test_a_course_without_completion_reads_like_a_missing_permission(moodle):
    sent = {"courseid": WELCOME, "userid": 4}
    answer = moodle.call("core_completion_get_course_completion_status", sent)
    assert answer["errorcode"] == "cannotviewreport"


def test_updates_are_those_strictly_after_the_given_second(moodle):
    last = int(_tracks(moodle, OLD_SCO, CLOSED)["timemodified"])

    def changed(since):
        sent = {"courseid": PRIVACY, "since": since}
        instances = moodle.call("core_course_get_updates_since", sent)["instances"]
        return {
            number
            for one in instances
            if one["id"] == ARCHIVED
            for update in one["updates"]
            if update["name"] == "usertracks"
            for number in update["itemids"]
        }

    assert len(changed(last - 1)) == 2
    assert changed(last) == set()


def test_no_course_ids_means_the_callers_own_courses_of_which_there_are_none(moodle):
    assert moodle.call("mod_scorm_get_scorms_by_courses")["scorms"] == []


def test_the_answer_with_no_format_is_xml(moodle):
    answer = moodle.post("core_webservice_get_site_info", settings={})
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>')
    assert '<KEY name="sitename"><VALUE>Harbour &amp;amp; Vale Learning</VALUE>' in answer.text


@pytest.mark.parametrize(
    ("capability", "function", "arguments", "seen"),
    [
        ("webservice/rest:use", "core_webservice_get_site_info", {}, "accessexception"),
        (
            "moodle/course:view",
            "core_course_get_contents",
            {"courseid": 2},
            "errorcoursecontextnotvalid",
        ),
        (
            "mod/scorm:viewreport",
            "mod_scorm_get_scorm_sco_tracks",
            {"scoid": 2, "userid": 4},
            "nopermissions",
        ),
        (
            "report/progress:view",
            "core_completion_get_activities_completion_status",
            {"courseid": 2, "userid": 4},
            "nopermissions",
        ),
        (
            "report/completion:view",
            "core_completion_get_course_completion_status",
            {"courseid": 2, "userid": 4},
            "cannotviewreport",
        ),
        (
            "moodle/grade:viewall",
            "gradereport_user_get_grade_items",
            {"courseid": 2},
            "nopermissions",
        ),
    ],
)
def test_some_missing_grants_are_errors(demo_world, capability, function, arguments, seen):
    with _serve(demo_world, lacking=frozenset({capability})) as server:
        assert Moodle(server.url).call(function, arguments)["errorcode"] == seen


@pytest.mark.parametrize(
    ("lacking", "key"),
    [
        ({"moodle/user:viewalldetails"}, "username"),
        ({"moodle/site:viewuseridentity"}, "idnumber"),
        ({"moodle/site:viewuseridentity", "moodle/course:useremail"}, "email"),
    ],
)
def test_other_missing_grants_only_make_keys_disappear(demo_world, lacking, key):
    with _serve(demo_world, lacking=frozenset(lacking)) as server:
        people = Moodle(server.url).call("core_enrol_get_enrolled_users", {"courseid": 2})
    assert people
    assert not any(key in person for person in people)


def test_without_the_grant_to_see_participants_a_course_looks_empty(demo_world):
    lacking = frozenset({"moodle/course:viewparticipants"})
    with _serve(demo_world, lacking=lacking) as server:
        assert Moodle(server.url).call("core_enrol_get_enrolled_users", {"courseid": 2}) == []


def test_a_step_shows_in_the_updates_and_nowhere_before(scenario, demo_world):
    later = world(scenario, now=NOW, step=1)
    since = int(NOW.timestamp())

    def instances(one):
        with _serve(one) as server:
            sent = {"courseid": FIRE, "since": since}
            return Moodle(server.url).call("core_course_get_updates_since", sent)["instances"]

    assert instances(demo_world) == []
    assert [one["id"] for one in instances(later)] == [EXTINGUISHER]
