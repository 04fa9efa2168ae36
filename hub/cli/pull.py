"""hub pull: ask for a run, and follow it."""

import sys

import click

from hub.extensions import Hub
from hub.progress.projector import catch_up
from hub.runs.follow import GOOD, pull_source


@click.command()
@click.argument("name")
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.pass_obj
def pull(hub: Hub, name: str, full: bool) -> None:
    """Bring everything new from a source and show it as it comes.

    Example: hub pull academy
    """
    run = pull_source(hub, name, project=catch_up, full=full)
    sys.exit(0 if run.state in GOOD else 1)
