"""Readers who follow a store while many write: everything once, and no promise that is a lie.

On PostgreSQL two servers work on one database. HUB_TEST_FOLLOWED_SECONDS is for how long; --log-cli-level=INFO shows
figures.
"""

import logging
import os
import random
import threading
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException

import pytest

from tests.commands.conftest import answers, free_port, said, until
from tests.commands.speaking import FIRST, Client, new_statement, new_vendor

pytestmark = [pytest.mark.commands, pytest.mark.timeout(600)]

log = logging.getLogger(__name__)

SECONDS = float(os.environ.get("HUB_TEST_FOLLOWED_SECONDS", "4"))
WRITERS = 16
SIZES = (1, 1, 1, 2, 5, 20)
"""Statements in a request, drawn at random."""


@pytest.fixture
def ports(database_url, terminal):
    """Servers on one database: two, or one where the database lets in no second one."""
    terminal.environment |= {"HUB_DATABASE_URL": database_url, "HUB_LOG_LEVEL": "ERROR"}
    assert terminal.run("init").returncode == 0
    found = [terminal.port]
    if database_url.startswith("postgresql"):
        found.append(free_port())
    for port in found:
        server = terminal.start("serve", "--port", str(port))
        until(lambda url=f"http://127.0.0.1:{port}/healthz": answers(url) == 200)
        assert server.poll() is None, said(server)
    return found


class Promise:
    """The latest instant up to which anybody was told that reading is complete."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.latest = FIRST

    def told(self, through: str) -> None:
        with self._lock:
            self.latest = max(self.latest, through)


@dataclass
class Turn:
    """One answer with all its pages: what was asked for, promised, and found."""

    since: str
    promised: str
    found: list[tuple[str, str]]

    def missing(self, everything):
        """What was stored when promised, and is not there."""
        low, high = (bisect_right(everything, (at, "~")) for at in (self.since, self.promised))
        return set(everything[low:high]) - set(self.found)


@dataclass
class Follower:
    """Reads on from turn to turn; seen is what it takes for new."""

    client: Client
    query: dict
    by_promise: bool = False
    since: str = FIRST
    seen: Counter = field(default_factory=Counter)
    turns: list[Turn] = field(default_factory=list)
    pages: int = 0

    def follow(self, promise):
        """One turn: an answer to its last page."""
        before = promise.latest
        promised, found = "", []
        for page, through in self.client.answer(since=self.since, **self.query):
            # What the first page promises is in the answer; later pages are cut where it was.
            promised = promised or through
            promise.told(through)
            found += page
            self.pages += 1
        self.turns.append(Turn(self.since, max(before, promised), found))
        if self.by_promise:
            found = [one for one in found if one[0] <= promised]
        self.seen.update(found)
        self.since = max([self.since, *([promised] if self.by_promise else []), *dict(found)])


def write(client, promise, stored, over):
    """Store statements until it is over, some requests twice; their ids go to *stored*."""
    while not over.is_set():
        batch = [new_statement() for _ in range(random.choice(SIZES))]
        for _ in range(1 + (random.random() < 0.1)):
            promise.told(client.post(batch))
        stored.extend(statement["id"] for statement in batch)


def follow(follower, promise, over):
    while not over.is_set():
        follower.follow(promise)
    follower.follow(promise)


def test_every_follower_sees_every_statement_once_and_no_promise_is_a_lie(ports, terminal):
    authorization = new_vendor(terminal)
    clients = [Client(ports[n % len(ports)], authorization) for n in range(WRITERS + 4)]
    followers = [
        Follower(clients[0], {"ascending": "true", "limit": 500}),
        Follower(clients[1], {"ascending": "true", "limit": 100}, by_promise=True),
        Follower(clients[2], {"ascending": "true", "limit": 25}),
        Follower(clients[3], {"limit": 50}),
    ]
    promise, stored, failed = Promise(), [], []
    written, over = threading.Event(), threading.Event()

    def noted(work, *given):
        def run():
            try:
                work(*given)
            except (AssertionError, OSError, HTTPException) as error:
                failed.append(error)
                written.set()
                over.set()

        return threading.Thread(target=run)

    writers = [noted(write, client, promise, stored, written) for client in clients[4:]]
    readers = [noted(follow, follower, promise, over) for follower in followers]
    began = time.monotonic()
    for thread in writers + readers:
        thread.start()
    written.wait(SECONDS)
    written.set()
    for thread in writers:
        thread.join()
    rate = len(stored) / (time.monotonic() - began)
    over.set()
    for thread in readers:
        thread.join()

    assert not failed, "\n".join(map(said, terminal.started))
    # A connection of its own: a server closes those that were silent for long.
    everything = Client(ports[0], authorization).everything()
    assert everything == sorted(everything, key=lambda one: one[0])
    assert sorted(one for _, one in everything) == sorted(stored)
    for follower in followers:
        assert follower.seen == Counter(everything), follower.query
        assert not any(turn.missing(everything) for turn in follower.turns), follower.query
    log.info(
        "%d statements, %.0f/s; turns/pages of the followers: %s",
        len(stored),
        rate,
        ", ".join(f"{len(one.turns)}/{one.pages}" for one in followers),
    )
