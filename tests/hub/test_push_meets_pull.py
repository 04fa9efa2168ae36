"""What a system pushes and what is pulled from it meet: one person, one course, one row.

The recorded pushes are what the Moodle that full-sync.json was read from sent with its
logstore_xapi plugin: people by account and number, by e-mail, and by user name.
"""

import json
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select
from tincan import RemoteLRS, Statement
from werkzeug.serving import make_server

from connectors.records import Identifier
from hub.accounts.vendors import create_vendor
from hub.catalog.models import Activity, Course
from hub.learners.models import Learner
from hub.learners.service import find_learner
from hub.lrs.models import Statement as Stored
from hub.progress.models import Progress
from hub.progress.projector import catch_up, rebuild
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay
from tests.hub.pulling import add, pull

PUSHES = Path(__file__).parent.parent / "data" / "moodle" / "logstore_xapi"
SITE = "http://127.0.0.1:8180"
FIRE = f"{SITE}/course/view.php?id=2"
GDPR = f"{SITE}/course/view.php?id=3"
COURSES = 3
"""As many as the recording has."""
ORDERS = pytest.mark.parametrize("order", ["push, pull", "pull, push"])


@pytest.fixture
def credentials(hub):
    with hub.database.transaction() as session:
        _, key, secret = create_vendor(session, hub.keyring, "academy pushes", ("all",))
    return key, secret


@pytest.fixture
def lrs(app, credentials):
    """A stock client that talks to the hub over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    key, secret = credentials
    address = f"http://127.0.0.1:{server.server_port}/xapi/"
    yield RemoteLRS(version="1.0.3", endpoint=address, username=key, password=secret)
    server.shutdown()
    thread.join()
    server.server_close()


def pull_moodle(hub, **values):
    with serve_replay(recording()) as address:
        source = add(hub, "moodle", "academy", base_url=address, token=TOKEN, **values)
        run = pull(hub, source)
    assert run.state == "succeeded", run.message
    return f"source:{source}"


def push_recorded(client, credentials, name):
    """The request as it was recorded, with credentials of this hub; its status."""
    (path,) = PUSHES.glob(f"{name}-*.json")
    recorded = json.loads(path.read_text())
    headers = {
        name: value
        for name, value in recorded["headers"].items()
        if name in {"Accept", "Content-Type", "X-Experience-API-Version"}
    }
    return client.open(
        recorded["path"],
        method=recorded["method"],
        headers=headers,
        auth=credentials,
        data=json.dumps(recorded["body"]),
    ).status_code


def rows_of(hub, identifier, course):
    """The progress rows of whoever has this name in the course of this IRI."""
    catch_up(hub.database)
    assert rebuild(hub.database).different == ()
    with hub.database.reading() as session:
        learner = find_learner(session, identifier)
        course_id = session.scalars(select(Activity.course_id).where(Activity.iri == course)).one()
        return session.scalars(
            select(Progress).where(
                Progress.learner_id == learner.id, Progress.course_id == course_id
            )
        ).all()


def count(hub, table):
    with hub.database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def in_order(order, *, push, pull):
    """Do both in one of the two orders; what the pull returned."""
    result = None
    for step in order.split(", "):
        if step == "push":
            push()
        else:
            result = pull()
    return result


BOB = Identifier("mbox", "bob.bjork@example.org")


@ORDERS
@pytest.mark.parametrize(
    "actor",
    [
        {"mbox": "mailto:bob.bjork@example.org"},
        {"mbox": "mailto:Bob.Bjork@Example.ORG"},
        {"account": {"home_page": SITE, "name": "5"}},
    ],
    ids=["mbox", "mbox in other case", "account"],
)
def test_a_pushed_completion_and_the_pulled_course_are_one_row(hub, lrs, order, actor):
    def push():
        saved = lrs.save_statement(
            Statement(
                actor={"object_type": "Agent", **actor},
                verb={"id": "http://adlnet.gov/expapi/verbs/completed"},
                object={"id": FIRE},
                result={"completion": True},
            )
        )
        assert saved.success, saved.data

    source = in_order(order, push=push, pull=lambda: pull_moodle(hub))

    (row,) = rows_of(hub, BOB, FIRE)
    assert row.completion is True
    assert len(row.sources) == 2
    assert source in row.sources
    assert count(hub, Course) == COURSES
    with hub.database.reading() as session:
        active = select(func.count()).where(Learner.status == "active")
        assert session.scalars(active).one() == 6
        assert find_learner(session, Identifier("account", "5", SITE)).id == row.learner_id


@ORDERS
@pytest.mark.parametrize(
    ("name", "values", "who", "course"),
    [
        ("01", {}, Identifier("account", "6", SITE), FIRE),
        ("01", {}, Identifier("account", "9", SITE), GDPR),
        ("02", {}, Identifier("mbox", "frank.fox@example.org"), GDPR),
        ("03", {"username_home_page": "https://idp.example.org"}, BOB, FIRE),
    ],
    ids=["Carol by account", "Frank by account", "Frank by e-mail", "Bob by user name"],
)
def test_a_recorded_push_and_the_pull_are_one_row(
    hub, client, credentials, order, name, values, who, course
):
    def push():
        assert push_recorded(client, credentials, name) == 200

    source = in_order(order, push=push, pull=lambda: pull_moodle(hub, **values))

    (row,) = rows_of(hub, who, course)
    assert len(row.sources) == 2
    assert source in row.sources
    assert count(hub, Course) == COURSES


@ORDERS
def test_both_orders_give_the_same_row(hub, client, credentials, order):
    def push():
        assert push_recorded(client, credentials, "01") == 200

    in_order(order, push=push, pull=lambda: pull_moodle(hub))

    (carol,) = rows_of(hub, Identifier("mbox", "carol.cho@example.org"), FIRE)
    assert (carol.status, carol.completion) == ("completed", True)
    assert carol.completed_at.isoformat() == "2026-11-23T18:18:15+00:00"


def test_what_one_learner_pushes_changes_nothing_for_the_others(hub, client, credentials):
    """The pushes name a SCO in another way than the web service, so the course gets a part more."""
    pull_moodle(hub)
    (before,) = rows_of(hub, BOB, FIRE)

    push_recorded(client, credentials, "01")

    (after,) = rows_of(hub, BOB, FIRE)
    assert after.parts == before.parts
    assert after.updated_at == before.updated_at


def test_a_pushed_launch_adds_no_attempt_to_those_that_were_pulled(hub, client, credentials):
    pull_moodle(hub, username_home_page="https://idp.example.org")
    (before,) = rows_of(hub, BOB, FIRE)

    push_recorded(client, credentials, "03")

    (after,) = rows_of(hub, BOB, FIRE)
    tried = next(part for part in before.parts if part["last_result"] == "failed")
    now = next(part for part in after.parts if part["activity"] == tried["activity"])
    assert now["attempts"] == tried["attempts"] == 3


def test_people_by_user_name_stay_apart_while_nobody_says_whose_names_they_are(
    hub, client, credentials
):
    push_recorded(client, credentials, "03")
    pull_moodle(hub)

    (pushed,) = rows_of(hub, Identifier("account", "bob", "https://idp.example.org"), FIRE)
    (pulled,) = rows_of(hub, BOB, FIRE)
    assert pushed.learner_id != pulled.learner_id


@pytest.mark.parametrize(
    ("name", "who", "course"),
    [
        ("01", Identifier("account", "6", SITE), FIRE),
        ("02", Identifier("account", "9", SITE), GDPR),
    ],
)
def test_a_push_that_is_sent_again_is_stored_again_and_changes_no_transcript(
    hub, client, credentials, name, who, course
):
    """Its statements have no ids, so a repetition cannot be told from a second event."""
    pull_moodle(hub)
    before = count(hub, Stored)
    assert push_recorded(client, credentials, name) == 200
    once = count(hub, Stored) - before
    first = shown(*rows_of(hub, who, course))

    assert push_recorded(client, credentials, name) == 200

    assert count(hub, Stored) == before + 2 * once
    assert shown(*rows_of(hub, who, course)) == first


def shown(row):
    """What a transcript shows of a row; not how many statements it rests on, nor as of when."""
    hidden = {"evidence_count", "as_of", "updated_at"}
    return {
        column.name: getattr(row, column.name)
        for column in Progress.__table__.columns
        if column.name not in hidden
    }


def test_the_same_row_is_on_the_page_with_both_its_sources(hub, client, credentials):
    push_recorded(client, credentials, "01")
    pull_moodle(hub)

    (carol,) = rows_of(hub, Identifier("account", "6", SITE), FIRE)

    with hub.database.reading() as session:
        title = session.get_one(Course, carol.course_id).title
    assert title == "Fire Safety 2026"
    assert {source.partition(":")[0] for source in carol.sources} == {"vendor", "source"}
