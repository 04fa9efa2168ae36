"""Starts the demo's simulated systems and connects the hub to them."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hub.demo.arlo_site import arlo_site
from hub.demo.attendance_export import write_attendance_export
from hub.demo.moodle_site import moodle_site
from hub.demo.servers import RunningServer, serve_at
from hub.demo.state import DemoState
from hub.demo.world import World
from hub.errors import Conflict
from hub.extensions import Hub
from hub.sources.service import add_source, list_sources

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MOODLE, ARLO, FILES = "Moodle", "Arlo", "Kestrel"
ORDER = (MOODLE, ARLO, FILES)
LAST_PORT = 32767


@dataclass(frozen=True, slots=True)
class Systems:
    """Where the simulated systems answer, and the state with their ports."""

    moodle_url: str
    arlo_url: str
    folder: Path
    state: DemoState


@contextmanager
def running(world: World, state: DemoState, data_dir: Path) -> Iterator[Systems]:
    """Serve both systems on loopback and drop the attendance export, during a block.

    Raises Conflict when a port of an earlier start is taken: the systems' addresses are part of
    what the hub knows their people and courses by.
    """
    scenario = world.scenario
    folder = data_dir / "demo" / "attendance"
    folder.mkdir(parents=True, exist_ok=True)
    write_attendance_export(world.attendance, folder / "attendance.csv")
    with (
        _serve(
            lambda url: moodle_site(world.moodle, token=state.secrets["moodle"], site_url=url),
            kept=state.moodle_port,
            wanted=scenario.moodle_port,
        ) as moodle,
        _serve(
            lambda url: arlo_site(
                world.arlo,
                username=scenario.arlo_username,
                password=state.secrets["arlo"],
                base_url=url,
                page_size=scenario.arlo_page_size,
                largest_page=scenario.arlo_page_size,
                throttle_every=scenario.arlo_throttle_every,
            ),
            kept=state.arlo_port,
            wanted=scenario.arlo_port,
        ) as arlo,
    ):
        ports = replace(state, moodle_port=moodle.port, arlo_port=arlo.port)
        yield Systems(moodle.url, arlo.url, folder, ports)


def _serve(build: "Callable[[str], WSGIApplication]", *, kept: int, wanted: int) -> RunningServer:
    """Serve on the port of the earlier start; at the first one on *wanted*, or the next free one.

    The ports above LAST_PORT are lent to any program that connects somewhere: not to be relied on.
    """
    candidates = [kept] if kept else range(wanted, LAST_PORT + 1) if wanted else [0]
    for port in candidates:
        try:
            return serve_at(build, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise Conflict(
        f"Port {kept}, where a simulated system answered before, is in use."
        if kept
        else "No port is free for a simulated system.",
        hint="Stop the program that uses it, or begin anew in another folder (HUB_DATA_DIR).",
    )


def connect(hub: Hub, systems: Systems, world: World) -> None:
    """Add the three sources that are not there yet."""
    scenario = world.scenario
    wanted = {
        MOODLE: (
            "moodle",
            {"base_url": systems.moodle_url, "token": systems.state.secrets["moodle"]},
        ),
        ARLO: (
            "arlo",
            {
                "base_url": systems.arlo_url,
                "username": scenario.arlo_username,
                "password": systems.state.secrets["arlo"],
                "pause": "0",
            },
        ),
        FILES: (
            "attendance_file",
            {
                "folder": str(systems.folder.resolve()),
                "system_name": scenario.attendance_provider,
                "date_format": "dd/mm/yyyy",
                "decimal_comma": "true",
                "columns": "hours = Duration (hrs)",
                "values": "Competent = passed\nLeft early = partial",
            },
        ),
    }
    with hub.database.transaction() as session:
        known = {source.name for source in list_sources(session)}
        for name, (connector, values) in wanted.items():
            if name not in known:
                add_source(session, hub.keyring, connector_key=connector, name=name, values=values)
