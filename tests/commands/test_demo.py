"""hub demo, as a newcomer types it: started, killed, stopped, started again."""

import os
import re
import shlex
import signal
import subprocess
from itertools import pairwise

import pytest
import requests

from hub.demo.cli import ADMIN
from tests.commands.conftest import (
    answers,
    demo_state,
    descendants,
    is_alive,
    said,
    until,
    without_colours,
)

pytestmark = [
    pytest.mark.commands,
    pytest.mark.timeout(600),
]

TOTALS = re.compile(
    r"(\d+) learners, (\d+) statements, (\d+) progress records, (\d+) records set aside"
)
PAGES = "SELECT count(*) FROM run_event WHERE kind = 'page_stored'"


def totals(process):
    """What `hub demo --once` counts at its end."""
    assert process.returncode == 0, said(process)
    return tuple(map(int, TOTALS.search(said(process)).groups()))


def test_once_shows_a_transcript_and_the_second_time_finds_something_new(terminal):
    first = terminal.run("demo", "--once")
    second = terminal.run("demo", "--once")

    learners, statements, records, aside = totals(first)
    assert learners >= 40
    assert statements > 1000
    assert records > 100
    assert aside == 3
    assert "Fire Safety" in said(first)
    assert "Manual" in said(first)
    assert "Traceback" not in said(first) + said(second)
    again = totals(second)
    assert again[0] > learners
    assert again[1] > statements
    assert again[3] == aside


def test_a_demo_killed_in_its_first_pull_goes_on_to_the_same_totals(terminal, tmp_path_factory):
    undisturbed = type(terminal)(tmp_path_factory.mktemp("undisturbed"))
    whole = totals(undisturbed.run("demo", "--once"))

    demo = terminal.start("demo")
    until(lambda: (terminal.look(PAGES) or [(0,)])[0][0] >= 2)
    below = descendants(demo.pid)
    assert below
    os.kill(demo.pid, signal.SIGKILL)
    demo.wait()
    until(lambda: not any(map(is_alive, below)), seconds=10)
    assert answers(f"{terminal.address}/healthz") == 0
    before = terminal.look("SELECT count(*) FROM statement")[0][0]
    assert before < whole[1]
    assert demo_state(terminal)["pulled"] is False

    again = terminal.run("demo", "--once")
    assert totals(again) == whole
    assert terminal.look("SELECT count(*) FROM run WHERE state IN ('queued', 'running')") == [(0,)]
    doubles = "SELECT count(*) - count(DISTINCT fact_id || '/' || version) FROM statement"
    assert terminal.look(f"{doubles} WHERE fact_id IS NOT NULL") == [(0,)]


def test_ctrl_c_in_the_middle_of_a_pull_is_no_failure(terminal):
    demo = terminal.start("demo")
    until(lambda: (terminal.look(PAGES) or [(0,)])[0][0] >= 1)
    below = descendants(demo.pid)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(30) == 0, said(demo)
    assert "Traceback" not in said(demo)
    until(lambda: not any(map(is_alive, below)), seconds=5)


def curl_of(line):
    """The request that a printed curl line makes."""
    words = shlex.split(line[line.index("curl ") :])
    headers, user = {}, None
    for flag, value in pairwise(words):
        if flag == "-H":
            name, _, text = value.partition(": ")
            headers[name] = text
        elif flag == "-u":
            user = tuple(value.split(":", 1))
    return requests.get(words[-1], headers=headers, auth=user, timeout=30)


def sign_in(address, page, email, password):
    """The page, after signing in where it asks for that."""
    session = requests.Session()
    asked = session.get(page, timeout=30)
    assert "/login" in asked.url or "password" in asked.text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', asked.text).group(1)
    form = {"csrf_token": token, "email": email, "password": password}
    signed_in = session.post(asked.url, data=form, timeout=30)
    assert signed_in.status_code == 200, signed_in.text[:500]
    return session.get(page, timeout=30)


def test_the_printed_addresses_open_and_ctrl_c_ends_everything(terminal):
    terminal.environment.pop("HUB_ALLOW_NETWORKS")
    demo = terminal.start("demo")
    until(lambda: "Ctrl-C stops everything" in said(demo) or demo.poll() is not None)
    printed = without_colours(said(demo))
    assert demo.poll() is None, printed
    state = demo_state(terminal)
    assert state["pulled"] is True

    admin, learner = re.findall(r"sign in as (\S+) with (\S+)", printed)
    (admin_page,) = re.findall(r"Admin\s+(\S+)", printed)
    (learner_page,) = re.findall(r"Learner\s+(\S+)", printed)
    assert admin[0] == ADMIN
    sources = sign_in(terminal.address, admin_page, *admin)
    assert sources.status_code == 200
    assert "Moodle" in sources.text
    transcript = sign_in(terminal.address, learner_page, *learner)
    assert transcript.status_code == 200
    assert "Fire Safety" in transcript.text
    report, vendor = [curl_of(line) for line in printed.splitlines() if "curl " in line]
    assert report.status_code == vendor.status_code == 200
    assert report.json()["data"]
    assert "statements" in vendor.json()
    folder = re.search(r"a CSV export lies in (\S+)\.\n", printed).group(1)
    assert (terminal.folder / folder / "attendance.csv").exists()

    check = terminal.run("sources", "check", "Moodle")
    assert check.returncode == 0, said(check)
    second = terminal.run("demo", "--once")
    assert second.returncode == 1
    assert "This demo is running already." in said(second)

    below = descendants(demo.pid)
    ports = [terminal.port, state["moodle_port"], state["arlo_port"]]
    assert all(answers(f"http://127.0.0.1:{port}/") for port in ports)
    demo.send_signal(signal.SIGINT)
    try:
        assert demo.wait(30) == 0
    except subprocess.TimeoutExpired:
        pytest.fail(said(demo))
    assert "Traceback" not in said(demo)
    until(lambda: not any(map(is_alive, below)), seconds=5)
    assert not any(answers(f"http://127.0.0.1:{port}/") for port in ports)
