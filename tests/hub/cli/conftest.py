"""The hub command as a process of its own, in an empty folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Machine:
    """A folder and an environment in which commands are typed."""

    folder: Path
    environment: dict[str, str]

    def hub(self, *words, given="", **settings):
        """What a command printed and how it ended. No command may ever show a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "hub.cli", *words],
            cwd=self.folder,
            env=self.environment | settings,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done


def clean_environment():
    return {name: text for name, text in os.environ.items() if not name.startswith("HUB_")}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path, clean_environment() | {"HUB_ALLOW_NETWORKS": "127.0.0.0/8"})


@pytest.fixture(scope="session")
def first_init(tmp_path_factory):
    """A hub that was initialized once, to copy."""
    folder = tmp_path_factory.mktemp("initialized")
    Machine(folder, clean_environment()).hub("init")
    return folder / "var"


@pytest.fixture
def ready(machine, first_init):
    """A machine on which `hub init` has been typed."""
    import shutil

    shutil.copytree(first_init, machine.folder / "var")
    return machine
