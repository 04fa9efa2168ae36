"""A server that is killed in the middle of storing: what it answered is there, and nothing is half.

HUB_TEST_KILLS is how often; --log-cli-level=INFO shows figures.
"""

import logging
import os
import random
import signal
import threading
from http.client import HTTPException

import pytest

from tests.commands.conftest import descendants, is_alive, until
from tests.commands.speaking import Client, new_statement, new_vendor

pytestmark = [pytest.mark.commands, pytest.mark.timeout(900)]

log = logging.getLogger(__name__)

KILLS = int(os.environ.get("HUB_TEST_KILLS", "3"))
CLIENTS = 4
SIZE = 50


class Sender(threading.Thread):
    """Posts batches until the server is gone; knows which of them were answered."""

    def __init__(self, client):
        super().__init__()
        self._client = client
        self.answered, self.unanswered = [], []

    def run(self):
        while not self.unanswered:
            batch = [new_statement() for _ in range(SIZE)]
            try:
                self._client.post(batch)
            except (OSError, HTTPException):
                self.unanswered.append(batch)
            else:
                self.answered.append(batch)


def kill(server):
    """SIGKILL to the server and its processes, those that store first."""
    pids = [*descendants(server.pid), server.pid]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    server.wait()
    until(lambda: not any(map(is_alive, pids)), seconds=10)


def test_what_was_answered_is_there_whole_and_nothing_is_there_by_half(database_url, terminal):
    terminal.environment |= {"HUB_DATABASE_URL": database_url, "HUB_LOG_LEVEL": "ERROR"}
    assert terminal.run("init").returncode == 0
    authorization = new_vendor(terminal)
    before, cut, kept = 0, 0, 0
    server = terminal.serve()
    for _ in range(KILLS):
        senders = [Sender(Client(terminal.port, authorization)) for _ in range(CLIENTS)]
        for sender in senders:
            sender.start()
        until(lambda senders=senders: any(sender.answered for sender in senders))
        threading.Event().wait(random.uniform(0, 1))
        kill(server)
        for sender in senders:
            sender.join()
        server = terminal.serve()

        client = Client(terminal.port, authorization)
        there = {statement_id for _, statement_id in client.everything()}
        for batch in (batch for sender in senders for batch in sender.answered):
            assert all(statement["id"] in there for statement in batch)
            before += SIZE
        for batch in (batch for sender in senders for batch in sender.unanswered):
            found = sum(statement["id"] in there for statement in batch)
            assert found in {0, SIZE}
            cut, kept = cut + 1, kept + found // SIZE
            client.post(batch)
            before += SIZE
        after = [statement_id for _, statement_id in client.everything()]
        assert len(after) == len(set(after)) == before
    log.info(
        "%d kills, %d statements, %d batches unanswered, %d of them stored",
        KILLS,
        before,
        cut,
        kept,
    )
