"""hub doctor: 0 everything works, 1 something to look at, 2 something is broken; it changes nothing."""

import json
import sqlite3

from hub.database import Database
from hub.jobs.worker import note_alive
from tests.connectors.moodle_replay import TOKEN, recording, serve_replay


def with_a_worker(machine):
    database = Database(f"sqlite:///{machine.folder / 'var' / 'hub.db'}")
    with database.transaction() as session:
        note_alive(session, "a worker", kind="embedded")
    database.dispose()


def findings(machine, **settings):
    done = machine.hub("doctor", "--json", **settings)
    return done.returncode, {found["about"]: found for found in json.loads(done.stdout)}


def test_before_init_it_says_to_init_and_makes_nothing(machine):
    code, found = findings(machine)
    assert code == 2
    assert found["keys"]["state"] == found["database"]["state"] == "broken"
    assert "hub init" in found["keys"]["fix"]
    assert "hub init" in found["database"]["fix"]
    assert not (machine.folder / "var").exists()


def test_a_new_hub_without_a_server_is_something_to_look_at(ready):
    done = ready.hub("doctor")
    assert done.returncode == 1
    assert "! worker: none is running; queued pulls wait" in done.stdout
    assert "hub serve" in done.stdout


def test_a_hub_that_works_is_fine(ready):
    with_a_worker(ready)
    code, found = findings(ready)
    assert code == 0
    assert {one["state"] for one in found.values()} == {"ok"}


def test_an_old_database_is_broken_and_the_fix_is_named(ready):
    with sqlite3.connect(ready.folder / "var" / "hub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    done = ready.hub("doctor")
    assert done.returncode == 2
    assert "✗ migrations: " in done.stdout
    assert "    Run `hub init`." in done.stdout


def test_keys_that_others_can_read_are_broken(ready):
    (ready.folder / "var" / "keys.json").chmod(0o644)
    code, found = findings(ready)
    assert code == 2
    assert "chmod 600" in found["keys"]["fix"]


def test_a_database_that_does_not_answer_is_told_in_its_own_words(ready):
    url = "postgresql+psycopg://hub:c4n4ry@127.0.0.1:1/hub"
    done = ready.hub("doctor", HUB_DATABASE_URL=url)
    assert done.returncode == 2
    assert "does not answer" in done.stdout
    assert "HUB_DATABASE_URL" in done.stdout
    assert "c4n4ry" not in done.stdout + done.stderr


def test_a_file_that_is_no_database_is_broken(ready):
    (ready.folder / "var" / "hub.db").write_bytes(b"something else entirely" * 100)
    code, found = findings(ready)
    assert code == 2
    assert "not a database" in found["database"]["detail"]


def test_keys_of_another_hub_do_not_open_a_source(ready):
    with serve_replay(recording()) as address:
        ready.hub(
            "sources", "add", "moodle", "academy", "--set", f"base_url={address}",
            "--secret", "token", given=f"{TOKEN}\n",
        )  # fmt: skip
    from hub.keyring import create_keyring

    (ready.folder / "var" / "keys.json").unlink()
    create_keyring(ready.folder / "var" / "keys.json")
    code, found = findings(ready)
    assert code == 2
    assert "key file" in found["source academy"]["fix"]


def test_a_source_that_was_never_pulled_is_something_to_look_at(ready):
    with serve_replay(recording()) as address:
        ready.hub(
            "sources", "add", "moodle", "academy", "--set", f"base_url={address}",
            "--secret", "token", given=f"{TOKEN}\n",
        )  # fmt: skip
    with_a_worker(ready)
    code, found = findings(ready)
    assert code == 1
    assert found["source academy"]["fix"] == "Run `hub pull academy`."
