"""The hub command, typed in an empty folder. It runs in this process: starting one takes seconds."""

import io
import os
import shutil
from dataclasses import dataclass

import pytest

from config import Settings
from hub.app import prepare_hub
from hub.cli import main


@dataclass
class Done:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class Machine:
    """A folder and an environment in which commands are typed."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def hub(self, *words, given="", **settings):
        """What a command printed and how it ended. No command may ever show a traceback."""
        self._capsys.readouterr()
        with self._monkeypatch.context() as here:
            here.chdir(self.folder)
            for name in [name for name in os.environ if name.startswith("HUB_")]:
                here.delenv(name)
            for name, text in {"HUB_ALLOW_NETWORKS": "127.0.0.0/8", **settings}.items():
                here.setenv(name, text)
            here.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
            with pytest.raises(SystemExit) as ended:
                main(list(words))
        printed = self._capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Done(ended.value.code or 0, printed.out, printed.err)


@pytest.fixture
def machine(tmp_path, monkeypatch, capsys):
    return Machine(tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="session")
def first_init(tmp_path_factory):
    """A hub that was initialized once, to copy."""
    folder = tmp_path_factory.mktemp("initialized") / "var"
    prepare_hub(Settings(data_dir=folder)).database.dispose()
    return folder


@pytest.fixture
def ready(machine, first_init):
    """A machine on which `hub init` has been typed."""
    shutil.copytree(first_init, machine.folder / "var")
    return machine
