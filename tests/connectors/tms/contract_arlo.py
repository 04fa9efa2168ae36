"""Arlo under the contract tests: the demo's simulated platform, over HTTP on loopback."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

from werkzeug.serving import WSGIRequestHandler, make_server

from hub.demo.arlo_site import arlo_site
from hub.demo.scenario import load_scenario
from hub.demo.world import world
from tests.connectors.contract import Case

PASSWORD = "canary-arlo-password"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def config_at(base_url):
    return {"base_url": base_url, "username": "hub", "password": PASSWORD, "pause": 0}


class Silent(WSGIRequestHandler):
    def log_request(self, *args, **more):
        """Say nothing about a request."""


@contextmanager
def opened():
    platform = world(load_scenario(), now=NOW).arlo
    sites = []
    server = make_server(
        "127.0.0.1",
        0,
        lambda environ, start: sites[0](environ, start),  # noqa: PLW0108 - it is filled later
        threaded=True,
        request_handler=Silent,
    )
    base_url = f"http://127.0.0.1:{server.server_port}"
    sites.append(arlo_site(platform, username="hub", password=PASSWORD, base_url=base_url))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield config_at(base_url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


CASE = Case(
    key="arlo",
    opened=opened,
    config_at=config_at,
    secrets=(PASSWORD,),
    small_pages=lambda monkeypatch: monkeypatch.setattr(
        "connectors.tms.arlo_api.MOST_PER_PAGE", 40
    ),
)
