"""The three systems of the demo, pulled for real: nothing lost, nothing twice."""

import json

import pytest
from sqlalchemy import func, select

from hub.lrs.models import Statement
from hub.progress.models import Progress
from hub.progress.projector import rebuild
from hub.runs.counts import Counts
from hub.runs.models import SourceRecord
from xapi import vocabulary as v
from xapi.validate import validate

ONE_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def size(hub, table=Statement):
    with hub.database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def statements(hub):
    with hub.database.reading() as session:
        return {row.id: json.loads(row.payload) for row in session.scalars(select(Statement)).all()}


def progress(hub):
    """What every learner has to show, but for when it was last computed."""
    with hub.database.reading() as session:
        return {
            (row.learner_id, row.course_id): (row.status, row.completion, row.success, row.percent)
            for row in session.scalars(select(Progress))
        }


def test_what_was_pulled_twice_is_there_once(hub, demo):
    first, second = demo.pulled(0, rounds=2)

    for name, run in first.items():
        assert run.state.startswith("succeeded"), (name, run.message)
        assert Counts.read(run.counts).add_up
        assert run.counts["statements"] > 0
    assert size(hub) == sum(run.counts["statements"] for run in first.values())
    for name, run in second.items():
        assert run.message.startswith("Nothing new: 0 statements stored."), (name, run.message)
        assert run.counts["fetched"] == run.counts["unchanged"] + run.counts["rejected"], name
        assert Counts.read(run.counts).add_up


def test_what_has_moved_on_is_found_by_what_changed_alone(hub, demo):
    demo.pulled(0)
    before = size(hub)
    (changed,) = demo.pulled(1)
    found = {name: run.counts["statements"] for name, run in changed.items()}
    after, shown = size(hub), progress(hub)

    assert all(found.values()), found
    assert after - before == sum(
        run.counts["statements"] + run.counts["voided"] for run in changed.values()
    )
    (everything,) = demo.pulled(1, full=True)
    assert {name: run.counts["statements"] for name, run in everything.items()} == dict.fromkeys(
        found, 0
    )
    assert size(hub) == after
    assert progress(hub) == shown
    rebuilt = rebuild(hub.database)
    assert rebuilt.different == ()


@ONE_SQLITE
def test_a_world_seen_step_by_step_looks_like_one_seen_at_the_end(hub, demo, keyring, tmp_path):
    from hub.database import Database
    from hub.deployment import found_deployment
    from hub.extensions import Hub
    from hub.migrations import upgrade

    for step in range(4):
        demo.pulled(step)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other.engine)
    with other.transaction() as session:
        found_deployment(session)
    late = type(demo)(Hub(hub.settings, other, keyring), tmp_path)
    late.state, late.scenario = demo.state, demo.scenario
    late.pulled(3)

    assert words(hub) == words(late.hub)
    other.dispose()


def words(hub):
    """Every status by person and course, in words that are the same in every deployment."""
    from hub.catalog.models import Course
    from hub.learners.models import Learner

    with hub.database.reading() as session:
        rows = session.execute(
            select(Learner.name, Course.title, Progress.status, Progress.completion)
            .join(Progress, Progress.learner_id == Learner.id)
            .join(Course, Course.id == Progress.course_id)
        ).all()
    return sorted((str(name), title, status, str(done)) for name, title, status, done in rows)


@ONE_SQLITE
def test_every_statement_is_valid_and_names_the_record_that_it_comes_from(hub, demo):
    for step in range(2):
        demo.pulled(step)
    with hub.database.reading() as session:
        keys = set(session.scalars(select(SourceRecord.record_key)))
    stored = statements(hub)
    for body in stored.values():
        assert validate(body) == []
        if body["verb"]["id"] != v.VOIDED.id:
            source = body["context"]["extensions"][v.EXT_SOURCE]
            assert source["native"] in keys
            assert source["connector"] in {"moodle", "arlo", "attendance_file"}
    voids = [body for body in stored.values() if body["verb"]["id"] == v.VOIDED.id]
    assert voids
    assert all(body["object"]["objectType"] == "StatementRef" for body in voids)
    with hub.database.reading() as session:
        voided = set(session.scalars(select(Statement.id).where(Statement.voided)))
    assert {body["object"]["id"] for body in voids} == {str(found) for found in voided}
