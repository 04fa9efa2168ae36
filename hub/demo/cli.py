"""hub demo: a whole hub on this machine, with two simulated systems and a file to pull from."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import click
from rich.console import Console
from rich.markup import escape
from sqlalchemy import func, select

from config import Settings
from config.settings import variable
from config.settings_file import keep_setting
from hub.accounts.service import add_user, find_user
from hub.accounts.tokens import create_token, list_tokens
from hub.accounts.vendors import create_vendor, list_vendors
from hub.app import make_data_dir, prepare_hub
from hub.demo.scenario import load_scenario
from hub.demo.state import DemoState, load_state, save_state
from hub.demo.systems import ORDER, Systems, connect, running
from hub.demo.world import World, world
from hub.errors import Conflict, HubError
from hub.extensions import Hub
from hub.jobs import alone
from hub.learners.models import Learner
from hub.lrs.models import Statement
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from hub.rejections.service import open_rejections
from hub.runs.follow import pull_source
from hub.transcript.cli import find_transcript, print_transcript

ADMIN = "admin@example.org"
XAPI_HEADER = '-H "X-Experience-API-Version: 1.0.3"'
START_SECONDS = 60.0
LEFTOVER_SECONDS = 5.0
LOOPBACK_NETWORKS = "127.0.0.0/8"

_talk = Console(stderr=True, highlight=False)


@click.command()
@click.option("--once", is_flag=True, help="Pull, print one transcript and the counts, and stop.")
@click.pass_obj
def demo(settings: Settings, *, once: bool) -> None:
    """Try the hub with simulated systems: a Moodle, an Arlo and a file. Ctrl-C stops everything.

    Example: hub demo
    """
    make_data_dir(settings)
    with _only_one(settings):
        keep_setting(settings.data_dir, variable("allow_networks"), LOOPBACK_NETWORKS)
        settings = dataclasses.replace(settings, allow_networks=(LOOPBACK_NETWORKS,))
        os.environ[variable("allow_networks")] = LOOPBACK_NETWORKS
        _run(prepare_hub(settings), once=once)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Keep other demos out of this data folder during a block. Raises Conflict.

    A server that holds the folder is in the way as well: only one process may serve it.
    """
    other = "another one with a data folder of its own: HUB_DATA_DIR=elsewhere hub demo"
    with ExitStack() as held:
        try:
            held.enter_context(alone.held(settings.data_dir / "demo"))
        except alone.HubHeld as error:
            raise Conflict(
                "This demo is running already.",
                hint=f"Use it, stop it with Ctrl-C where it runs, or start {other}",
            ) from error
        if not _comes_free(settings):
            raise Conflict(
                "Another process serves this hub already.",
                hint=f"Stop `hub serve`, or start the demo as {other}",
            )
        yield


def _comes_free(settings: Settings) -> bool:
    """Whether nobody serves the hub. The server of a demo that was killed takes a moment to end."""
    until = time.monotonic() + LEFTOVER_SECONDS
    while True:
        try:
            alone.hold(settings.data_dir).close()
        except alone.HubHeld:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        else:
            return True


def _run(hub: Hub, *, once: bool) -> None:
    settings = hub.settings
    state = load_state(settings.data_dir)
    now = world(load_scenario(), now=state.began_at, step=state.step, moved_at=state.moved_at)
    try:
        with running(now, state, settings.data_dir) as systems:
            save_state(settings.data_dir, systems.state)
            _accounts(hub, systems.state, now)
            connect(hub, systems, now)
            if once:
                sys.exit(_once(hub, systems, now))
            _serve(hub, systems, now)
    except KeyboardInterrupt:
        _talk.print("\nStopped.")
    finally:
        hub.database.dispose()


def _pull_all(hub: Hub, systems: Systems) -> bool:
    """Pull every source; when all went well the world may move on at the next start."""
    ended = [pull_source(hub, name, project=catch_up).state for name in ORDER]
    good = all(state.startswith("succeeded") for state in ended)
    if good:
        save_state(hub.settings.data_dir, replace(systems.state, pulled=True))
    return good


def _once(hub: Hub, systems: Systems, now: World) -> int:
    good = _pull_all(hub, systems)
    print_transcript(find_transcript(hub, now.people[0].moodle_email), _console())
    with hub.database.reading() as session:
        counts = {
            "learners": select(func.count()).where(Learner.status == "active"),
            "statements": select(func.count()).select_from(Statement),
            "progress records": select(func.count()).select_from(Progress),
        }
        shown = [f"{session.scalars(query).one()} {name}" for name, query in counts.items()]
        shown.append(f"{len(open_rejections(session))} records set aside")
    click.echo(", ".join(shown))
    return 0 if good else 1


def _console() -> Console:
    """Standard output: as wide as the terminal, or wide enough to be read where there is none."""
    return Console(width=None if sys.stdout.isatty() else 120, markup=False)


def _accounts(hub: Hub, state: DemoState, now: World) -> None:
    with hub.database.transaction() as session:
        if find_user(session, ADMIN) is None:
            add_user(session, ADMIN, "admin", state.secrets["admin"])
        email = now.people[0].moodle_email
        if find_user(session, email) is None:
            add_user(session, email, "learner", state.secrets["learner"])
        if not any(token.name == "demo report" for token in list_tokens(session)):
            scopes = ("progress:read", "learners:read")
            _, text = create_token(session, hub.keyring, "demo report", scopes)
            state.secrets["token"] = text
        if not any(vendor.name == "demo vendor" for vendor in list_vendors(session)):
            _, key, secret = create_vendor(session, hub.keyring, "demo vendor")
            state.secrets.update(vendor_key=key, vendor_secret=secret)
        # Before the commit: a key that is stored and that nobody knows could not be shown again.
        save_state(hub.settings.data_dir, state)


def _serve(hub: Hub, systems: Systems, now: World) -> None:
    port = _free_port(hub.settings)
    address = f"http://{hub.settings.host}:{port}"
    with _server(hub.settings, port, address) as server:
        _pull_all(hub, systems)
        _tell(address, systems, now)
        while server.poll() is None:
            time.sleep(0.5)
    raise HubError("The hub's server stopped by itself.", hint="Run `hub serve` to see why.")


def _free_port(settings: Settings) -> int:
    """The configured port, or any free one when it is taken."""
    for port in (settings.port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise HubError(f"No port is free on {settings.host}.", hint="Set HUB_HOST and HUB_PORT.")


@contextmanager
def _server(settings: Settings, port: int, address: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`hub serve` in a process of its own, which ends with this one."""
    environment = {
        **os.environ,
        variable("allow_networks"): LOOPBACK_NETWORKS,
        variable("data_dir"): str(settings.data_dir.resolve()),
        variable("public_url"): address,
        variable("log_level"): "WARNING",
    }
    command = [sys.executable, "-m", "hub.cli", "serve", "--port", str(port)]
    command += ["--parent", str(os.getpid())]
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
    try:
        _wait_for(process, address)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
                if json.load(answer)["ok"]:
                    return
        except (URLError, OSError, ValueError):
            pass
        time.sleep(0.2)
    raise HubError("The hub's server did not start.", hint="Run `hub serve` to see why.")


def _tell(address: str, systems: Systems, now: World) -> None:
    state = systems.state
    own = state.secrets
    learner = now.people[0].moodle_email
    curl = f'curl -H "Authorization: Bearer {own["token"]}"'
    push = f"curl -u {own['vendor_key']}:{own['vendor_secret']} {XAPI_HEADER}"
    ports = f"Moodle answers on port {state.moodle_port}, a simulated Arlo on {state.arlo_port}"
    lines = (
        "",
        f"[bold]Learning Record Hub is running: {address}[/]",
        f"  A simulated {ports}; a CSV export lies in {escape(str(systems.folder))}.",
        "",
        f"  [bold]Admin[/]           {address}/admin",
        f"                  sign in as {ADMIN} with {own['admin']}",
        f"  [bold]Learner[/]         {address}/me",
        f"                  sign in as {learner} with {own['learner']}",
        f"  [bold]Reporting tool[/]  {curl} {address}/api/v1/progress",
        f"  [bold]LMS vendor[/]      {push} {address}/xapi/statements",
        "",
        "Ctrl-C stops everything. The next start keeps the data and finds that the simulated",
        "systems have moved on a little.",
    )
    for line in lines:
        _talk.print(line, soft_wrap=True)
