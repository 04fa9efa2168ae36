"""hub serve, as an operator runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.commands.conftest import answers, descendants, is_alive, said, until
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay

pytestmark = [
    pytest.mark.commands,
    pytest.mark.timeout(300),
]


@pytest.fixture
def ready(terminal):
    assert terminal.run("init").returncode == 0
    return terminal


def test_a_server_answers_lets_no_second_one_in_and_ends_when_told(ready):
    server = ready.serve()
    assert requests.get(f"{ready.address}/healthz", timeout=10).json()["ok"] is True
    assert answers(f"{ready.address}/") == 200
    about = requests.get(
        f"{ready.address}/xapi/about", headers={"X-Experience-API-Version": "1.0.3"}, timeout=10
    )
    assert "1.0.3" in about.json()["version"]

    second = ready.run("serve", "--port", "1")
    assert second.returncode == 1
    assert "Another process serves this hub already." in said(second)

    below = descendants(server.pid)
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert "Traceback" not in said(server)
    assert not any(map(is_alive, below))
    assert ready.look("SELECT count(*) FROM worker") == [(0,)]


def test_a_pull_beside_a_server_is_carried_out_by_the_server_and_followed(ready):
    ready.serve()
    with serve_replay(recording()) as address:
        added = _add(ready, address)
        assert added.returncode == 0
        pull = ready.run("pull", "academy")
    assert pull.returncode == 0, said(pull)
    assert "academy: " in said(pull)
    assert "statements stored" in said(pull)
    assert ready.look("SELECT state, requested_by FROM run") == [("succeeded", "command line")]
    until(lambda: ready.look("SELECT count(*) FROM touched") == [(0,)], seconds=20)
    assert ready.look("SELECT count(*) FROM progress")[0][0] > 0


def _add(terminal, address):
    command = [
        sys.executable, "-m", "hub.cli", "sources", "add", "moodle", "academy",
        "--set", f"base_url={address}", "--secret", "token",
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=terminal.folder, env=terminal.environment, input=f"{TOKEN}\n",
        text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_server_whose_own_process_dies_ends_so_that_its_supervisor_can_restart_it(ready):
    server = ready.serve()
    (worker,) = [pid for pid in descendants(server.pid) if _serves(pid)]
    os.kill(worker, signal.SIGKILL)
    assert server.wait(30) != 0
    assert answers(f"{ready.address}/healthz") == 0

    ready.serve()


def _serves(pid):
    """The process that answers requests, not multiprocessing's own."""
    return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_server_that_is_killed_leaves_nothing_behind(ready):
    server = ready.serve()
    below = descendants(server.pid)
    server.kill()
    server.wait()
    until(lambda: not any(map(is_alive, below)), seconds=10)
    assert answers(f"{ready.address}/healthz") == 0
