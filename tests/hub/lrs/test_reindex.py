"""Keys are made again from what the statements say: after a loss, and for an older database."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from sqlalchemy import delete, make_url, select, text

import hub.migrations
from hub.accounts.models import AuditEntry
from hub.app import create_app, prepare_hub
from hub.catalog.models import Activity
from hub.database import UtcDateTime, make_engine
from hub.findable import findable
from hub.lrs import payload
from hub.lrs.cli import statements
from hub.lrs.models import ReferenceKey, Statement, StatementKey, Verb
from hub.lrs.prepare import prepare
from hub.lrs.reindex import is_done, reindex
from tests.hub.lrs.rules.asking import (
    agent,
    bystander,
    group,
    person,
    reference,
    referring,
    sub_statement,
)
from tests.hub.lrs.speaking import VOIDED, open_door, statement, voiding

COURSE = "https://lms.example.org/course/1"
FAILED = "http://adlnet.gov/expapi/verbs/failed"
LONG = "https://lms.example.org/" + "long/" * 300
REGISTRATION = "0b5f2d1c-52b4-4a3c-8a5e-1a2b3c4d5e6f"
QUERIES = (
    {"agent": agent("bo")},
    {"verb": FAILED},
    {"activity": COURSE},
    {"registration": REGISTRATION},
    {"agent": agent("ina"), "related_agents": "true"},
    {"activity": COURSE + "/all", "related_activities": "true"},
    {"agent": agent("bo"), "verb": FAILED, "activity": COURSE, "registration": REGISTRATION},
    {"agent": agent("ina")},
    {},
)


def everything():
    """Statements with all that filters look at, chains, a ring, a voiding, and bystanders."""
    target = bystander(
        actor=person("bo"),
        verb={"id": FAILED},
        object={"id": COURSE},
        context={
            "registration": REGISTRATION,
            "instructor": person("ina"),
            "contextActivities": {"parent": [{"id": COURSE + "/all"}]},
        },
    )
    middle = referring(target["id"])
    last = referring(middle["id"], verb={"id": FAILED})
    one, other = bystander(), bystander()
    one["object"], other["object"] = reference(other["id"]), reference(one["id"])
    wrong = bystander(actor=group("bo", "ina"), id=str(uuid4()))
    return [
        last,
        bystander(object=sub_statement(actor=person("ina"), object={"id": COURSE})),
        target,
        one,
        wrong,
        middle,
        voiding(wrong["id"]),
        referring(uuid4()),
        {**other, "verb": {"id": FAILED}},
        bystander(),
    ]


def found(door):
    return [door.find(**query) for query in QUERIES]


def keys(hub):
    with hub.database.reading() as session:
        return [
            sorted(tuple(row) for row in session.execute(select(*table.__table__.columns)))
            for table in (StatementKey, ReferenceKey)
        ]


def lose_keys(hub, *conditions):
    with hub.database.transaction() as session:
        session.execute(delete(StatementKey).where(*conditions))
        session.execute(delete(ReferenceKey))


@pytest.mark.parametrize("page", [1, 3, 500])
def test_after_a_loss_of_all_keys_every_filter_finds_the_same_again(hub, vendor, page):
    vendor.store(*everything())
    answers, rows = found(vendor), keys(hub)
    assert all(answers)
    lose_keys(hub)
    assert found(vendor) != answers

    done = reindex(hub.database, page=page)

    assert keys(hub) == rows
    assert found(vendor) == answers
    assert (done.statements, done.added) == (10, sum(map(len, rows)))
    assert reindex(hub.database).added == 0


def test_it_is_not_done_before_the_oldest_statement_has_its_keys(hub, vendor):
    with hub.database.reading() as session:
        assert is_done(session)
    vendor.store(*everything())
    rows = keys(hub)
    lose_keys(hub, StatementKey.seq < 4)
    with hub.database.reading() as session:
        assert not is_done(session)

    prepare_hub(hub.settings).database.dispose()

    with hub.database.reading() as session:
        assert is_done(session)
    assert keys(hub) == rows


def test_the_command_says_how_much_was_missing(hub, vendor):
    vendor.store(statement())
    lose_keys(hub)

    done = CliRunner().invoke(statements, ["reindex"], obj=hub)

    assert done.exit_code == 0, done.output
    assert "1 statements looked at, 4 missing keys added." in done.output
    assert vendor.find(activity=COURSE)
    with hub.database.reading() as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "statements.reindex")
        )
        assert entry.detail == {"statements": 1, "added": 4}


@pytest.fixture
def old_engine(database_url):
    """A database of each kind at the revision before there were keys."""
    path = make_url(database_url).database
    if database_url.startswith("sqlite"):
        Path(path).unlink()
    engine = make_engine(database_url)
    if not database_url.startswith("sqlite"):
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    config = Config()
    config.set_main_option("script_location", str(Path(hub.migrations.__file__).parent))
    config.attributes["engine"] = engine
    command.upgrade(config, "0002")
    yield engine
    engine.dispose()


def insert(connection, table, **values):
    kinds = {UUID: sa.Uuid(), datetime: UtcDateTime(), bytes: sa.LargeBinary()}
    columns = [sa.column(name, kinds.get(type(value))) for name, value in values.items()]
    connection.execute(sa.insert(sa.table(table, *columns)).values(values))


def store_as_of_old(engine, *some):
    """Rows as that revision wrote them, but for what it did not know: no keys."""
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    agent = {"account": {"homePage": "https://hub.example.org", "name": "old"}}
    iris = sorted({one["verb"]["id"] for one in some})
    objects = sorted({one["object"]["id"] for one in some if "objectType" not in one["object"]})
    with engine.begin() as connection:
        for iri in iris:
            insert(connection, "verb", iri=iri)
        for iri in objects:
            plain = {"declared": False, "decides": False, "position": 0, "cancelled": False}
            insert(connection, "activity", iri=iri, **plain)
        for seq, one in enumerate(some, 1):
            item = prepare(one, new_id=uuid4(), version="1.0.3")
            kept = payload.encode(
                one, statement_id=str(item.id), stored=payload.stamp(at), authority=agent,
                version="1.0.0",
            )  # fmt: skip
            activity = one["object"].get("id") if "objectType" not in one["object"] else None
            insert(
                connection, "statement", seq=seq, id=item.id, stored=at, timestamp=at,
                verb_id=iris.index(one["verb"]["id"]) + 1,
                activity_id=objects.index(activity) + 1 if activity else None,
                registration=item.found_by.registration, target_id=item.target,
                authority="vendor:old", voided=False, digest=bytes(16), payload=kept,
            )  # fmt: skip


def test_a_database_from_before_the_keys_is_found_in_after_the_upgrade(old_engine, settings):
    some = [one for one in everything() if one["verb"]["id"] != VOIDED]
    long = bystander(verb={"id": LONG}, object={"id": LONG})
    store_as_of_old(old_engine, *some, long)

    new = prepare_hub(settings)

    door = open_door(new, create_app(hub=new))
    assert all(found(door))
    last, _, target, one, _, middle, _, other, _ = some
    assert sorted(door.find(verb=FAILED)) == sorted(
        each["id"] for each in (last, target, middle, one, other)
    )
    assert door.find(verb=LONG, activity=LONG) == [long["id"]]
    assert door.one(last["id"])["verb"] == last["verb"]
    assert door.store(target) == [target["id"]]
    (later,) = door.store(referring(last["id"]))
    assert later in door.find(activity=COURSE)
    with new.database.reading() as session:
        assert session.scalars(select(sa.func.max(Statement.seq))).one() == len(some) + 2
        ((verb, activity),) = session.execute(
            select(Verb.iri, Activity.iri)
            .join(Statement, Statement.verb_id == Verb.id)
            .join(Activity, Activity.id == Statement.activity_id)
            .where(Statement.id == UUID(long["id"]))
        )
        assert verb == activity == findable(LONG)
    new.database.dispose()
