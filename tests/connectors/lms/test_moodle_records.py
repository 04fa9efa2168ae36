"""Moodle's answers as records: both recorded versions, and whatever else may arrive."""

from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadRecord
from connectors.lms import moodle_records as records
from connectors.lms.moodle_records import Site
from connectors.lms.moodle_values import instant, is_student, title, whole
from connectors.records import Identifier
from tests.connectors.moodle_replay import sample

SITE = Site("https://moodle.example/lms")
COURSE = SITE.course({"id": 2, "fullname": "Fire Safety 2026"})
ALICE = {"id": 4, "fullname": "Alice Anders"}
both_versions = pytest.mark.parametrize("version", ["4.3", "4.5"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def package(version, number):
    return sample("09-scorms_by_courses", version)["scorms"][number]


def scos_of(version, number, name):
    return records.scos(SITE, package(version, number), sample(name, version))


@both_versions
def test_a_person_has_every_name_that_moodle_gives(version):
    alice, _, carol = sample("05-enrolled_users_fire", version)[:3]
    assert SITE.person(alice).identifiers == (
        Identifier("account", "4", "https://moodle.example/lms"),
        Identifier("mbox", "alice.anders@example.org"),
        Identifier("employee_id", "E1001"),
    )
    assert SITE.person(alice).name == "Alice Anders"
    assert "employee_id" not in {name.kind for name in SITE.person(carol).identifiers}


def test_a_user_name_is_an_account_where_the_site_pushes_it():
    site = Site("https://moodle.example", "https://people.example")
    names = site.person({"id": 4, "username": "alice"}).identifiers
    assert names[1] == Identifier("account", "alice", "https://people.example")


@pytest.mark.parametrize("mail", ["", "nobody", "a@b@c", "a b@c", "Alice <a@b.example>"])
def test_what_is_no_address_is_no_mbox(mail):
    assert [name.kind for name in SITE.person({"id": 4, "email": mail}).identifiers] == ["account"]


@both_versions
def test_only_what_can_be_launched_and_tracked_is_a_sco(version):
    found = scos_of(version, 2, "10c-scorm_scoes_multi")
    assert [sco.sco_id for sco in found] == [7, 8, 9, 10, 11, 12, 14, 15, 16]
    assert found[0].activity.iri == "https://moodle.example/lms/mod/scorm/view.php?id=4#sco-7"
    assert found[0].activity.title == "How to Play"


@both_versions
def test_an_attempt_holds_the_run_time_data_as_text(version):
    (sco,) = scos_of(version, 0, "10-scorm_scoes_s12")
    found = records.attempt(SITE, COURSE, sco, ALICE, sample("11-sco_tracks_s12_alice", version))
    assert found.key == "scorm:1:sco:2:user:4:attempt:1"
    assert found.version == "1.2"
    assert found.cmi["cmi.core.lesson_status"] == "passed"
    assert found.cmi["cmi.core.score.raw"] == "92"
    assert all(name.startswith("cmi.") and isinstance(v, str) for name, v in found.cmi.items())
    assert found.started_at is not None
    assert found.modified_at is not None
    assert found.module.iri == "https://moodle.example/lms/mod/scorm/view.php?id=1"


@both_versions
def test_a_2004_attempt_keeps_completion_and_success_apart(version):
    (sco,) = scos_of(version, 1, "10b-scorm_scoes_s2004")
    reply = sample("11g-sco_tracks_s2004_bob_attempt1_failed", version)
    found = records.attempt(SITE, COURSE, sco, {"id": 5}, reply)
    assert found.version == "2004"
    assert found.cmi["cmi.completion_status"] == "completed"
    assert found.cmi["cmi.success_status"] == "failed"


@both_versions
def test_what_was_never_attempted_is_no_attempt(version):
    (sco,) = scos_of(version, 0, "10-scorm_scoes_s12")
    reply = sample("11d-sco_tracks_s12_carol_notattempted", version)
    assert records.attempt(SITE, COURSE, sco, {"id": 6}, reply) is None


@both_versions
def test_module_completion_is_read(version):
    rows = sample("07-activities_completion_fire_alice", version)["statuses"]
    found = [records.module_completion(SITE, COURSE, 2, ALICE, row) for row in rows]
    assert [(f.completion, f.success) for f in found] == [(True, None), (True, None), (None, None)]
    assert found[0].completed_at is not None
    assert found[2].completed_at is None
    assert [f.key for f in found] == [f"course:2:user:4:cm:{n}" for n in (1, 2, 3)]


@both_versions
def test_a_mark_set_by_a_teacher_is_overridden(version):
    rows = sample("07-activities_completion_fire_carol", version)["statuses"]
    found = [records.module_completion(SITE, COURSE, 2, {"id": 6}, row) for row in rows]
    assert [f.overridden for f in found] == [False, False, True]


@pytest.mark.parametrize(
    ("state", "completion", "success"),
    [(0, None, None), (1, True, None), (2, True, True), (3, True, False), (4, True, False)],
)
def test_each_state_of_a_module_says_two_things(state, completion, success):
    row = {"cmid": 1, "modname": "quiz", "state": state, "timecompleted": 1795457381}
    found = records.module_completion(SITE, COURSE, 2, ALICE, row)
    assert (found.completion, found.success) == (completion, success)
    assert (found.completed_at is not None) == (completion is True)


def test_an_unknown_state_is_set_aside():
    with pytest.raises(BadRecord) as caught:
        records.module_completion(SITE, COURSE, 2, ALICE, {"cmid": 1, "state": 9})
    assert (caught.value.code, caught.value.pointer) == ("unknown_state", "state")


@both_versions
def test_a_course_is_complete_when_its_last_criterion_is(version):
    status = sample("08-course_completion_fire_alice", version)["completionstatus"]
    found = records.course_completion(SITE, COURSE, 2, ALICE, status)
    times = [row["timecompleted"] for row in status["completions"]]
    assert found.completion is True
    assert found.completed_at == datetime.fromtimestamp(max(times), UTC)


def test_a_course_is_complete_when_its_first_criterion_is_where_any_is_enough():
    rows = [{"timecompleted": 200}, {"timecompleted": 100}, {"timecompleted": None}]
    status = {"completed": True, "aggregation": 2, "completions": rows}
    found = records.course_completion(SITE, COURSE, 2, ALICE, status)
    assert found.completed_at == datetime.fromtimestamp(100, UTC)


@both_versions
def test_a_course_with_criteria_can_be_not_completed(version):
    status = sample("08-course_completion_fire_bob", version)["completionstatus"]
    found = records.course_completion(SITE, COURSE, 2, {"id": 5}, status)
    assert (found.completion, found.completed_at) == (False, None)


def test_a_course_without_criteria_says_nothing():
    status = {"completed": False, "aggregation": 1, "completions": []}
    assert records.course_completion(SITE, COURSE, 2, ALICE, status) is None


@both_versions
def test_the_modules_that_count_are_found_in_the_criteria(version):
    status = sample("08-course_completion_fire_bob", version)["completionstatus"]
    assert records.required_modules(status) == {1: True, 2: True}
    assert records.required_modules({**status, "aggregation": 2}) == {1: None, 2: None}
    assert records.required_modules(None) is None


@both_versions
def test_a_course_has_its_packages_scos_and_tracked_modules_as_parts(version):
    row = sample("03-courses_by_field_all", version)["courses"][1]
    modules = [m for s in sample("04-course_contents_fire", version) for m in s["modules"]]
    lessons = scos_of(version, 0, "10-scorm_scoes_s12")
    status = sample("08-course_completion_fire_bob", version)["completionstatus"]
    found = records.course(
        SITE, row, modules=modules, lessons=lessons, status=status, id_number="CRS-FIRE-26"
    )
    assert (found.key, found.code) == ("course:2", "CRS-FIRE-26")
    base = "https://moodle.example/lms"
    assert [(p.activity.iri, p.parent, p.required) for p in found.parts] == [
        (f"{base}/mod/scorm/view.php?id=1", found.course.iri, True),
        (f"{base}/mod/scorm/view.php?id=1#sco-2", f"{base}/mod/scorm/view.php?id=1", None),
        (f"{base}/mod/scorm/view.php?id=2", found.course.iri, True),
        (f"{base}/mod/page/view.php?id=3", found.course.iri, False),
    ]


def test_a_package_of_an_unknown_version_is_set_aside():
    with pytest.raises(BadRecord) as caught:
        records.scos(SITE, {"id": 1, "name": "Old", "version": "SCORM_0.9"}, {"scoes": []})
    assert caught.value.code == "unknown_scorm_version"


@pytest.mark.parametrize("value", [None, "", 0, "0"])
def test_no_time_is_no_time(value):
    assert instant(value, "x") is None


@pytest.mark.parametrize("value", ["yesterday", [], {}, True, 10**30, "1e9"])
def test_what_is_no_time_is_set_aside(value):
    with pytest.raises(BadRecord) as caught:
        instant(value, "timemodified")
    assert (caught.value.code, caught.value.pointer) == ("bad_timestamp", "timemodified")


@given(json_values)
def test_any_value_is_a_number_or_set_aside(value):
    for row in (value, {"id": value}):
        with suppress(BadRecord):
            assert isinstance(whole(row, "id"), int)


@given(json_values)
def test_any_roles_can_be_looked_at(value):
    assert is_student({"roles": value}, ["student"]) is False


@given(json_values)
def test_any_tracks_give_an_attempt_or_are_set_aside(value):
    (sco,) = scos_of("4.5", 0, "10-scorm_scoes_s12")
    for reply in ({"data": value}, {"data": {"attempt": 1, "tracks": value}}):
        with suppress(BadRecord):
            found = records.attempt(SITE, COURSE, sco, ALICE, reply)
            assert found is None or found.attempt == 1


STATUS = sample("08-course_completion_fire_alice")["completionstatus"]
MODULES = [m for s in sample("04-course_contents_fire") for m in s["modules"]]
READERS = {
    "person": (lambda row: records.person(SITE, row), sample("06-users_by_field_id")[0]),
    "registration": (
        lambda row: records.registration(SITE, COURSE, 2, row),
        sample("05-enrolled_users_fire")[0],
    ),
    "module": (
        lambda row: records.module_completion(SITE, COURSE, 2, ALICE, row),
        sample("07-activities_completion_fire_alice")["statuses"][0],
    ),
    "status": (lambda row: records.course_completion(SITE, COURSE, 2, ALICE, row), STATUS),
    "criteria": (records.required_modules, STATUS),
    "scos": (
        lambda row: records.scos(SITE, package("4.5", 0), row),
        sample("10-scorm_scoes_s12"),
    ),
    "package": (
        lambda row: records.scos(SITE, row, sample("10-scorm_scoes_s12")),
        package("4.5", 0),
    ),
    "modules": (
        lambda row: records.course(
            SITE, {"id": 2}, modules=[row], lessons=[], status=STATUS, id_number=None
        ),
        MODULES[0],
    ),
}


def places(value, path=()):
    """Every place inside a JSON value."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(inner, (*path, key))


@pytest.mark.parametrize("reader", READERS)
@given(st.data())
def test_whatever_is_wrong_in_an_answer_is_set_aside_and_never_a_crash(reader, data):
    read, good = READERS[reader]
    broken = deepcopy(good)
    *way, last = data.draw(st.sampled_from(list(places(broken))))
    inner = broken
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(json_values)
    with suppress(BadRecord):
        read(broken)


def test_a_title_is_left_as_it_is():
    assert title({"name": " R&amp;D "}, "name") == "R&amp;D"
