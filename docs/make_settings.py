"""Writes docs/settings.md from the settings themselves; a test fails when they differ."""

from dataclasses import fields
from pathlib import Path

from config import Settings
from config.settings import variable

HEAD = """# Settings

Environment variables, read once at start. What the environment leaves out is read from
`settings.env` in the data folder, if that is there: the same names, in `NAME=value` lines.
`hub config` shows the effective values and their origin.

| variable | default | what it is |
|---|---|---|
"""


def settings_page() -> str:
    """The page as it should be."""
    rows = []
    for item in fields(Settings):
        default = item.default
        shown = ", ".join(default) if isinstance(default, tuple) else str(default or "")
        if isinstance(default, bool):
            shown = "yes" if default else "no"
        rows.append(
            f"| `{variable(item.name)}` | {shown or '(empty)'} | {item.metadata['help']} |\n"
        )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    (Path(__file__).parent / "settings.md").write_text(settings_page())
