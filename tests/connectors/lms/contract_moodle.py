"""Moodle under the contract tests: one complete read of a recorded 4.5 site."""

from contextlib import contextmanager

from tests.connectors.contract import Case
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay


def config_at(base_url):
    return {"base_url": base_url, "token": TOKEN}


@contextmanager
def opened():
    with serve_replay(recording()) as base_url:
        yield config_at(base_url)


CASE = Case(
    key="moodle",
    opened=opened,
    config_at=config_at,
    secrets=(TOKEN,),
    small_pages=lambda monkeypatch: monkeypatch.setattr(
        "connectors.lms.moodle_steps.RECORDS_PER_PAGE", 2
    ),
)
