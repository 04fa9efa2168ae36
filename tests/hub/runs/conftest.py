"""A source that a test scripts, and what the store holds afterwards."""

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from connectors.registry import connectors
from hub import clock
from hub.demo.scenario import load_scenario
from hub.demo.state import DemoState
from hub.demo.systems import ORDER, connect, running
from hub.demo.world import world
from hub.extensions import Hub
from hub.lrs.models import Statement
from hub.rejections.models import Rejection
from hub.sources.service import get_source
from tests.hub.pulling import add, pull
from tests.hub.runs.scripted import Script, connector_of

SECRETS = {"moodle": "demo-token", "arlo": "demo-password"}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    told = Script()
    monkeypatch.setitem(connectors(), "scripted", connector_of(told))
    return told


@pytest.fixture
def source_id(hub: Hub, script: Script) -> UUID:
    return add(hub, "scripted", "academy")


@pytest.fixture
def says(hub, script, source_id) -> Callable:
    """Pulls these records, as one page, and returns the run as it ended."""

    def tell(*records, full=False):
        script.pages = [list(records)]
        return pull(hub, source_id, full=full)

    return tell


@pytest.fixture
def stored(hub) -> Callable:
    """All statements in order of storing: (verb, voided) or whatever else is asked for."""

    def read(show=lambda row, body: (body["verb"]["display"]["en"], row.voided)):
        with hub.database.reading() as session:
            rows = session.scalars(select(Statement).order_by(Statement.seq)).all()
        return [show(row, json.loads(row.payload)) for row in rows]

    return read


@pytest.fixture
def set_aside(hub) -> Callable:
    """All rejections: (record key, code, state, times)."""

    def read():
        with hub.database.reading() as session:
            rows = session.scalars(select(Rejection).order_by(Rejection.record_key, Rejection.code))
            return [(row.record_key, row.code, row.state, row.times) for row in rows]

    return read


class Demo:
    """The demo's three systems at one step of their world, and pulls of all of them."""

    def __init__(self, hub, folder):
        self.hub = hub
        self.folder = folder
        self.scenario = replace(load_scenario(), people=20, moodle_port=0, arlo_port=0)
        self.state = DemoState(clock.now().replace(microsecond=0), secrets=SECRETS)

    def pulled(self, step, *, rounds=1, full=False):
        """The runs of each round, by name of the source."""
        at = world(self.scenario, now=self.state.began_at, step=step)
        with running(at, self.state, self.folder) as systems:
            self.state = systems.state
            connect(self.hub, systems, at)
            return [self._round(full) for _ in range(rounds)]

    def _round(self, full):
        with self.hub.database.reading() as session:
            ids = {name: get_source(session, name).id for name in ORDER}
        return {name: pull(self.hub, source_id, full=full) for name, source_id in ids.items()}


@pytest.fixture
def demo(hub, tmp_path) -> Demo:
    return Demo(hub, tmp_path)
