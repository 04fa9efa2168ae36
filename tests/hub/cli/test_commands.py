"""Every command answers in sentences, with the right exit status, and never with a traceback."""

import json
import sqlite3
import stat

import pytest

from hub.demo.servers import serve_at
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay

ALICE = "alice.anders@example.org"


def add_academy(machine, address, token=TOKEN):
    words = ("sources", "add", "moodle", "academy", "--set", f"base_url={address}")
    return machine.hub(*words, "--secret", "token", given=f"{token}\n")


def test_init_makes_a_hub_and_is_safe_to_repeat(machine):
    first = machine.hub("init")
    keys = machine.folder / "var" / "keys.json"
    before = keys.read_text()
    second = machine.hub("init")

    assert (first.returncode, second.returncode) == (0, 0)
    assert "Database ready" in first.stdout
    assert keys.read_text() == before
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [
        ({"HUB_DATA_DIR": "a file/var"}, "The data folder a file/var", "Not a directory"),
        ({"HUB_DATA_DIR": "/proc/none"}, "The data folder /proc/none", "No such file"),
        ({"HUB_KEYS_FILE": "/proc/none/keys"}, "The key file /proc/none/keys", "No such file"),
        (
            {"HUB_DATABASE_URL": "sqlite:////proc/x.db"},
            "The database sqlite:////proc/x.db",
            "unable to open database file",
        ),
        (
            {"HUB_DATABASE_URL": "postgresql://ada:c4n4ry@127.0.0.1:1/hub"},
            "The database postgresql+psycopg://ada:***@127.0.0.1:1/hub",
            "onnection refused",
        ),
    ],
)
def test_init_says_which_place_cannot_be_used_and_why(machine, settings, place, words):
    (machine.folder / "a file").touch()
    done = machine.hub("init", **settings)
    assert done.returncode == 1
    assert place in done.stderr
    assert words in done.stderr
    assert "HUB_" in done.stderr
    assert "defect" not in done.stderr
    assert "c4n4ry" not in done.stderr


def test_a_database_that_breaks_off_is_quoted_without_what_was_asked(ready):
    with sqlite3.connect(ready.folder / "var" / "hub.db") as connection:
        connection.execute("ALTER TABLE source RENAME TO elsewhere")
    done = ready.hub("sources", "list")
    assert done.returncode == 1
    assert "“no such table: source”" in done.stderr
    assert "SELECT" not in done.stderr


def test_settings_of_the_data_folder_are_shown_with_their_origin(ready):
    (ready.folder / "var" / "settings.env").write_text("HUB_THREADS=3\n")
    done = ready.hub("config", COLUMNS="200")
    assert done.returncode == 0
    assert "var/settings.env" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("pull", "academy"),
        ("sources", "list"),
        ("transcript", "a@b.org"),
        ("serve",),
        ("progress", "rebuild"),
        ("users", "list"),
    ],
)
def test_before_init_every_command_says_what_to_do(machine, words):
    done = machine.hub(*words)
    assert done.returncode == 1
    assert "There is no key file at var/keys.json." in done.stderr
    assert "hub init" in done.stderr
    assert not (machine.folder / "var").exists()


@pytest.mark.parametrize("words", [("pull", "academy"), ("serve",)])
def test_a_database_that_is_gone_is_not_made_up(ready, words):
    (ready.folder / "var" / "hub.db").unlink()
    done = ready.hub(*words)
    assert done.returncode == 1
    assert "There is no database at" in done.stderr
    assert "hub init" in done.stderr
    assert not (ready.folder / "var" / "hub.db").exists()


def test_a_database_of_an_older_hub_is_refused(ready):
    with sqlite3.connect(ready.folder / "var" / "hub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    done = ready.hub("sources", "list")
    assert done.returncode == 1
    assert "older than this hub" in done.stderr
    assert "hub init" in done.stderr


def test_a_mistyped_command_is_answered_with_the_nearest(machine):
    done = machine.hub("pul")
    assert done.returncode == 2
    assert "pull" in done.stderr


def test_help_needs_no_hub(machine):
    done = machine.hub("sources", "add", "--help")
    assert done.returncode == 0
    assert "Example: hub sources add moodle academy" in done.stdout


def test_settings_that_cannot_be_used_are_all_named_at_once(machine):
    done = machine.hub("config", HUB_PORT="http", HUB_LOG_LEVEL="loud", HUB_PUBLIC_URL="here")
    assert done.returncode == 2
    assert "HUB_PORT='http' cannot be used" in done.stderr
    assert "HUB_LOG_LEVEL='loud' cannot be used: must be one of DEBUG" in done.stderr
    assert "HUB_PUBLIC_URL='here' cannot be used" in done.stderr


def test_config_shows_what_is_set_and_where_it_comes_from_but_no_password(machine):
    url = "postgresql+psycopg://hub:c4n4rypassw0rd@db/hub"
    done = machine.hub("config", HUB_DATABASE_URL=url, HUB_THREADS="3", COLUMNS="200")
    assert done.returncode == 0
    assert "environment" in done.stdout
    assert "default" in done.stdout
    assert "c4n4ry" not in done.stdout


def test_from_a_new_source_to_a_transcript(ready):
    with serve_replay(recording()) as address:
        added = add_academy(ready, address)
        checked = ready.hub("sources", "check", "academy")
        pulled = ready.hub("pull", "academy")
        again = ready.hub("pull", "academy", "--full")
    assert "Next: hub sources check academy" in added.stdout
    assert checked.returncode == 0
    assert sum(line.startswith("✓") for line in checked.stdout.splitlines()) == 10
    assert pulled.returncode == 0
    assert pulled.stdout == ""
    assert "courses: reading everything" in pulled.stderr
    assert "statements stored" in pulled.stderr
    assert again.returncode == 0
    assert "✓ academy: Nothing new: 0 statements stored." in again.stderr

    shown = ready.hub("transcript", ALICE)
    assert shown.returncode == 0
    assert "Fire Safety" in shown.stdout
    as_json = json.loads(ready.hub("transcript", ALICE, "--json").stdout)
    assert {entry["title"] for entry in as_json["entries"]} >= {"Fire Safety 2026"}

    unknown = ready.hub("transcript", "nobody@example.org")
    assert unknown.returncode == 1
    assert "No learner has the e-mail nobody@example.org." in unknown.stderr

    rebuilt = ready.hub("progress", "rebuild")
    assert rebuilt.returncode == 0
    assert "0 were different" in rebuilt.stdout


def test_a_refused_token_is_told_by_check_and_by_pull(ready):
    with serve_replay(recording()) as address:
        add_academy(ready, address, token="c4n4ry-wrong")
        checked = ready.hub("sources", "check", "academy")
        pulled = ready.hub("pull", "academy")
        looked = ready.hub("doctor")
    assert checked.returncode == 1
    assert "refused the token" in checked.stdout
    assert pulled.returncode == 1
    assert "✗ academy: " in pulled.stderr
    assert "Invalid token" in pulled.stderr
    assert looked.returncode == 1
    assert "! source academy: last run failed: " in looked.stdout
    for done in (checked, pulled, looked):
        assert "c4n4ry" not in done.stdout + done.stderr


def test_words_of_another_system_are_never_taken_for_markup(ready):
    def odd(_environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        body = {"exception": "x", "errorcode": "odd", "message": "[/red] see [link=x]here[/link]"}
        return [json.dumps(body).encode()]

    with serve_at(lambda url: odd) as site:
        add_academy(ready, site.url)
        pulled = ready.hub("pull", "academy")
        looked = ready.hub("doctor")
    assert "[/red] see [link=x]here[/link]" in pulled.stderr
    assert "[/red] see [link=x]here[/link]" in looked.stdout


def test_an_unknown_source_is_answered_with_the_names_there_are(ready):
    done = ready.hub("pull", "academy")
    assert done.returncode == 1
    assert "There is no source “academy”." in done.stderr


def test_users_tokens_and_vendors_from_the_command_line(ready):
    user = ready.hub(
        "users", "add", "ada@example.org", "--role", "admin", "--password-stdin",
        given="correct horse\n",
    )  # fmt: skip
    token = ready.hub("tokens", "create", "report", "--scope", "progress:read")
    vendor = ready.hub("vendors", "create", "acme")
    assert [done.returncode for done in (user, token, vendor)] == [0, 0, 0]
    assert "correct horse" not in user.stdout + user.stderr
    secret = token.stdout.strip().rsplit("_", 1)[-1]
    assert secret not in ready.hub("tokens", "list").stdout
    assert "acme" in ready.hub("vendors", "list").stdout


def test_a_worker_without_a_queue_says_so(ready):
    done = ready.hub("worker")
    assert done.returncode == 1
    assert "SQLite belongs to one process" in done.stderr


def test_a_secret_is_nowhere_in_the_clear(ready):
    canary = "c4n4ry0f5ecret5"
    with serve_replay(recording()) as address:
        outputs = [add_academy(ready, address, token=canary)]
        outputs += [
            ready.hub(*words, HUB_LOG_LEVEL="DEBUG")
            for words in (
                ("sources", "check", "academy"),
                ("-v", "pull", "academy"),
                ("sources", "list"),
                ("doctor", "--json"),
                ("config",),
            )
        ]
    for done in outputs:
        assert canary not in done.stdout + done.stderr
    files = [path for path in (ready.folder / "var").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert canary.encode() not in path.read_bytes(), path.name
