"""Reading Moodle over real HTTP, from a recording of one complete read and of a later one."""

from datetime import UTC, datetime, timedelta

import pytest
from marshmallow import ValidationError

from connectors.errors import NeedsAttention, Unavailable
from connectors.http import HttpSession
from connectors.lms.moodle import Moodle
from connectors.records import Course, Person, RegistrationStatus, Rejected
from tests.connectors.moodle_replay import TOKEN, changed, error, recording, serve_replay
from tests.connectors.simulator import LOOPBACK

BASE = "http://127.0.0.1:8180"  # the recorded site's own address
RECORDED_SINCE = datetime.fromtimestamp(1795463542, UTC)
TRACKS = "mod_scorm_get_scorm_sco_tracks"
COMPLETION = "core_completion_get_course_completion_status"
ACTIVITIES = "core_completion_get_activities_completion_status"


def moodle(base_url, **config):
    http = HttpSession(base_url, allow_networks=LOOPBACK, sleep=lambda seconds: None)
    return Moodle(Moodle.Config().load({"base_url": base_url, "token": TOKEN} | config), http)


def read(stream, calls=None, *, since=None, resume=None, asked=None, path="", **config):
    with serve_replay(calls or recording(), asked=asked, path=path) as base_url:
        pages = moodle(base_url, **config).read(stream, since, resume)
        return [record for page in pages for record in page.records]


def by_key(records):
    return {record.key: record for record in records}


def functions(asked):
    return [one.form["wsfunction"] for one in asked]


def test_courses_are_read_without_the_page_of_the_site():
    found = by_key(read("courses"))
    assert list(found) == ["course:2", "course:3", "course:4"]
    assert found["course:2"].code == "CRS-FIRE-26"
    assert found["course:3"].course.title == "Data Protection & GDPR"
    assert found["course:3"].code == "GDPR"
    assert [c.completion_tracked for c in found.values()] == [True, True, False]


@pytest.mark.parametrize("path", ["", "/", "/moodle", "/moodle/"])
def test_names_are_those_of_the_site_whatever_address_it_is_reached_by(path):
    found = by_key(read("courses", path=path))
    assert found["course:2"].course.iri == f"{BASE}/course/view.php?id=2"


def test_people_are_read_once_with_the_state_of_their_account():
    found = by_key(read("people"))
    assert list(found) == [f"user:{number}" for number in (4, 5, 6, 7, 8, 9)]
    assert [person.active for person in found.values()] == [True, True, True, False, True, True]


def test_registrations_are_those_of_learners():
    found = read("registrations")
    assert len(found) == 9
    assert {record.status for record in found} == {RegistrationStatus.REGISTERED}
    assert {record.registered_at for record in found} == {None}


def test_who_has_another_role_is_no_learner():
    def teach(body):
        body[0]["roles"][0]["shortname"] = "editingteacher"
        return body

    calls = changed(recording(), "core_enrol_get_enrolled_users", teach, courseid=2)
    assert "course:2:user:4" not in by_key(read("registrations", calls))
    both = read("registrations", calls, student_roles=["student", "editingteacher"])
    assert "course:2:user:4" in by_key(both)


def test_courses_can_be_left_out():
    assert list(by_key(read("courses", leave_out_courses=[3]))) == ["course:2", "course:4"]
    assert list(by_key(read("courses", include_hidden=False))) == ["course:2", "course:3"]


def test_participants_are_read_in_pages():
    asked = []
    assert by_key(read("people", page_size=2, asked=asked)) == by_key(read("people"))
    assert functions(asked).count("core_enrol_get_enrolled_users") == 3 + 2 + 1


def test_completions_are_what_moodle_says():
    found = by_key(read("completions"))
    assert found["course:2:user:4:course"].completion is True
    assert found["course:2:user:5:course"].completion is False
    assert found["course:2:user:6:cm:3"].overridden
    assert found["course:2:user:6:cm:1"].completion is None
    assert not any(key.startswith("course:4:") for key in found)


def test_a_course_without_completion_is_not_asked_about():
    asked = []
    read("completions", asked=asked)
    about = [a.form.get("courseid") for a in asked if a.form["wsfunction"] == COMPLETION]
    assert "4" not in about


def test_a_course_without_criteria_says_nothing():
    calls = changed(recording(), COMPLETION, lambda body: error("nocriteriaset"), courseid=2)
    found = read("completions", calls)
    assert "course:2:user:4:cm:1" in by_key(found)
    assert "course:2:user:4:course" not in by_key(found)
    assert not any(isinstance(record, Rejected) for record in found)


def test_every_attempt_is_read_oldest_first():
    found = [record.key for record in read("scorm_attempts") if ":sco:2:user:5:" in record.key]
    assert found == [f"scorm:1:sco:2:user:5:attempt:{number}" for number in (1, 2, 3)]


def test_a_first_read_does_not_ask_what_has_changed():
    asked = []
    for stream in ("completions", "scorm_attempts"):
        read(stream, asked=asked)
    assert "core_course_get_updates_since" not in functions(asked)


def test_a_later_read_asks_only_about_those_who_were_active():
    asked = []
    later = recording("full-sync-later")
    found = read("scorm_attempts", later, since=RECORDED_SINCE, asked=asked)
    assert {record.key.split(":")[5] for record in found} == {"6", "9"}
    assert len([one for one in asked if one.form["wsfunction"] == TRACKS]) == 12
    assert all(record.modified_at >= RECORDED_SINCE for record in found)


@pytest.mark.parametrize("stream", ["completions", "scorm_attempts"])
def test_a_first_read_and_a_later_one_give_together_what_a_complete_read_gives(stream):
    later = recording("full-sync-later")
    together = by_key(read(stream)) | by_key(read(stream, later, since=RECORDED_SINCE))
    assert together == by_key(read(stream, later))


def test_known_attempts_are_not_asked_for_again():
    calls = changed(
        recording("full-sync-later"),
        TRACKS,
        lambda body: {"data": {"attempt": 7, "tracks": _tracks(RECORDED_SINCE, -10)}},
        scoid=2,
        userid=6,
        attempt=0,
    )
    asked = []
    found = read("scorm_attempts", calls, since=RECORDED_SINCE, asked=asked)
    assert not any(":sco:2:user:6:" in record.key for record in found)
    about = [a.form for a in asked if a.form["wsfunction"] == TRACKS and a.form["scoid"] == "2"]
    assert [form["attempt"] for form in about] == ["0"]


def _tracks(moment, seconds):
    stamp = str(int((moment + timedelta(seconds=seconds)).timestamp()))
    return [
        {"element": "timemodified", "value": stamp},
        {"element": "cmi.core.lesson_status", "value": "passed"},
    ]


def test_separate_groups_are_read_whole():
    def separate(body):
        for course in body["courses"]:
            course["groupmode"] = 1
        return body

    later = recording("full-sync-later")
    calls = changed(later, "core_course_get_courses_by_field", separate)
    asked = []
    found = by_key(read("completions", calls, since=RECORDED_SINCE, asked=asked))
    assert found == by_key(read("completions", later))
    assert "core_course_get_updates_since" not in functions(asked)


def test_a_course_that_may_not_be_seen_is_set_aside_and_the_rest_is_read():
    calls = changed(
        recording(),
        "core_course_get_contents",
        lambda body: error("errorcoursecontextnotvalid", "Not valid"),
        courseid=2,
    )
    rejected, *rest = read("courses", calls)
    assert isinstance(rejected, Rejected)
    assert (rejected.key, rejected.code) == ("course:2:courses", "errorcoursecontextnotvalid")
    assert "Fire Safety 2026" in rejected.message
    assert [type(record) for record in rest] == [Course, Course]


def test_missing_rights_are_told_once_for_a_course():
    calls = changed(recording(), TRACKS, lambda body: error("nopermissions"), scoid=2)
    rejected = [r for r in read("scorm_attempts", calls) if isinstance(r, Rejected)]
    assert [r.key for r in rejected] == ["course:2:scorm_attempts"]


def test_a_refusal_that_nobody_knows_costs_one_record():
    calls = changed(recording(), TRACKS, lambda body: error("new"), scoid=2, userid=5, attempt=2)
    found = by_key(read("scorm_attempts", calls))
    assert found["scorm:1:sco:2:user:5:attempt:2"].code == "new"
    assert "scorm:1:sco:2:user:5:attempt:3" in found
    assert "scorm:2:sco:4:user:5:attempt:1" in found


def test_a_learner_who_left_meanwhile_is_passed_over():
    calls = changed(recording(), ACTIVITIES, lambda body: error("userdeleted"), userid=4)
    calls = changed(calls, COMPLETION, lambda body: error("usernotenroled"), userid=4, courseid=2)
    found = read("completions", calls)
    assert not any(key.startswith("course:2:user:4") for key in by_key(found))
    assert not any(isinstance(record, Rejected) for record in found)


@pytest.mark.parametrize(
    ("tracks", "code"),
    [
        ([{"element": "timemodified", "value": "soon"}], "bad_timestamp"),
        ("nothing", "missing_list"),
        ([{"element": "cmi.core.lesson_status"}], "bad_track"),
    ],
)
def test_an_attempt_that_makes_no_sense_is_set_aside_with_its_payload(tracks, code):
    broken = {"data": {"attempt": 3, "tracks": tracks}}
    calls = changed(recording(), TRACKS, lambda body: broken, scoid=2, userid=5, attempt=0)
    found = by_key(read("scorm_attempts", calls))
    rejected = found["scorm:1:sco:2:user:5:attempt:3"]
    assert (rejected.code, rejected.raw) == (code, broken)
    assert rejected.message
    assert "scorm:1:sco:2:user:5:attempt:2" in found


def test_a_participant_without_a_number_is_set_aside():
    def lose(body):
        del body[0]["id"]
        return body

    calls = changed(recording(), "core_enrol_get_enrolled_users", lose, courseid=4)
    rejected = [r for r in read("registrations", calls) if isinstance(r, Rejected)]
    assert [(r.code, r.pointer) for r in rejected] == [("missing_id", "id")]
    assert rejected[0].raw["username"] == "alice"
    assert all(isinstance(record, Person) for record in read("people", calls))


def test_a_package_of_an_unknown_version_is_set_aside_and_its_course_is_read():
    def age(body):
        body["scorms"][0]["version"] = "SCORM_0.9"
        return body

    calls = changed(recording(), "mod_scorm_get_scorms_by_courses", age)
    found = by_key(read("courses", calls))
    assert found["scorm:1"].code == "unknown_scorm_version"
    assert "course:2" in found


@pytest.mark.parametrize("stream", [stream.name for stream in Moodle.streams])
def test_a_token_that_expires_stops_every_stream(stream):
    with (
        serve_replay(recording(), token="another") as base_url,
        pytest.raises(NeedsAttention, match="refused the token"),
    ):
        list(moodle(base_url).read(stream, None, None))


def test_a_list_of_courses_that_is_missing_is_not_an_empty_site():
    calls = changed(recording(), "core_course_get_courses_by_field", lambda body: {"warnings": []})
    with pytest.raises((NeedsAttention, Unavailable), match="list of courses was not read"):
        read("courses", calls)


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"base_url": "moodle.example", "token": "t"}, "base_url"),
        ({"base_url": "ftp://moodle.example", "token": "t"}, "base_url"),
        ({"base_url": "https://moodle.example"}, "token"),
        ({"base_url": "https://moodle.example", "token": "a b"}, "token"),
        (
            {"base_url": "https://moodle.example", "token": "t", "student_roles": []},
            "student_roles",
        ),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(entered, field):
    with pytest.raises(ValidationError) as caught:
        Moodle.Config().load(entered)
    assert list(caught.value.messages) == [field]


def test_blanks_around_a_pasted_token_are_no_fault():
    entered = {"base_url": " https://moodle.example/lms/ ", "token": f" {TOKEN}\n"}
    assert Moodle.Config().load(entered)["token"] == TOKEN


def test_everything_that_is_seldom_needed_is_advanced():
    fields = Moodle.Config().fields
    assert [n for n, f in fields.items() if not f.metadata.get("advanced")] == ["base_url", "token"]
