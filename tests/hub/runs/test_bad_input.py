"""Whatever a source answers ends as a sentence: what, why in its own words, what to do."""

from dataclasses import replace

import pytest

from hub import clock
from hub.demo.arlo_site import arlo_site
from hub.demo.moodle_site import moodle_site
from hub.demo.scenario import load_scenario
from hub.demo.servers import serve, serve_at
from hub.demo.world import world
from hub.runs.models import Lease
from tests.hub.pulling import add, pull

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TOKEN = "c4n4ry-token-of-moodle"


@pytest.fixture(scope="module")
def small():
    return world(replace(load_scenario(), people=20), now=clock.now().replace(microsecond=0))


def moodle(small, **more):
    return serve_at(lambda url: moodle_site(small.moodle, token=TOKEN, site_url=url, **more))


def arlo(platform, **more):
    def build(url):
        return arlo_site(platform, username="hub", password=TOKEN, base_url=url, **more)

    return serve_at(build)


def add_arlo(hub, url, password=TOKEN):
    return add(hub, "arlo", "platform", base_url=url, username="hub", password=password, pause="0")


def failed(hub, source_id):
    """The run as it ended, after making sure that it ended well for the hub."""
    run = pull(hub, source_id)
    assert run.state == "failed"
    assert TOKEN not in run.message + run.hint
    assert run.message.endswith((".", "”"))
    assert run.hint
    with hub.database.reading() as session:
        assert session.get(Lease, source_id).holder is None
    return run


def test_a_wrong_token(hub, small):
    with moodle(small) as site:
        source_id = add(hub, "moodle", "academy", base_url=site.url, token="wrong")
        run = failed(hub, source_id)
    assert "refused the token" in run.message
    assert "Invalid token - token not found" in run.message
    assert "Manage tokens" in run.hint


def test_a_wrong_password(hub, small):
    with arlo(small.arlo) as site:
        run = failed(hub, add_arlo(hub, site.url, password="wrong"))
    assert "did not accept the user name and password" in run.message
    assert "The credentials supplied are not valid." in run.message


def test_an_address_where_nobody_answers(hub, small):
    with moodle(small) as site:
        address = site.url
    run = failed(hub, add(hub, "moodle", "academy", base_url=address, token=TOKEN))
    assert "Could not reach 127.0.0.1. It refused the connection on port" in run.message


@pytest.mark.parametrize("fault", ["html", "truncate"])
def test_an_address_that_answers_with_something_else(hub, small, fault):
    with moodle(small, faults=fault) as site:
        run = failed(hub, add(hub, "moodle", "academy", base_url=site.url, token=TOKEN))
    assert "not" in run.message


def test_a_web_page_is_told_from_data(hub, small):
    with moodle(small, faults="html") as site:
        run = failed(hub, add(hub, "moodle", "academy", base_url=site.url, token=TOKEN))
    assert "web page" in run.message


def test_a_platform_without_that_interface(hub):
    def empty(_environ, start_response):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"No such place"]

    with serve(empty) as site:
        run = failed(hub, add_arlo(hub, site.url))
    assert "404" in run.message or "No such place" in run.message


def test_a_private_address_is_refused_until_the_operator_allows_it(hub, small):
    with moodle(small) as site:
        source_id = add(hub, "moodle", "academy", base_url=site.url, token=TOKEN)
        careful = replace(hub, settings=replace(hub.settings, allow_networks=()))
        run = failed(careful, source_id)
    assert "127.0.0.1" in run.message
    assert "HUB_ALLOW_NETWORKS=127.0.0.0/8" in run.hint


def test_records_without_a_learner_and_with_an_unknown_mark_are_set_aside(
    hub, small, set_aside, stored
):
    with arlo(small.arlo) as site:
        source_id = add_arlo(hub, site.url)
        run = pull(hub, source_id)
        again = pull(hub, source_id, full=True)
    assert run.state == "succeeded_with_warnings"
    assert run.counts["rejected"] >= 2
    first = set_aside()
    assert len(first) == run.counts["rejected"]
    assert {(state, times) for _, _, state, times in first} == {("open", 2)}
    assert again.counts["statements"] == 0


def test_after_the_refusal_is_mended_everything_comes(hub, small, stored):
    with moodle(small) as site:
        source_id = add(hub, "moodle", "academy", base_url=site.url, token="wrong")
        failed(hub, source_id)
        from hub.sources.service import change_source, get_source

        with hub.database.transaction() as session:
            change_source(
                session,
                hub.keyring,
                get_source(session, "academy"),
                {"base_url": site.url, "token": TOKEN},
            )
        run = pull(hub, source_id)
    assert run.state == "succeeded"
    assert run.counts["statements"] == len(stored()) > 100
