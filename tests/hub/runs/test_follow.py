"""Seeing a run through on a terminal: to its successor, and never for ever."""

import pytest

from hub.errors import Conflict
from hub.jobs import alone
from hub.progress.projector import catch_up
from hub.runs.follow import follow, pull_source
from hub.runs.pull import execute
from hub.runs.service import request_run, start
from tests.hub.runs.scripted import attendance
from tests.hub.runs.test_execute import ONE_SQLITE, newest_run, request, steal


def test_a_run_that_was_interrupted_is_followed_into_its_successor(hub, script, source_id, capsys):
    script.pages = [[attendance("attended")], lambda: steal(hub, source_id)]
    first = request(hub, source_id)
    execute(hub, first)
    successor = newest_run(hub, source_id).id
    script.pages = []
    looks = []

    def alive():
        looks.append(1)
        if len(looks) == 2:
            execute(hub, successor)
        return True

    assert follow(hub, first, "academy", alive=alive).id == successor
    assert "✓ academy: Nothing new: 0 statements stored." in capsys.readouterr().err


def test_a_run_that_nobody_carries_out_is_not_waited_for(hub, source_id):
    run_id = request(hub, source_id)
    with pytest.raises(Conflict, match="Nobody carries out the pull of academy") as caught:
        follow(hub, run_id, "academy", alive=lambda: False)
    assert "hub serve" in caught.value.hint


@ONE_SQLITE
def test_a_pull_after_a_crash_goes_on_with_the_interrupted_run(hub, script, source_id, stored):
    script.pages = [[attendance("attended", key="1")], KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        execute(hub, request(hub, source_id))
    script.pages = [[], [attendance("attended", key="2")]]
    run = pull_source(hub, "academy", project=catch_up)

    assert run.state == "succeeded"
    assert script.asked[-1] == (None, 1)
    assert len(stored()) == 2


@ONE_SQLITE
def test_everything_is_not_asked_for_beside_a_smaller_run(hub, script, source_id):
    run_id = request(hub, source_id)
    with hub.database.transaction() as session:
        start(session, run_id)
    with (
        alone.held(hub.settings.data_dir),
        pytest.raises(Conflict, match="reads only what has changed"),
    ):
        pull_source(hub, "academy", project=catch_up, full=True)
    with hub.database.transaction() as session:
        assert request_run(session, source_id, full=True, requested_by="test").id == run_id
