"""The demo's world: reproducible, bounded, and moving on by later changes alone."""

from datetime import datetime, timedelta

import pytest

from hub.demo.arlo_world import ticks
from hub.demo.attendance_export import HEADER, attendance_csv, write_attendance_export
from hub.demo.people import KnownTo
from hub.demo.scenario import BadScenario, load_scenario
from hub.demo.world import LAST_STEP, world
from tests.hub.demo.conftest import NOW


@pytest.fixture(scope="module", params=range(3))
def two_steps(request, scenario):
    step = request.param
    return world(scenario, now=NOW, step=step), world(scenario, now=NOW, step=step + 1)


def test_the_same_arguments_give_the_same_world(scenario, demo_world):
    assert world(scenario, now=NOW) == demo_world


def test_nothing_has_happened_after_the_reference_instant(demo_world):
    now = ticks(NOW)
    assert max(track.modified for track in demo_world.moodle.tracks) <= NOW.timestamp()
    assert all(row.created <= row.modified <= now for row in demo_world.arlo.registrations)


def test_a_step_adds_tracks_and_changes_none(two_steps):
    before, after = (one.moodle.tracks for one in two_steps)
    assert after[: len(before)] == before
    assert all(track.modified > two_steps[0].now.timestamp() for track in after[len(before) :])


def test_what_a_step_changes_in_arlo_has_a_later_modified_time(two_steps):
    before = {row.id: row for row in two_steps[0].arlo.registrations}
    changed = [row for row in two_steps[1].arlo.registrations if before.get(row.id) != row]
    assert changed
    assert all(row.modified >= ticks(two_steps[1].now) for row in changed)


def test_a_step_takes_back_a_mark(two_steps):
    before = {row.id: row.attendance for row in two_steps[0].arlo.registrations}
    after = two_steps[1].arlo.registrations
    assert [
        row for row in after if (before.get(row.id), row.attendance) == ("Attended", "DidNotAttend")
    ]


def test_a_step_brings_one_person_to_both_systems(two_steps):
    before, after = two_steps
    newcomer = after.people[-1]
    assert newcomer not in before.people
    assert after.moodle.users[-1].email == newcomer.moodle_email
    assert after.arlo.contacts[-1].email.lower() == newcomer.moodle_email


def test_the_steps_happen_when_the_caller_says(scenario):
    at = NOW + timedelta(days=9)
    moved = world(scenario, now=NOW, step=1, moved_at=[at])
    assert moved.now == at
    assert moved.moodle.tracks[-1].modified == int(at.timestamp())


def test_the_world_stands_still_in_the_end(scenario):
    assert world(scenario, now=NOW, step=LAST_STEP + 5) == world(scenario, now=NOW, step=LAST_STEP)


def test_ids_are_unique(scenario):
    late = world(scenario, now=NOW, step=LAST_STEP)
    for rows in (
        late.moodle.users,
        late.moodle.tracks,
        late.arlo.contacts,
        late.arlo.registrations,
        late.arlo.session_registrations,
    ):
        assert len({row.id for row in rows}) == len(rows)


@pytest.mark.parametrize(
    "arguments",
    [
        {"now": NOW, "step": -1},
        {"now": datetime(2026, 1, 1)},  # noqa: DTZ001 - the refused one
        {"now": NOW, "step": 1, "moved_at": [NOW - timedelta(days=1)]},
    ],
)
def test_a_step_or_an_instant_that_makes_no_sense_is_refused(scenario, arguments):
    with pytest.raises(ValueError, match=r"step|aware"):
        world(scenario, **arguments)


def test_most_people_are_in_both_systems_and_some_in_one(demo_world):
    known = [person.known_to for person in demo_world.people]
    assert known.count(KnownTo.BOTH) == 40
    assert known.count(KnownTo.MOODLE) == known.count(KnownTo.ARLO) == 3


def test_only_reserved_addresses_are_used(scenario):
    late = world(scenario, now=NOW, step=LAST_STEP)
    addresses = [one.moodle_email for one in late.people]
    addresses += [contact.email for contact in late.arlo.contacts if contact.email]
    domains = {address.partition("@")[2].lower() for address in addresses}
    assert domains == {"example.org", "example.com"}


def test_the_export_is_a_file_as_a_spreadsheet_would_save_it(demo_world, tmp_path):
    path = tmp_path / "attendance.csv"
    write_attendance_export(demo_world.attendance, path)
    content = path.read_bytes()
    assert content == attendance_csv(demo_world.attendance)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[0].split(";") == list(HEADER)
    assert sum("31/02/2026" in line for line in lines) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["attendance.csv"]


def test_a_scenario_with_a_missing_entry_names_it(tmp_path):
    path = tmp_path / "demo.toml"
    path.write_text('organisation = "X"\nseed = 1\n')
    with pytest.raises(BadScenario, match="people is missing"):
        load_scenario(path)
