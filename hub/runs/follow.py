"""Sees a run through on a terminal: who carries it out, and a line for everything that happens."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from rich.console import Console

from hub.database import Database
from hub.extensions import Hub
from hub.jobs import alone
from hub.jobs.queue import ring
from hub.jobs.worker import workers_alive
from hub.runs.models import ACTIVE, Run, RunEvent
from hub.runs.service import events_of, get_run, request_run
from hub.runs.tasks import execute_safely, start_alone
from hub.sources.service import get_source

LOOK_EVERY_SECONDS = 0.2
GOOD = frozenset({"succeeded", "succeeded_with_warnings"})

_talk = Console(stderr=True, highlight=False)


def _say(text: str) -> None:
    _talk.print(text, soft_wrap=True)


def pull_source(
    hub: Hub, name: str, *, project: Callable[[Database], object], full: bool = False
) -> Run:
    """Request a run of a source, see it through, and show what happens; returns how it ended.

    A server that holds the hub carries it out; where there is none it is done here, and *project*
    brings the progress records up to date afterwards.
    """
    with hub.database.transaction() as session:
        source = get_source(session, name)
        run_id = request_run(session, source.id, full=full, requested_by="command line").id
    ring(hub, run_id)
    if hub.settings.embedded:
        try:
            with alone.held(hub.settings.data_dir):
                start_alone(hub)
                return _carry_out(hub, run_id, name, project)
        except alone.HubHeld:
            return follow(hub, run_id, name)
    with hub.database.transaction() as session:
        served = workers_alive(session) > 0
    return follow(hub, run_id, name) if served else _carry_out(hub, run_id, name, project)


def _carry_out(hub: Hub, run_id: UUID, name: str, project: Callable[[Database], object]) -> Run:
    thread = threading.Thread(target=execute_safely, args=(hub, run_id), daemon=True)
    thread.start()
    run = follow(hub, run_id, name)
    thread.join()
    project(hub.database)
    return run


def follow(hub: Hub, run_id: UUID, name: str) -> Run:
    """Show the events of a run as they come, until it has ended."""
    seen = 0
    total = 0
    while True:
        with hub.database.reading() as session:
            run = get_run(session, run_id)
            for event in events_of(session, run_id, after=seen):
                seen = event.id
                total = _show(name, event, total)
        if run.state not in ACTIVE:
            return run
        time.sleep(LOOK_EVERY_SECONDS)


def _show(name: str, event: RunEvent, total: int) -> int:
    """Print one event as a line; returns the records fetched so far."""
    data = event.data
    match event.kind:
        case "started":
            _say(f"[bold]{name}[/] started")
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
            mark = "[green]✓[/]" if data["state"] in GOOD else "[red]✗[/]"
            _say(f"{mark} {name}: {data['message']}")
            if data.get("hint"):
                _say(f"  {data['hint']}")
        case "abandoned":
            _say(f"[yellow]![/] {name}: {data['message']}")
    return total


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%-d %B %Y, %H:%M UTC")
