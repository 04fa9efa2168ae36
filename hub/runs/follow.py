"""Sees a run through on a terminal: who carries it out, and a line for everything that happens."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

from rich.console import Console
from rich.text import Text

from hub.database import Database
from hub.errors import Conflict
from hub.extensions import Hub
from hub.jobs import alone
from hub.jobs.queue import ring
from hub.jobs.worker import worker_kind, workers_alive
from hub.runs.models import ACTIVE, Run, RunEvent
from hub.runs.service import active_run, events_of, get_run, request_run
from hub.runs.tasks import execute_safely, start_alone
from hub.sources.service import get_source

LOOK_EVERY_SECONDS = 0.2
PATIENCE_SECONDS = 15.0
"""Without a sign of life for so long, nobody is taken to be there."""
GOOD = frozenset({"succeeded", "succeeded_with_warnings"})


def _say(text: str, colour: str = "") -> None:
    # Never as markup: it may hold another system's own words.
    line = Text(text)
    line.stylize(colour, 0, 1)
    Console(stderr=True, highlight=False).print(line, soft_wrap=True)


def pull_source(
    hub: Hub, name: str, *, project: Callable[[Database], object], full: bool = False
) -> Run:
    """Request a run of a source, see it through, and show what happens; returns how it ended.

    A server that holds the hub carries it out; where there is none it is done here, and *project*
    brings the progress records up to date afterwards. Raises NotFound for an unknown source,
    Conflict when nobody is left to carry it out or when *full* was asked for beside a smaller run.
    """
    with ExitStack() as held:
        served = _is_served(hub, held)
        if not served and hub.settings.embedded:
            start_alone(hub)
        with hub.database.transaction() as session:
            source = get_source(session, name)
            run = request_run(session, source.id, full=full, requested_by="command line")
            if full and not run.full:
                raise Conflict(
                    f"A pull of {name} is under way and reads only what has changed.",
                    hint="Ask for a full one again when it has ended.",
                )
            run_id = run.id
        ring(hub, run_id)
        return follow(hub, run_id, name) if served else _carry_out(hub, run_id, name, project)


def _is_served(hub: Hub, held: ExitStack) -> bool:
    """Whether another process carries out runs. If not, SQLite is ours until *held* is left."""
    if hub.settings.embedded:
        try:
            held.enter_context(alone.held(hub.settings.data_dir))
        except alone.HubHeld:
            return True
        return False
    with hub.database.reading() as session:
        return workers_alive(session, kind=worker_kind(hub.settings)) > 0


def _carry_out(hub: Hub, run_id: UUID, name: str, project: Callable[[Database], object]) -> Run:
    thread = threading.Thread(target=execute_safely, args=(hub, run_id), daemon=True)
    thread.start()
    run = follow(hub, run_id, name, alive=thread.is_alive)
    thread.join()
    project(hub.database)
    return run


def follow(hub: Hub, run_id: UUID, name: str, *, alive: Callable[[], bool] | None = None) -> Run:
    """Show the events of a run, and of the one that takes over from it, until it has ended.

    *alive* tells whether the one who carries it out still does; without it a worker somewhere else
    is meant. Raises Conflict when there is none any more.
    """
    if alive is None:
        alive = _Watch(hub).anybody
    seen = 0
    total = 0
    while True:
        still_there = alive()
        with hub.database.reading() as session:
            run = get_run(session, run_id)
            for event in events_of(session, run_id, after=seen):
                seen = event.id
                total = _show(name, event, total)
            if run.state == "abandoned":
                successor = active_run(session, run.source_id)
                if successor is None:
                    return run
                run_id = successor.id
                continue
        if run.state not in ACTIVE:
            return run
        if not still_there:
            raise Conflict(
                f"Nobody carries out the pull of {name}: it waits.",
                hint="Start `hub serve` or `hub worker`, or repeat this command.",
            )
        time.sleep(LOOK_EVERY_SECONDS)


class _Watch:
    """Looks whether a worker is alive; a server that is just starting gets some time."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._seen = time.monotonic()

    def anybody(self) -> bool:
        with self._hub.database.reading() as session:
            if workers_alive(session):
                self._seen = time.monotonic()
        return time.monotonic() - self._seen < PATIENCE_SECONDS


def _show(name: str, event: RunEvent, total: int) -> int:
    """Print one event as a line; returns the records fetched so far."""
    data = event.data
    match event.kind:
        case "started":
            _say(f"{name} started")
        case "stream_started":
            since = data.get("since")
            what = f"what changed since {_moment(since)}" if since else "everything"
            going_on = ", going on where it stopped" if data.get("resumed") else ""
            _say(f"  {data['stream']}: reading {what}{going_on}")
        case "page_stored":
            if not data["fetched"]:
                return total
            total += data["fetched"]
            _say(
                f"    {data['fetched']} records ({total} so far): {data['new']} new, "
                f"{data['superseded']} changed, {data['unchanged']} unchanged, "
                f"{data['rejected']} set aside; {data['statements']} statements stored"
            )
        case "ended":
            mark, colour = ("✓", "green") if data["state"] in GOOD else ("✗", "red")
            _say(f"{mark} {name}: {data['message']}", colour)
            if data.get("hint"):
                _say(f"  {data['hint']}")
        case "abandoned":
            _say(f"! {name}: {data['message']}", "yellow")
    return total


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%-d %B %Y, %H:%M UTC")
