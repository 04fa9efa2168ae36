"""Every setting once, from the environment, with all mistakes at once."""

from dataclasses import fields
from pathlib import Path

import pytest

from config import BadSettings, Settings, load_settings
from config.settings import variable


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to be in: the default data folder is relative."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_variable_a_laptop_is_described():
    settings = load_settings({})
    assert settings == Settings()
    assert settings.embedded
    assert settings.effective_database_url.endswith("/var/hub.db")
    assert settings.effective_keys_file == Path("var/keys.json")


def test_values_are_read_in_their_types():
    settings = load_settings(
        {
            "HUB_DATA_DIR": "/srv/hub",
            "HUB_PORT": "80",
            "HUB_ALLOW_NETWORKS": "10.2.0.0/16, ::1/128",
            "HUB_PUBLIC_URL": "https://hub.example.org/",
        }
    )
    assert settings.data_dir == Path("/srv/hub")
    assert settings.port == 80
    assert settings.allow_networks == ("10.2.0.0/16", "::1/128")
    assert settings.public_url == "https://hub.example.org"


def test_an_empty_variable_is_as_good_as_none():
    assert load_settings({"HUB_PORT": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "-1"),
        ("PORT", "http"),
        ("THREADS", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("ALLOW_NETWORKS", "10.2.0.1/16"),
        ("PUBLIC_URL", "hub.example.org"),
        ("LOG_LEVEL", "loud"),
        ("XAPI_DEFAULT_VERSION", "1.0.2"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(name, text):
    with pytest.raises(BadSettings) as caught:
        load_settings({f"HUB_{name}": text})
    (problem,) = caught.value.problems
    assert problem.startswith(f"HUB_{name}={text!r} cannot be used: ")


def test_all_mistakes_are_reported_together():
    with pytest.raises(BadSettings) as caught:
        load_settings({"HUB_PORT": "x", "HUB_THREADS": "y"})
    assert len(caught.value.problems) == 2


def test_the_file_in_the_data_folder_counts_where_the_environment_is_silent(folder):
    (folder / "var").mkdir()
    (folder / "var" / "settings.env").write_text("# ours\n\nHUB_PORT = 81\nHUB_THREADS=3\n")
    settings = load_settings({"HUB_PORT": "82"})
    assert (settings.port, settings.threads) == (82, 3)
    assert load_settings({"HUB_DATA_DIR": "elsewhere"}).threads == Settings().threads


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("HUB_PORT=x", "HUB_PORT='x' (in var/settings.env) cannot be used: "),
        ("HUB_PROT=81", "var/settings.env sets HUB_PROT, which is no setting."),
        ("HUB_DATA_DIR=there", "var/settings.env sets HUB_DATA_DIR, but lies in that folder"),
        ("HUB_PORT", "var/settings.env, line 1 is not of the form NAME=value."),
        ("\udcff", "var/settings.env cannot be read: it is not UTF-8 text."),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(folder, line, said):
    (folder / "var").mkdir()
    (folder / "var" / "settings.env").write_bytes(line.encode(errors="surrogateescape"))
    with pytest.raises(BadSettings) as caught:
        load_settings({})
    (problem,) = caught.value.problems
    assert problem.startswith(said)


@pytest.mark.parametrize(
    "address",
    [
        "mysql://ada:c4n4ry@db/hub",
        "postgresql+psycopg2://ada:c4n4ry@db/hub",
        "sqlite://",
        "postgresql://ada:c4n4ry@db:port/hub",
        "hub.db",
    ],
)
def test_a_database_that_the_hub_does_not_speak_is_refused_without_its_password(address):
    with pytest.raises(BadSettings) as caught:
        load_settings({"HUB_DATABASE_URL": address})
    (problem,) = caught.value.problems
    assert problem.startswith("HUB_DATABASE_URL cannot be used: it must ")
    assert "c4n4ry" not in problem


def test_postgresql_gets_the_driver_that_the_hub_brings():
    settings = load_settings({"HUB_DATABASE_URL": "postgresql://ada:secret@db/hub"})
    assert settings.database_url == "postgresql+psycopg://ada:secret@db/hub"


def test_sqlite_never_rings_redis():
    url = "redis://127.0.0.1/0"
    assert Settings(redis_url=url).queue_url == ""
    assert Settings(redis_url=url, database_url="postgresql+psycopg://db/hub").queue_url == url


def test_every_setting_is_explained():
    for item in fields(Settings):
        assert item.metadata["help"].endswith((".", "folder", "name")), variable(item.name)
