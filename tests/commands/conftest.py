"""Commands as processes of their own, in an empty folder, ended by their id."""

import fcntl
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

PATIENCE_SECONDS = 120


def until(condition: Callable, *, seconds: float = PATIENCE_SECONDS):
    """What *condition* returns as soon as it is true; fails when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds: {condition}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str, **headers: str) -> int:
    """The status of a GET, or 0 when nobody answers."""
    try:
        with urlopen(Request(url, headers=headers), timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def descendants(pid: int) -> list[int]:
    """Ids of the processes that a process has started, and theirs."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(word) for word in text.split()]
    return children + [below for child in children for below in descendants(child)]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def hear_ctrl_c() -> None:
    """A shell without a terminal starts what is in its background deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """Types hub commands in one folder. Whatever is still running in the end is killed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        kept = {name: text for name, text in os.environ.items() if not name.startswith("HUB_")}
        self.environment = kept | {"HUB_PORT": str(self.port), "HUB_ALLOW_NETWORKS": "127.0.0.0/8"}
        self.started: list[subprocess.Popen] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "var" / "hub.db"

    def start(self, *words: str) -> subprocess.Popen:
        """A command in the background; what it prints goes to files in the folder."""
        number = len(self.started)
        with (self.folder / f"{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hub.cli", *words],
                cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - these tests have no threads
            )  # fmt: skip
        process.log = self.folder / f"{number}.log"
        self.started.append(process)
        return process

    def run(self, *words: str) -> subprocess.Popen:
        """A command to its end."""
        process = self.start(*words)
        process.wait(PATIENCE_SECONDS)
        return process

    def serve(self) -> subprocess.Popen:
        process = self.start("serve")
        until(lambda: answers(f"{self.address}/healthz") == 200 or process.poll() is not None)
        assert process.poll() is None, said(process)
        return process

    def look(self, query: str) -> list[tuple]:
        """Rows of the database, as they are now; none while there is no table."""
        if not self.database.exists():
            return []
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    def close(self) -> None:
        for process in self.started:
            for pid in [process.pid, *descendants(process.pid)]:
                if is_alive(pid):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def said(process: subprocess.Popen) -> str:
    """Everything that a command has printed up to now."""
    return process.log.read_text(errors="replace")


def demo_state(terminal: Terminal) -> dict:
    return json.loads((terminal.folder / "var" / "demo" / "state.json").read_text())


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def terminal(tmp_path, tmp_path_factory):
    """A terminal. One at a time in all test processes: the demo's systems have ports of their own."""
    with (tmp_path_factory.getbasetemp().parent / "terminal.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        terminal = Terminal(tmp_path)
        yield terminal
        terminal.close()
