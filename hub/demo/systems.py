"""Starts the demo's simulated systems and connects the hub to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hub.demo.arlo_site import arlo_site
from hub.demo.attendance_export import write_attendance_export
from hub.demo.moodle_site import moodle_site
from hub.demo.servers import serve_at
from hub.demo.state import DemoState
from hub.demo.world import World
from hub.errors import Conflict
from hub.extensions import Hub
from hub.sources.service import add_source, list_sources

MOODLE, ARLO, FILES = "Moodle", "Arlo", "Kestrel"
ORDER = (MOODLE, ARLO, FILES)


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
    try:
        moodle = serve_at(
            lambda url: moodle_site(world.moodle, token=state.secrets["moodle"], site_url=url),
            state.moodle_port or scenario.moodle_port,
        )
    except OSError as error:
        raise _taken(state.moodle_port) from error
    with moodle:
        try:
            arlo = serve_at(
                lambda url: arlo_site(
                    world.arlo,
                    username=scenario.arlo_username,
                    password=state.secrets["arlo"],
                    base_url=url,
                    page_size=scenario.arlo_page_size,
                    largest_page=scenario.arlo_page_size,
                    throttle_every=scenario.arlo_throttle_every,
                ),
                state.arlo_port or scenario.arlo_port,
            )
        except OSError as error:
            raise _taken(state.arlo_port) from error
        with arlo:
            ports = replace(
                state,
                moodle_port=int(moodle.url.rpartition(":")[2]),
                arlo_port=int(arlo.url.rpartition(":")[2]),
            )
            yield Systems(moodle.url, arlo.url, folder, ports)


def _taken(port: int) -> Conflict:
    return Conflict(
        f"Port {port}, where a simulated system answered before, is in use.",
        hint="Stop what uses it (another demo?), or delete the data folder to begin anew.",
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
