"""The six learners of a recorded Moodle come out as they are."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from connectors.records import Identifier
from hub.catalog.models import Course
from hub.learners.service import find_learner
from hub.lrs.models import Statement
from hub.progress.models import Progress
from hub.progress.projector import rebuild
from hub.sources.service import change_source, get_source
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay
from tests.hub.pulling import add, pull

FIRE = "Fire Safety 2026"
GDPR = "Data Protection & GDPR"
S12 = "Fire extinguisher basics (SCORM 1.2)"
S2004 = "Evacuation drill (SCORM 2004)"
NINE = "GDPR in a nutshell (multi-SCO 1.2)"
PAGE = "Read the fire plan"


@dataclass
class Seen:
    courses: dict
    parts: dict


@pytest.fixture
def pulled(hub):
    with serve_replay(recording()) as address:
        source_id = add(hub, "moodle", "academy", base_url=address, token=TOKEN)
        run = pull(hub, source_id)
    assert run.state == "succeeded", run.message
    return hub


def moved_to(hub, address):
    """The academy answers at another address now; its source's id."""
    with hub.database.transaction() as session:
        source = get_source(session, "academy")
        change_source(session, hub.keyring, source, {"base_url": address, "token": ""})
        return source.id


def transcript(hub, email):
    """Progress rows of a person by course title, and their parts by title."""
    with hub.database.reading() as session:
        learner = find_learner(session, Identifier("mbox", email))
        rows = session.execute(
            select(Course.title, Progress)
            .join(Course, Course.id == Progress.course_id)
            .where(Progress.learner_id == learner.id)
        ).all()
    courses = dict(tuple(row) for row in rows)
    return Seen(courses, {p["title"]: p for row in courses.values() for p in row.parts})


def test_alice_passed_all(pulled):
    alice = transcript(pulled, "alice.anders@example.org")
    fire = alice.courses[FIRE]
    assert (fire.status, fire.completion, fire.success, fire.percent) == ("passed", True, True, 100)
    assert fire.flags.count("suspended") == 0
    assert alice.parts[S12]["status"] == "passed"
    assert alice.parts[S12]["score"] == {"scaled": 0.92, "raw": 92, "min": 0, "max": 100}
    assert alice.parts[S2004]["status"] == "passed"
    assert alice.parts[S2004]["seconds"] == 450
    assert alice.courses[GDPR].status == "completed"
    assert [part["status"] for part in alice.parts[NINE]["parts"]] == ["completed"] * 9


def test_bob_failed_twice_tries_again_and_passed_the_other(pulled):
    bob = transcript(pulled, "bob.bjork@example.org")
    first = bob.parts[S12]
    assert (first["status"], first["attempts"], first["last_result"]) == (
        "in_progress",
        3,
        "failed",
    )
    assert first["completion"] is None
    second = bob.parts[S2004]
    assert (second["status"], second["attempts"]) == ("passed", 2)
    assert second["score"]["raw"] == 90
    assert bob.courses[FIRE].status == "in_progress"
    assert bob.courses[FIRE].satisfied_at is None


def test_carol_never_launched_and_her_page_was_set_by_an_admin(pulled):
    carol = transcript(pulled, "carol.cho@example.org")
    assert carol.courses[FIRE].status == "registered"
    assert carol.courses[FIRE].started_at is None
    assert carol.parts[S12]["status"] == carol.parts[S2004]["status"] == "not_started"
    assert carol.parts[PAGE]["status"] == "completed"
    assert carol.parts[PAGE]["flags"] == ["overridden"]


def test_dave_passed_and_is_suspended(pulled):
    dave = transcript(pulled, "dave.dunn@example.org")
    assert dave.parts[S12]["status"] == "passed"
    assert dave.parts[S12]["score"]["raw"] == 77
    assert "suspended" in dave.courses[FIRE].flags


def test_erin_completed_without_a_score_and_did_four_parts_of_nine(pulled):
    erin = transcript(pulled, "erin@partner.example.net")
    assert erin.parts[S12]["status"] == "completed"
    assert erin.parts[S12]["score"] is None
    nine = erin.parts[NINE]["parts"]
    assert len(nine) == 9
    assert len([part for part in nine if part["seconds"]]) == 4
    assert [part["title"] for part in nine if part["completion"]] == ["How to Play", "Par?"]
    assert erin.courses[GDPR].status == "in_progress"


def test_frank_only_looked(pulled):
    frank = transcript(pulled, "frank.fox@example.org")
    gdpr = frank.courses[GDPR]
    assert (gdpr.status, gdpr.completion, gdpr.success) == ("registered", None, None)
    assert gdpr.started_at is None
    assert {part["status"] for part in frank.parts[NINE]["parts"]} == {"not_started"}


def test_a_second_pull_stores_nothing_and_says_so(pulled):
    with pulled.database.reading() as session:
        before = session.scalars(select(func.count()).select_from(Statement)).one()
    with serve_replay(recording()) as address:
        run = pull(pulled, moved_to(pulled, address), full=True)
    assert run.counts["statements"] == run.counts["voided"] == 0
    assert run.counts["fetched"] == run.counts["unchanged"] > 0
    assert run.message == "Nothing new: 0 statements stored."
    with pulled.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Statement)).one() == before


def test_later_the_same_people_have_moved_on(pulled):
    with serve_replay(recording("full-sync-later")) as address:
        run = pull(pulled, moved_to(pulled, address), full=True)
    assert run.state == "succeeded"
    carol = transcript(pulled, "carol.cho@example.org")
    assert carol.parts[S12]["status"] == "passed"
    assert carol.parts[S12]["attempts"] == 2
    assert carol.parts[S2004]["status"] == "passed"
    assert carol.courses[FIRE].status == "passed"
    frank = transcript(pulled, "frank.fox@example.org")
    assert {part["status"] for part in frank.parts[NINE]["parts"]} == {"completed"}


def test_a_rebuild_gives_the_same_table(pulled):
    rebuilt = rebuild(pulled.database)
    assert rebuilt.keys > 5
    assert rebuilt.different == ()
