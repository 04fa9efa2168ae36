"""``hub forwarders`` in a terminal."""

import pytest
from click.testing import CliRunner

from hub.errors import HubError
from hub.forwarding.cli import forwarders
from hub.forwarding.service import get_forwarder, secret_of
from tests.hub.forwarding.conftest import CANARY


@pytest.fixture
def run(hub):
    def command(*arguments, **options):
        return CliRunner().invoke(forwarders, arguments, obj=hub, **options)

    return command


@pytest.fixture
def added(run):
    return run("add", "Group LRS", "--endpoint", "https://lrs.example.org/xapi", "--key", "hub",
               "--set", "version=2.0.0", input=f"{CANARY}\n")  # fmt: skip


def test_the_secret_is_read_from_standard_input_and_never_printed(added, hub):
    assert added.exit_code == 0, added.exception
    assert CANARY not in added.output
    with hub.database.reading() as session:
        row = get_forwarder(session, "Group LRS")
        assert secret_of(row, hub.keyring) == CANARY
        assert row.config["version"] == "2.0.0"


def test_a_secret_on_the_command_line_is_refused_without_repeating_it(run):
    answer = run("add", "x", "--endpoint", "https://lrs.example.org", "--key", "k",
                 "--set", f"secret={CANARY}")  # fmt: skip
    assert isinstance(answer.exception, HubError)
    assert CANARY not in str(answer.exception)


def test_an_unknown_field_is_refused_with_those_there_are(run):
    answer = run("add", "x", "--endpoint", "https://lrs.example.org", "--key", "k",
                 "--set", "verb=completed")  # fmt: skip
    assert "verbs" in answer.exception.hint


def test_the_list_shows_state_lag_and_dead_letters(run, added, push):
    push(2)
    run("pause", "Group LRS")
    listed = run("list").output
    for words in ("Group LRS", "Paused", "2 statements"):
        assert words in listed


def test_steering_a_forwarder_from_a_terminal(run, added, hub):
    assert run("pause", "Group LRS").exit_code == 0
    assert run("resume", "Group LRS").exit_code == 0
    assert run("retry", "Group LRS", "--letters").output == (
        "Group LRS is tried again, with 0 dead letters.\n"
    )
    assert run("remove", "Group LRS", "--yes").exit_code == 0
    assert "There is no forwarder" in run("pause", "Group LRS").exception.message


def test_an_empty_list_says_how_to_add_one(run):
    assert "hub forwarders add" in run("list").output
