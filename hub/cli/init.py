"""hub init: keys, database, the deployment's row. Safe to repeat."""

import click

from config import Settings
from hub.app import prepare_hub


@click.command()
@click.pass_obj
def init(settings: Settings) -> None:
    """Create keys and database, or bring them up to date. Safe to repeat.

    Example: hub init
    """
    hub = prepare_hub(settings)
    place = hub.database.engine.url.render_as_string(hide_password=True)
    click.echo(f"Database ready: {place}")
    click.echo(f"Keys in {settings.effective_keys_file}: back them up apart from the database.")
    click.echo("Next: hub users add you@example.org --role admin, then hub serve")
