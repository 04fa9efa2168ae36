"""How the commands of accounts speak: what is made on standard output, the rest beside it."""

import sys
from collections.abc import Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from hub import clock
from hub.accounts.machine_keys import MachineKey

_PIPED_WIDTH = 160
"""Columns where no terminal tells how many it has."""


def say(text: str) -> None:
    """A sentence for the person, on standard error."""
    click.echo(text, err=True)


def moment(at: datetime | None, otherwise: str = "") -> str:
    """An instant to the minute, in UTC; *otherwise* where there is none."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else otherwise


def show(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, if_none: str) -> None:
    """A table on standard output, or a sentence where it would be empty."""
    if not rows:
        say(if_none)
        return
    table = Table(*headings)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, markup=False).print(table)


def key_state(key: MachineKey) -> str:
    """Whether a key works, and until when."""
    if key.revoked_at:
        return f"revoked {moment(key.revoked_at)}"
    if key.expires_at and key.expires_at <= clock.now():
        return f"expired {moment(key.expires_at)}"
    return f"valid until {moment(key.expires_at)}" if key.expires_at else "valid"
