"""One learner's transcript over all systems."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from hub.errors import NotFound
from hub.sources.service import add_source
from hub.transcript.cli import transcript
from hub.transcript.service import learner_of_email, search_learners, transcript_of

MARCH = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
NOW = MARCH + timedelta(days=90)


@pytest.fixture
def academy(hub, tmp_path):
    with hub.database.transaction() as session:
        return add_source(
            session, hub.keyring, connector_key="attendance_file", name="academy",
            values={"folder": str(tmp_path), "system_name": "Academy"},
        )  # fmt: skip


@pytest.fixture
def lea(add_learner, add_course, add_progress, academy):
    learner = add_learner("Léa", ("account", "https://m.example", "7"), ("mbox", "", "Lea@x.org"))
    sources = [f"source:{academy.id}"]
    add_progress(
        learner, add_course("Old"), status="completed", completed_at=MARCH, seconds=1800.0,
        satisfied_at=MARCH, valid_until=MARCH + timedelta(days=30), sources=sources,
        as_of=MARCH,
    )  # fmt: skip
    add_progress(
        learner, add_course("New"), status="in_progress", seconds=1800.0,
        started_at=MARCH + timedelta(days=60), sources=sources,
    )  # fmt: skip
    add_progress(learner, add_course("Planned"), status="registered")
    return learner


def test_courses_come_newest_first_with_what_their_date_means(hub, lea):
    with hub.database.reading() as session:
        found = transcript_of(session, lea, NOW)
    assert [(entry.title, entry.date_says) for entry in found.entries] == [
        ("New", "Started"),
        ("Old", "Completed"),
        ("Planned", ""),
    ]
    assert (found.completed, found.in_progress, found.hours) == (1, 1, "1.0")


def test_each_course_names_its_source_and_when_that_was(hub, lea):
    with hub.database.reading() as session:
        old = transcript_of(session, lea, NOW).entries[1]
    assert [(source.name, source.as_of) for source in old.sources] == [("academy", MARCH)]


def test_an_expiry_is_judged_by_the_instant_that_is_asked_for(hub, lea):
    with hub.database.reading() as session:
        before = transcript_of(session, lea, MARCH + timedelta(days=1)).entries[1]
        after = transcript_of(session, lea, NOW).entries[1]
    assert before.valid_until is not None
    assert before.notes == ()
    assert after.valid_until is None
    assert after.notes == ("No longer valid since 2 April 2026",)


def test_the_email_is_found_in_any_spelling_and_nothing_else_is(hub, lea):
    with hub.database.reading() as session:
        assert learner_of_email(session, "LEA@X.org").id == lea
        assert learner_of_email(session, "ea@x.org") is None
        assert learner_of_email(session, "7") is None


def test_a_merged_learner_shows_the_transcript_of_whom_it_became_part_of(hub, lea, add_learner):
    merged = add_learner("L. Martin", status="merged", merged_into=lea)
    with hub.database.reading() as session:
        assert transcript_of(session, merged, NOW).learner_id == lea
        assert [learner.id for learner, _ in search_learners(session, "", 10)] == [lea]


def test_an_unknown_learner_is_not_found(hub):
    with hub.database.reading() as session, pytest.raises(NotFound):
        transcript_of(session, uuid4(), NOW)


def test_the_command_prints_a_table_or_json(hub, lea):
    printed = CliRunner().invoke(transcript, ["lea@x.org"], obj=hub).output
    assert all(title in printed for title in ("Léa", "New", "Old", "Planned"))
    assert "1 completed, 1 in progress, 1.0 hours" in printed
    data = json.loads(CliRunner().invoke(transcript, ["lea@x.org", "--json"], obj=hub).output)
    assert [entry["title"] for entry in data["entries"]] == ["New", "Old", "Planned"]
    assert data["entries"][1]["status"] == "completed"


def test_on_80_columns_nothing_of_the_table_is_cut_off(hub, add_learner, add_course, add_progress):
    learner = add_learner("Léa", ("mbox", "", "lea@x.org"))
    with hub.database.transaction() as session:
        source = add_source(
            session, hub.keyring, connector_key="attendance_file", name="harbour-moodle",
            values={"folder": "/srv/exports", "system_name": "Harbour"},
        )  # fmt: skip
        sources = [f"source:{source.id}"]
    add_progress(
        learner, add_course("Extraordinarily long-winded introduction to evacuation"),
        status="completed", completed_at=MARCH, satisfied_at=MARCH, seconds=4800.0,
        score_raw=7, score_max=8, score_scaled=0.875, modality="instructor-led",
        sources=sources, as_of=MARCH, flags=["completed_but_failed"],
    )  # fmt: skip
    result = CliRunner(env={"COLUMNS": "80"}).invoke(transcript, ["lea@x.org"], obj=hub)
    assert "…" not in result.output
    assert all(len(line) <= 80 for line in result.output.splitlines())
    for words in ("Extraordinarily", "evacuation", "Classroom", "harbour-moodle", "1 h 20 min",
                  "Attended, not", "as of 3 March", "87.5 % (7 of 8)"):  # fmt: skip
        assert words in result.output
