"""hub config: the effective settings and where each comes from."""

import os
from dataclasses import fields

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from config import Settings
from config.settings import variable
from config.settings_file import read_settings_file, settings_file


@click.command()
@click.pass_obj
def config(settings: Settings) -> None:
    """Show the effective settings and where each comes from.

    Example: hub config
    """
    path = settings_file(settings.data_dir)
    kept = read_settings_file(path)
    table = Table("Setting", "Value", "From", "What it is")
    for item in fields(Settings):
        name = variable(item.name)
        origin = str(path) if kept.get(name) else "default"
        if os.environ.get(name):
            origin = "environment"
        table.add_row(name, _shown(settings, item.name), origin, item.metadata["help"])
    Console(markup=False).print(table)


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if name in {"database_url", "redis_url"} and value:
        return make_url(value).render_as_string(hide_password=True)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value if value is not None else "")
