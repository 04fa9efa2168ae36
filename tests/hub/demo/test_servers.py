"""Serving on loopback, and breaking on demand."""

import json

import pytest
import requests
from werkzeug.wrappers import Response

from hub.demo.faults import with_fault
from hub.demo.servers import serve

APP = Response('{"fine": true}', content_type="application/json")


def test_a_server_answers_until_it_is_stopped():
    server = serve(APP)
    assert server.url.startswith("http://127.0.0.1:")
    assert requests.get(server.url, timeout=5).json() == {"fine": True}
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)


def test_a_stopped_server_frees_its_port():
    with serve(APP) as server:
        port = int(server.url.rpartition(":")[2])
    with serve(APP, port) as again:
        assert again.url == server.url


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (None, 200, "application/json"),
        ("html", 200, "text/html; charset=utf-8"),
        ("error500", 500, "text/plain; charset=utf-8"),
    ],
)
def test_a_broken_server_answers_as_broken_servers_do(fault, status, kind):
    with serve(with_fault(APP, fault)) as server:
        answer = requests.get(server.url, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, kind)


def test_a_truncated_answer_is_no_json():
    with serve(with_fault(APP, "truncate")) as server:
        answer = requests.get(server.url, timeout=5)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_slow_answer_is_later_than_an_impatient_caller():
    with serve(with_fault(APP, "slow")) as server, pytest.raises(requests.ReadTimeout):
        requests.get(server.url, timeout=0.2)
