"""hub doctor: looks at everything a hub needs, changes nothing, and says what to do.

Exit status: 0 everything works, 1 something to look at, 2 something is broken.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import packages_distributions
from typing import Literal

import click
from redis import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.text import Text
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from connectors.registry import broken_connectors, connectors
from hub.cli.opened import FIX, missing_database_file
from hub.database import Database
from hub.errors import HubError
from hub.jobs.worker import worker_kind, workers_alive
from hub.keyring import KeysUnusable, load_keyring
from hub.migrations import pending
from hub.rejections.service import count_open
from hub.runs.service import list_runs
from hub.sources.models import Source
from hub.sources.service import list_sources, secrets_of

OUR_NAMES = ("hub", "connectors", "scorm", "xapi", "config")
LOW_DISK_BYTES = 1024**3

_MARKS = {"ok": ("✓", "green"), "look": ("!", "yellow"), "broken": ("✗", "red")}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. fix is empty when there is nothing to do."""

    about: str
    state: Literal["ok", "look", "broken"]
    detail: str
    fix: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> None:
    """Check database, migrations, worker, sources and keys, with the fix under each failure.

    Example: hub doctor
    """
    findings = list(examine(settings))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        console = Console(highlight=False)
        for finding in findings:
            mark, colour = _MARKS[finding.state]
            line = Text(f"{mark} {finding.about}: {finding.detail}")
            line.stylize(colour, 0, 1)
            console.print(line, soft_wrap=True)
            if finding.fix:
                console.print(Text(f"    {finding.fix}"), soft_wrap=True)
    states = {finding.state for finding in findings}
    sys.exit(2 if "broken" in states else 1 if "look" in states else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything that is worth a look, in the order in which one would repair it."""
    yield from _names()
    yield from _connectors()
    yield _keys(settings)
    yield _disk(settings)
    missing = missing_database_file(settings)
    if missing is not None:
        yield Finding("database", "broken", f"there is no file {missing}", FIX)
        return
    database = Database(settings.effective_database_url)
    try:
        reachable = _database(database)
        yield reachable
        if reachable.state != "ok":
            return
        migrations = _migrations(database)
        yield migrations
        if migrations.state != "ok":
            return
        yield from _queue(settings)
        yield _worker(settings, database)
        yield from _sources(settings, database)
    finally:
        database.dispose()


def _names() -> Iterator[Finding]:
    owners = packages_distributions()
    for name in OUR_NAMES:
        strangers = sorted(set(owners.get(name, ())) - {"learning-record-hub"})
        if strangers:
            yield Finding(
                "packages",
                "broken",
                f"the package {name} also belongs to {', '.join(strangers)}",
                "Give the hub a virtual environment of its own.",
            )


def _connectors() -> Iterator[Finding]:
    for broken in broken_connectors():
        yield Finding(
            "connectors",
            "look",
            f"{broken.name} could not be loaded: {broken.reason}",
            "Update or remove the distribution that brings it.",
        )
    yield Finding("connectors", "ok", ", ".join(connectors()))


def _keys(settings: Settings) -> Finding:
    try:
        load_keyring(settings.effective_keys_file)
    except KeysUnusable as error:
        return Finding("keys", "broken", error.message, error.hint)
    return Finding("keys", "ok", str(settings.effective_keys_file))


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(place.resolve()).free
    if free < LOW_DISK_BYTES:
        return Finding(
            "disk", "look", f"{free // 1024**2} MiB free", "Make room before the disk is full."
        )
    return Finding("disk", "ok", f"{free // 1024**3} GiB free")


def _database(database: Database) -> Finding:
    shown = database.engine.url.render_as_string(hide_password=True)
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Finding(
            "database",
            "broken",
            f"{shown} does not answer: “{reason}”",
            "Check HUB_DATABASE_URL, and that the server runs and lets the hub in.",
        )
    return Finding("database", "ok", shown)


def _migrations(database: Database) -> Finding:
    if pending(database.engine):
        return Finding("migrations", "broken", "the database is empty or older than this hub", FIX)
    return Finding("migrations", "ok", "up to date")


def _queue(settings: Settings) -> Iterator[Finding]:
    if not settings.queue_url:
        return
    try:
        with Redis.from_url(settings.queue_url) as connection:
            connection.ping()
    except RedisError as error:
        yield Finding(
            "queue",
            "broken",
            f"Redis does not answer: “{error}”",
            "Check HUB_REDIS_URL. Nothing is lost: runs wait in the database.",
        )
        return
    yield Finding("queue", "ok", "Redis answers")


def _worker(settings: Settings, database: Database) -> Finding:
    with database.reading() as session:
        alive = workers_alive(session, kind=worker_kind(settings))
    if alive:
        return Finding("worker", "ok", f"{alive} alive")
    start = "hub worker" if settings.queue_url else "hub serve"
    return Finding(
        "worker",
        "look",
        "none is running; queued pulls wait",
        f"Start `{start}`; `hub pull NAME` carries out a pull by itself.",
    )


def _sources(settings: Settings, database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        sources = list_sources(session)
        open_rejections = count_open(session, [source.id for source in sources])
        newest = {source.id: list_runs(session, source.id, 1) for source in sources}
    if not sources:
        yield Finding(
            "sources", "ok", "none yet; `hub sources add --help` shows how to connect one"
        )
    for source in sources:
        about = f"source {source.name}"
        problem = _secrets_problem(settings, source)
        runs = newest[source.id]
        if problem is not None:
            yield Finding(about, "broken", problem.message, problem.hint)
        elif not runs:
            yield Finding(about, "look", "was never pulled", f"Run `hub pull {source.name}`.")
        elif runs[0].state == "failed":
            yield Finding(about, "look", f"last run failed: {runs[0].message}", runs[0].hint)
        elif waiting := open_rejections.get(source.id, 0):
            records = "record was" if waiting == 1 else "records were"
            yield Finding(about, "look", f"{waiting} {records} set aside", "See /admin/attention.")
        else:
            yield Finding(about, "ok", f"last run {runs[0].state.replace('_', ' ')}")


def _secrets_problem(settings: Settings, source: Source) -> HubError | None:
    try:
        secrets_of(source, load_keyring(settings.effective_keys_file))
    except HubError as error:
        return error
    return None
