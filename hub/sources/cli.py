"""The command ``hub sources``: the same as the pages, for terminals and scripts.

A secret is asked for, or read from standard input; it is never an argument.
"""

import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from hub.accounts import audit
from hub.errors import HubError, Invalid
from hub.extensions import Hub
from hub.sources import service
from hub.sources.checking import CheckOutcome, check_source, outcome_of

_MARKS = {True: "✓", False: "✗", None: "?"}


@click.group()
def sources() -> None:
    """Connect systems that learning records are pulled from."""


@sources.command()
@click.argument("connector")
@click.argument("name")
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="A setting.")
@click.option(
    "--secret",
    "secret_names",
    multiple=True,
    metavar="FIELD",
    help="A secret: asked for, or one line each from standard input.",
)
@click.pass_obj
def add(
    hub: Hub, connector: str, name: str, pairs: tuple[str, ...], secret_names: tuple[str, ...]
) -> None:
    """Add a source.

    Example: hub sources add moodle academy --set base_url=https://moodle.example.org --secret token
    """
    known = service.connector_class(connector)
    values = dict(_pair(known.Config().fields, pair) for pair in pairs)
    values |= {field: _ask(field) for field in secret_names}
    with hub.database.transaction() as session:
        source = service.add_source(
            session, hub.keyring, connector_key=connector, name=name, values=values
        )
        audit.record(session, audit.command_actor(), "source.add", source.name, connector=connector)
    click.echo(f"Added {name}. Next: hub sources check {name}")


@sources.command()
@click.argument("name")
@click.pass_obj
def check(hub: Hub, name: str) -> None:
    """Ask the system what it grants us: one line per grant. Exit status 1 when one is missing."""
    with hub.database.reading() as session:
        source_id = service.get_source(session, name).id
    outcome = check_source(hub.database, hub.keyring, hub.settings, source_id)
    for line in lines_of(outcome):
        click.echo(line)
    if not outcome.ok:
        sys.exit(1)


def lines_of(outcome: CheckOutcome) -> list[str]:
    """A check as a person reads it in a terminal."""
    if outcome.message:
        return [f"✗ {outcome.message}", *([f"  {outcome.hint}"] if outcome.hint else [])]
    lines = [outcome.system]
    for grant in outcome.grants:
        detail = f": {grant.detail}" if grant.detail else ""
        lines.append(f"{_MARKS[grant.ok]} {grant.name}{detail}")
        if grant.fix and grant.ok is not True:
            lines.append(f"  {grant.fix}")
    return lines


@sources.command(name="list")
@click.pass_obj
def list_all(hub: Hub) -> None:
    """List all sources."""
    with hub.database.reading() as session:
        found = service.list_sources(session)
    if not found:
        click.echo("No source yet. Add one with `hub sources add CONNECTOR NAME`.", err=True)
        return
    table = Table("Name", "Connector", "State", "Last check")
    for source in found:
        outcome = outcome_of(source.last_check)
        checked = "never" if outcome is None else ("fine" if outcome.ok else outcome.reason)
        table.add_row(
            source.name, source.connector, "paused" if source.paused_at else "active", checked
        )
    Console(markup=False).print(table)


@sources.command()
@click.argument("name")
@click.pass_obj
def pause(hub: Hub, name: str) -> None:
    """Pull this source no more until it is resumed. Nothing stored is touched."""
    with hub.database.transaction() as session:
        service.pause(session, service.get_source(session, name))
        audit.record(session, audit.command_actor(), "source.pause", name)
    click.echo(f"{name} is paused.")


@sources.command()
@click.argument("name")
@click.pass_obj
def resume(hub: Hub, name: str) -> None:
    """Pull this source again; it goes on where it stood."""
    with hub.database.transaction() as session:
        service.resume(session, service.get_source(session, name))
        audit.record(session, audit.command_actor(), "source.resume", name)
    click.echo(f"{name} can be pulled again.")


def _pair(known: Mapping[str, object], pair: str) -> tuple[str, str]:
    field, equals, value = pair.partition("=")
    if not equals:
        raise Invalid(f"“{pair}” is not a setting.", hint="Write --set FIELD=VALUE.", field=field)
    if getattr(known.get(field), "load_only", False):
        raise HubError(
            f"{field} is a secret and was not taken from the command line, where others see it.",
            hint=f"Use --secret {field}: the value is asked for, or read from standard input.",
            field=field,
        )
    return field, value


def _ask(field: str) -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt(field, hide_input=True)
        return answer
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Invalid(
            f"No value for {field} came on standard input.",
            hint="Give one line per --secret, in their order.",
            field=field,
        )
    return line
