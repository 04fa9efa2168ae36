"""hub progress: rebuild the table that reports are read from."""

import click

from hub.extensions import Hub
from hub.progress.projector import catch_up
from hub.progress.projector import rebuild as rebuild_table


@click.group()
def progress() -> None:
    """Work on the progress records, which are derived from the statements."""


@progress.command()
@click.pass_obj
def rebuild(hub: Hub) -> None:
    """Recompute every progress record from the statements and say what was different.

    Example: hub progress rebuild
    """
    catch_up(hub.database)
    rebuilt = rebuild_table(hub.database)
    click.echo(f"{rebuilt.keys} records recomputed, {len(rebuilt.different)} were different.")
