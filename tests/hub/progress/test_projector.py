"""Progress rows follow the statements: in any order, after a crash, with projectors side by side."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from connectors import records as r
from hub.catalog.models import Course
from hub.learners.models import Learner
from hub.learners.service import find_learner, note_account
from hub.lrs.touching import touch_learner
from hub.progress import projector
from hub.progress import waiting as projecting_order
from hub.progress.gathering import gather
from hub.progress.models import Progress
from hub.progress.projector import all_keys, catch_up, project_some, rebuild, record_of
from hub.runs.pull import normalized
from hub.runs.statements import Origin
from hub.runs.take_in import Normalized, PageWriter
from hub.touched import Touched
from tests.hub.progress.histories import World, history
from tests.hub.progress.saying import day
from xapi import vocabulary as v


@pytest.fixture
def world(hub):
    return World(hub, "earth")


def all_rows(hub):
    with hub.database.reading() as session:
        return list(session.scalars(select(Progress)))


def touched(hub):
    with hub.database.reading() as session:
        return list(session.scalars(select(Touched)))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_any_order_gives_the_same_rows_and_a_rebuild_changes_none(hub, seed):
    tables = []
    for name in ("one-world", "another-world"):
        world, random = World(hub, name), Random(f"{seed}{name}")
        deeds = history(world, Random(seed))
        if tables:
            random.shuffle(deeds)
        for deed in deeds:
            deed()
            if random.random() < 0.3:
                catch_up(hub.database)
        catch_up(hub.database)
        tables.append(world.rows())

    assert tables[0] == tables[1]
    assert any(rows for rows in tables[0].values())
    assert rebuild(hub.database).different == ()


def test_a_merge_takes_the_rows_of_the_absorbed_learner_away(hub, world):
    world.put(world.statement(0, v.REGISTERED, "course", world.agent("ada", "mbox")))
    world.put(world.statement(1, v.PASSED, "course", world.agent("ada", "account")))
    catch_up(hub.database)
    assert sorted(row.status for row in all_rows(hub)) == ["passed", "registered"]

    world.same("ada")
    catch_up(hub.database)

    (row,) = all_rows(hub)
    assert (row.status, row.registered_at, row.evidence_count) == ("passed", day(0), 2)
    with hub.database.reading() as session:
        assert session.get(Learner, row.learner_id).status == "active"


def test_voiding_all_that_was_said_leaves_no_row(hub, world):
    said = world.statement(0, v.PASSED, "course", world.agent("ada", "mbox"))
    world.put(said)
    catch_up(hub.database)
    assert len(all_rows(hub)) == 1

    world.put(world.void(0, said))
    catch_up(hub.database)
    assert all_rows(hub) == []


def test_a_row_moves_only_when_something_has_changed(hub, world):
    world.put(world.statement(0, v.PASSED, "course", world.agent("ada", "mbox")))
    catch_up(hub.database)
    (before,) = all_rows(hub)
    with hub.database.transaction() as session:
        touch_learner(session, before.learner_id)
    assert catch_up(hub.database) == 1
    assert all_rows(hub)[0].updated_at == before.updated_at

    world.put(world.statement(1, v.FAILED, "course", world.agent("ada", "mbox")))
    catch_up(hub.database)
    (after,) = all_rows(hub)
    assert after.updated_at > before.updated_at
    assert (after.status, after.last_result) == ("passed", "failed")


def test_many_keys_at_once_are_what_each_is_alone(hub):
    for name in ("one-world", "another-world"):
        for deed in history(World(hub, name), Random(5)):
            deed()
    with hub.database.reading() as session:
        keys = sorted(all_keys(session), key=str)
        together = gather(session, keys).records
        alone = {key: record_of(session, key) for key in keys}

    assert len(together) > 2
    assert {key: record for key, record in alone.items() if record} == together


class PowerCut(Exception):
    pass


def test_a_crash_between_the_rows_and_the_clearing_loses_nothing(hub, world, monkeypatch):
    world.put(world.statement(0, v.PASSED, "course", world.agent("ada", "mbox")))
    world.put(world.statement(1, v.PASSED, "course", world.agent("bo", "mbox")))

    def cut_after(step):
        def cut(*arguments):
            step(*arguments)
            raise PowerCut

        return cut

    with monkeypatch.context() as patch:
        patch.setattr(projector, "write_rows", cut_after(projector.write_rows))
        with pytest.raises(PowerCut):
            project_some(hub.database)
    assert len({row.learner_id for row in touched(hub)}) == 2
    assert all_rows(hub) == []

    assert catch_up(hub.database) == 2
    assert touched(hub) == []
    assert [row.status for row in all_rows(hub)] == ["passed", "passed"]


def test_a_round_clears_all_touches_of_the_oldest_keys(hub, world, monkeypatch):
    monkeypatch.setattr(projecting_order, "KEYS_PER_ROUND", 2)
    for number, person in enumerate(["ada", "bo", "ada", "cy", "ada"]):
        world.put(world.statement(number, v.PASSED, "course", world.agent(person, "mbox")))

    assert project_some(hub.database) == 2
    (left,) = {row.learner_id for row in touched(hub)}
    with hub.database.reading() as session:
        assert left == find_learner(session, world.mbox("cy")).id
    catch_up(hub.database)
    assert touched(hub) == []
    assert len(all_rows(hub)) == 3


def test_two_projectors_beside_each_other_make_the_same_table(hub, monkeypatch):
    monkeypatch.setattr(projecting_order, "KEYS_PER_ROUND", 3)
    worlds = [World(hub, name) for name in ("alone", "beside")]
    for deed in history(worlds[0], Random(7)):
        deed()
    catch_up(hub.database)

    def work(_):
        return catch_up(hub.database)

    with ThreadPoolExecutor(2) as pool:
        for deed in history(worlds[1], Random(7)):
            waiting = [pool.submit(work, n) for n in range(2)]
            deed()
            for one in waiting:
                one.result()
    catch_up(hub.database)

    assert worlds[0].rows() == worlds[1].rows()
    assert touched(hub) == []
    assert rebuild(hub.database).different == ()


def test_a_suspended_account_is_flagged_where_its_source_spoke(hub, world):
    source_id = uuid4()
    origin = Origin(uuid4(), source_id, "files", "Files")
    tell(hub, origin, completed(world, at=1))
    catch_up(hub.database)
    assert all_rows(hub)[0].flags == []

    for active, flags in ((False, ["suspended"]), (True, [])):
        with hub.database.transaction() as session:
            changed = note_account(
                session,
                source_id=source_id,
                key="ada",
                identifier=world.account("ada"),
                name=None,
                active=active,
            )
            assert changed
            learner = find_learner(session, world.account("ada"))
            touch_learner(session, learner.id)
        catch_up(hub.database)
        assert all_rows(hub)[0].flags == flags


def completed(world, *, at, completion=True, course="course", success=None):
    ref = r.ActivityRef(world.iri(course), r.ActivityKind.COURSE, course)
    return r.Completion(
        key="ada",
        modified_at=day(at),
        person=r.PersonRef((world.account("ada"),)),
        course=ref,
        activity=ref,
        completion=completion,
        success=success,
        completed_at=day(at) if completion else None,
    )


def tell(hub, origin, record):
    with hub.database.transaction() as session:
        writer = PageWriter(session, origin, "completions")
        return writer.write([normalized(record, origin, now=day(50))])


def test_only_the_newest_version_of_a_fact_counts(hub, world):
    origin = Origin(uuid4(), uuid4(), "files", "Files")
    for at, completion, status in ((1, True, "completed"), (2, False, "not_started")):
        tell(hub, origin, completed(world, at=at, completion=completion))
        catch_up(hub.database)
        (row,) = all_rows(hub)
        assert (row.status, row.completion, row.evidence_count) == (status, completion, 1)
    assert row.satisfied_at is None
    assert rebuild(hub.database).different == ()


def test_a_fact_that_the_source_no_longer_states_brings_no_older_version_back(hub, world):
    origin = Origin(uuid4(), uuid4(), "files", "Files")
    tell(hub, origin, completed(world, at=1))
    tell(hub, origin, completed(world, at=2))
    gone = completed(world, at=3)
    with hub.database.transaction() as session:
        PageWriter(session, origin, "completions").write([Normalized(gone, (), "gone")])
    catch_up(hub.database)

    assert all_rows(hub) == []


def test_a_fact_that_has_moved_to_another_course_is_not_left_in_the_first(hub, world):
    origin = Origin(uuid4(), uuid4(), "files", "Files")
    tell(hub, origin, completed(world, at=1, course="first"))
    tell(hub, origin, completed(world, at=2, course="second"))
    catch_up(hub.database)
    rebuild(hub.database)

    with hub.database.reading() as session:
        titles = session.scalars(
            select(Course.title).join(Progress, Progress.course_id == Course.id)
        ).all()
    assert titles == ["second"]


def test_a_rebuild_finds_what_was_changed_behind_its_back(hub, world):
    world.put(world.statement(0, v.PASSED, "course", world.agent("ada", "mbox")))
    catch_up(hub.database)
    with hub.database.transaction() as session:
        row = session.scalars(select(Progress)).one()
        row.status, row.satisfied_at = "failed", day(0) + timedelta(days=9)

    found = rebuild(hub.database)
    assert (found.keys, len(found.different)) == (1, 1)
    assert all_rows(hub)[0].status == "passed"
