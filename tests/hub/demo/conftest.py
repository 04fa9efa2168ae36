from datetime import UTC, datetime

import pytest

from hub.demo.arlo_site import arlo_site
from hub.demo.moodle_site import moodle_site
from hub.demo.scenario import load_scenario
from hub.demo.servers import serve_at
from hub.demo.world import world
from tests.hub.demo.talking import PASSWORD, TOKEN, USERNAME, Arlo, Moodle

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def scenario():
    return load_scenario()


@pytest.fixture(scope="session")
def demo_world(scenario):
    return world(scenario, now=NOW)


@pytest.fixture(scope="session")
def moodle(demo_world):
    with serve_at(lambda url: moodle_site(demo_world.moodle, token=TOKEN, site_url=url)) as server:
        yield Moodle(server.url)


@pytest.fixture(scope="session")
def arlo(demo_world):
    def build(url):
        return arlo_site(
            demo_world.arlo, username=USERNAME, password=PASSWORD, base_url=url, page_size=20
        )

    with serve_at(build) as server:
        yield Arlo(server.url)
