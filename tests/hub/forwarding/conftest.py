"""A hub with statements, another store over HTTP, and a forwarder between them."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from config import Settings
from hub.app import create_app
from hub.database import Database
from hub.deployment import found_deployment
from hub.extensions import Hub
from hub.forwarding import service
from hub.forwarding.models import DeadLetter, Forwarder
from hub.forwarding.tasks import Found, forward_next
from hub.migrations import upgrade
from tests.hub.forwarding.other import ScriptedLrs, served
from tests.hub.lrs.speaking import open_door, statement

CANARY = "c4n4ry0f5ecret5"


@pytest.fixture
def door(hub, app):
    """A vendor that pushes to the hub that forwards."""
    return open_door(hub, app)


@pytest.fixture
def push(door):
    """Stores so many statements, each about an activity of its own; returns their ids."""

    def store(count=1, **parts):
        return door.store(
            *(
                statement(
                    id=str(uuid4()),
                    **{"object": {"id": f"https://lms.example.org/{number}"}, **parts},
                )
                for number in range(count)
            )
        )

    return store


@dataclass
class Forwarding:
    """A forwarder by name, as a test steers it."""

    hub: Hub
    name: str = "Group LRS"
    before: list = field(default_factory=list)

    @property
    def row(self) -> Forwarder:
        with self.hub.database.reading() as session:
            return service.get_forwarder(session, self.name)

    @property
    def letters(self) -> list[DeadLetter]:
        with self.hub.database.reading() as session:
            return service.dead_letters(session, self.row.id, 1000)

    def do(self, action, *arguments):
        with self.hub.database.transaction() as session:
            return action(session, service.get_forwarder(session, self.name), *arguments)

    def run(self, most=50):
        """Let the duty work until it has nothing to do; returns how often it had."""
        for turn in range(most):
            if forward_next(self.hub) is Found.NOTHING:
                return turn
        raise AssertionError("the duty never ends")

    def come_due(self):
        """Let the time of the next try be over."""
        with self.hub.database.transaction() as session:
            service.get_forwarder(session, self.name).next_try_at = None


@pytest.fixture
def forward_to(hub):
    """Adds a forwarder to an address."""

    def add(address, **texts):
        given = {"endpoint": f"{address}/xapi", "key": "hub", "secret": CANARY, **texts}
        with hub.database.transaction() as session:
            service.add(session, hub.keyring, hub.settings, name="Group LRS", texts=given)
        return Forwarding(hub)

    return add


@pytest.fixture
def other():
    """A scripted store."""
    return ScriptedLrs()


@pytest.fixture
def other_address(other):
    with served(other) as address:
        yield address


@pytest.fixture
def forwarding(forward_to, other_address):
    """A forwarder to the scripted store, which begins with the next statement."""
    return forward_to(other_address)


@pytest.fixture
def second_hub(tmp_path_factory, keyring):
    """Another hub on a database of its own: the most truthful store there is to send to."""
    folder: Path = tmp_path_factory.mktemp("second")
    settings = Settings(
        data_dir=folder, database_url=f"sqlite:///{folder / 'hub.db'}", log_level="ERROR"
    )
    database = Database(settings.effective_database_url)
    upgrade(database.engine)
    with database.transaction() as session:
        found_deployment(session)
    found = Hub(settings, database, keyring)
    yield open_door(found, create_app(hub=found))
    database.dispose()


@pytest.fixture
def second_address(second_hub):
    with served(second_hub.app) as address:
        yield address
