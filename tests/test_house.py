"""Imports point one way, and breaking that fails the check that `make check` runs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("hub", "connectors", "scorm", "xapi", "config")
LONGEST = 400


@pytest.fixture
def copy(tmp_path):
    """The packages and their settings, to be spoilt."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder):
    """Exit status and output of the import check in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as l; l()"]
    done = subprocess.run(
        [*command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("connectors/errors.py", "import hub.clock", "Packages point one way"),
        ("hub/lrs/store.py", "import hub.progress.rules", "Rooms of the hub point one way"),
        ("xapi/ids.py", "import flask", "Specifications are pure"),
        ("scorm/xml.py", "import config", "Nothing below the hub reads its settings"),
    ],
)
def test_breaking_a_rule_of_the_house_is_noticed(copy, file, line, contract):
    spoilt = copy / file
    spoilt.write_text(spoilt.read_text() + f"\n{line}\n")
    status, said = lint(copy)
    assert status == 1
    assert f"{contract} BROKEN" in said


def test_no_module_is_too_long_to_read():
    lengths = {
        file.relative_to(ROOT): len(file.read_text().splitlines())
        for name in PACKAGES
        for file in (ROOT / name).rglob("*.py")
        if "migrations/versions" not in str(file)
    }
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
