"""The documentation tells the truth of today."""

import importlib.util
import re
from pathlib import Path

import click
import pytest

from hub.cli import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands_in(text):
    """The hub commands that a page shows: name, and subcommand where there is one."""
    for words in re.findall(r"(?m)(?:^|`)(?:HUB_\S+ )?hub ([a-z][^`\n#]*)", text):
        yield words.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists_with_its_options(page):
    for words in commands_in(page.read_text()):
        command = cli.commands.get(words[0])
        assert command is not None, words
        if isinstance(command, click.Group) and len(words) > 1:
            command = command.commands.get(words[1])
            assert command is not None, words
        known = {option for parameter in command.params for option in parameter.opts}
        known |= {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_page_of_settings_is_as_the_settings_are():
    spec = importlib.util.spec_from_file_location("make_settings", ROOT / "docs/make_settings.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert (ROOT / "docs" / "settings.md").read_text() == maker.settings_page()


def test_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    shown = set(re.findall(r"(?m)(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text()))
    assert {"demo", "test", "check"} <= shown <= targets


def test_every_decision_is_numbered_once():
    numbers = [page.name[:4] for page in (ROOT / "docs" / "adr").glob("*.md")]
    assert sorted(numbers) == sorted(set(numbers))
