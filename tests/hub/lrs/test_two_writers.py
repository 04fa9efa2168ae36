"""Writers at once, over the real application: nothing is lost, doubled, or stuck."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from sqlalchemy import func, select

from hub.catalog.models import Course
from hub.learners.models import Learner
from hub.lrs.models import Actor, Statement, Verb
from hub.progress.models import Progress
from hub.progress.projector import catch_up, rebuild
from tests.hub.lrs.speaking import mbox, statement, voiding

WRITERS = 4


def at_once(*tasks):
    """Run the tasks in threads that start together; their results in order."""
    ready = Barrier(len(tasks))

    def run(task):
        ready.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def count(hub, table):
    with hub.database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def overlapping(writer, size):
    """Statements about the same people, verbs and courses, in another order for each writer."""
    places = [(place * (2 * writer + 1) + writer) % size for place in range(size)]
    return [
        statement(
            actor=mbox(f"p{place}@example.org"),
            verb={"id": f"https://x.org/verbs/{place}"},
            object={"id": f"https://x.org/course/{place}"},
            result={"completion": True},
        )
        for place in places
    ]


def test_overlapping_batches_are_all_stored_and_nobody_is_doubled(vendor, hub):
    batches = [overlapping(writer, 16) for writer in range(WRITERS)]

    answers = at_once(*(lambda batch=batch: vendor.post(batch) for batch in batches))

    assert [answer.status_code for answer in answers] == [200] * WRITERS
    assert count(hub, Statement) == WRITERS * 16
    assert count(hub, Learner) == count(hub, Course) == count(hub, Verb) == 16
    assert count(hub, Actor) == 16 + 1  # the vendor, on whose word they are stored
    catch_up(hub.database)
    with hub.database.reading() as session:
        assert {row.evidence_count for row in session.query(Progress)} == {WRITERS}
    assert rebuild(hub.database).different == ()


def test_an_activity_without_a_course_gets_one_course_from_two_writers(vendor, hub):
    """It is known from a page view; then two say at once that somebody completed it."""
    view = {"id": "http://id.tincanapi.com/verb/viewed"}
    activities = [{"id": f"https://x.org/viewed/{place}"} for place in range(8)]
    vendor.store(*(statement(verb=view, object=activity) for activity in activities))
    people = [mbox(f"w{writer}@example.org") for writer in range(WRITERS)]
    vendor.store(*(statement(actor=person) for person in people))
    batches = [
        [statement(actor=person, object=activity) for activity in activities] for person in people
    ]

    answers = at_once(*(lambda batch=batch: vendor.post(batch) for batch in batches))

    assert {answer.status_code for answer in answers} == {200}
    assert count(hub, Course) == 8 + 1
    catch_up(hub.database)
    assert count(hub, Progress) == (8 + 1) * WRITERS
    assert rebuild(hub.database).different == ()


def test_the_same_batch_at_once_is_stored_once(vendor, hub):
    batch = [statement(id=str(uuid4()), actor=mbox(f"p{n}@example.org")) for n in range(10)]

    answers = at_once(*[lambda: vendor.post(batch)] * WRITERS)

    assert [answer.status_code for answer in answers] == [200] * WRITERS
    assert count(hub, Statement) == 10


def test_other_content_under_one_id_at_once_is_stored_for_one_of_them(vendor, hub):
    wanted = str(uuid4())
    sent = [statement(id=wanted, actor=mbox(f"p{n}@example.org")) for n in range(WRITERS)]

    answers = at_once(*(lambda body=body: vendor.post(body) for body in sent))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: WRITERS - 1}
    assert count(hub, Statement) == 1


def test_a_voiding_and_its_target_at_once_see_each_other(vendor, hub):
    for _ in range(6):
        target = str(uuid4())

        at_once(
            lambda target=target: vendor.store(statement(id=target)),
            lambda target=target: vendor.store(voiding(target)),
        )

        assert vendor.get(voidedStatementId=target).status_code == 200


def test_who_reads_on_from_the_promised_instant_sees_every_statement_once(vendor, hub):
    rounds = 6

    def write():
        for _ in range(rounds):
            vendor.store(statement(), statement())

    def read_on(since="1970-01-01T00:00:00Z"):
        seen = []
        while len(seen) < 2 * 2 * rounds:
            answer = vendor.get(since=since, ascending="true")
            promised = answer.headers["X-Experience-API-Consistent-Through"]
            page = [s for s in answer.json["statements"] if s["stored"] <= promised]
            seen += [found["id"] for found in page]
            since = max(since, promised)
        return seen

    seen = at_once(write, write, read_on)[2]

    assert sorted(seen) == sorted(vendor.find())
