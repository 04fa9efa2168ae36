"""Fills a store in process, past HTTP: only to have very many statements to ask for."""

from collections.abc import Iterable
from itertools import islice
from uuid import uuid4

from bench.population import statement
from hub.database import Database
from hub.lrs.prepare import prepare
from hub.lrs.store import Authority, put

BATCH = 1_000
VENDOR = Authority("vendor:bench", {"objectType": "Agent", "mbox": "mailto:bench@example.org"})


def fill(address: str, numbers: Iterable[int]) -> None:
    """Store statements through the hub's own store, safe against kill only."""
    database = Database(address, power_safe=False)
    following = iter(numbers)
    try:
        while some := list(islice(following, BATCH)):
            batch = [prepare(statement(number), new_id=uuid4(), version="1.0.3") for number in some]
            with database.transaction() as session:
                put(session, batch, authority=VENDOR)
    finally:
        database.dispose()
