"""``hub sources`` in a terminal."""

import pytest
from click.testing import CliRunner

from hub.errors import HubError
from hub.sources.cli import sources
from hub.sources.service import get_source, secrets_of

CANARY = "c4n4ry0f5ecret5"


@pytest.fixture
def run(hub):
    def command(*arguments, **options):
        return CliRunner().invoke(sources, arguments, obj=hub, **options)

    return command


def test_a_secret_is_read_from_standard_input_and_never_printed(run, hub):
    answer = run("add", "moodle", "academy", "--set", "base_url=https://m.example.org",
                 "--secret", "token", input=f"{CANARY}\n")  # fmt: skip
    assert answer.exit_code == 0
    assert CANARY not in answer.output
    with hub.database.reading() as session:
        assert secrets_of(get_source(session, "academy"), hub.keyring) == {"token": CANARY}


def test_a_secret_on_the_command_line_is_refused_without_repeating_it(run):
    answer = run("add", "moodle", "academy", "--set", f"token={CANARY}")
    assert isinstance(answer.exception, HubError)
    assert "--secret token" in answer.exception.hint
    assert CANARY not in str(answer.exception)


def test_a_check_prints_a_line_per_grant_and_the_exit_status_tells(run, tmp_path):
    folder = tmp_path / "drop"
    run("add", "attendance_file", "classroom", "--set", f"folder={folder}",
        "--set", "system_name=SimpliTrain")  # fmt: skip
    missing = run("check", "classroom")
    assert missing.exit_code == 1
    assert "✗ folder" in missing.output
    assert "Create the folder" in missing.output
    folder.mkdir()
    there = run("check", "classroom")
    assert there.exit_code == 0
    assert "✓ folder" in there.output


def test_a_list_shows_state_and_last_check(run, tmp_path):
    run("add", "attendance_file", "classroom", "--set", f"folder={tmp_path}",
        "--set", "system_name=SimpliTrain")  # fmt: skip
    run("pause", "classroom")
    answer = run("list")
    for words in ("classroom", "paused", "never"):
        assert words in answer.output
    assert "can be pulled again" in run("resume", "classroom").output
