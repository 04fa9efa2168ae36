"""The command ``hub forwarders``: the same as the pages, for terminals and scripts.

The secret is asked for, or read from standard input; it is never an argument.
"""

import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from hub import clock
from hub.accounts import audit
from hub.errors import Invalid
from hub.extensions import Hub
from hub.forwarding import service, wording
from hub.forwarding.reading import lag
from hub.forwarding.schemas import ForwarderConfig


@click.group()
def forwarders() -> None:
    """Send new statements on to other learning record stores."""


@forwarders.command()
@click.argument("name")
@click.option("--endpoint", required=True, help="xAPI address, without /statements.")
@click.option("--key", required=True, help="User name over there. The secret is asked for.")
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="Another field.")
@click.pass_obj
def add(hub: Hub, name: str, endpoint: str, key: str, pairs: tuple[str, ...]) -> None:
    """Add a forwarder; the secret is asked for, or is one line of standard input.

    Example: hub forwarders add "Group LRS" --endpoint https://lrs.example.org/xapi --key hub
    """
    texts = {"endpoint": endpoint, "key": key, **_texts(pairs), "secret": _ask()}
    with hub.database.transaction() as session:
        added = service.add(session, hub.keyring, hub.settings, name=name, texts=texts)
        found = added.config["endpoint"]
        audit.record(session, audit.command_actor(), "forwarder.add", added.name, endpoint=found)
    click.echo(f"Added {added.name}. `hub forwarders list` shows how far it is.")


@forwarders.command(name="list")
@click.pass_obj
def list_all(hub: Hub) -> None:
    """List all forwarders with their lag and what is wrong."""
    with hub.database.reading() as session:
        letters = service.count_dead_letters(session)
        rows = [
            (one, lag(session, service.filter_of(one), after=one.position), letters.get(one.id, 0))
            for one in service.list_forwarders(session)
        ]
    if not rows:
        click.echo("No forwarder yet. Add one with `hub forwarders add NAME`.", err=True)
        return
    table = Table("Name", "Endpoint", "State", "Lag", "Dead letters")
    for one, behind, count in rows:
        state = wording.standing(one, behind).word
        if one.stopped_at or one.tries:
            state += f"\n{one.message} {one.hint}"
        waits = wording.lag_sentence(behind, clock.now())
        table.add_row(one.name, one.config["endpoint"], state, waits, str(count))
    Console(markup=False).print(table)


@forwarders.command()
@click.argument("name")
@click.pass_obj
def pause(hub: Hub, name: str) -> None:
    """Send nothing until it is resumed. Its position stays."""
    with hub.database.transaction() as session:
        service.pause(session, service.get_forwarder(session, name))
        audit.record(session, audit.command_actor(), "forwarder.pause", name)
    click.echo(f"{name} is paused.")


@forwarders.command()
@click.argument("name")
@click.pass_obj
def resume(hub: Hub, name: str) -> None:
    """Send again, from where it stood."""
    with hub.database.transaction() as session:
        service.resume(session, service.get_forwarder(session, name))
        audit.record(session, audit.command_actor(), "forwarder.resume", name)
    click.echo(f"{name} goes on where it stood.")


@forwarders.command()
@click.argument("name")
@click.option("--letters", is_flag=True, help="Send all dead letters again too.")
@click.pass_obj
def retry(hub: Hub, name: str, *, letters: bool) -> None:
    """Try again at once, also after a stop."""
    with hub.database.transaction() as session:
        found = service.get_forwarder(session, name)
        service.retry(session, found)
        count = service.send_again(session, found) if letters else 0
        audit.record(session, audit.command_actor(), "forwarder.retry", name, letters=count)
    click.echo(f"{name} is tried again" + (f", with {count} dead letters." if letters else "."))


@forwarders.command()
@click.argument("name")
@click.confirmation_option(prompt="Forget its position and its dead letters?")
@click.pass_obj
def remove(hub: Hub, name: str) -> None:
    """Forget a forwarder. What the other store has, it keeps."""
    with hub.database.transaction() as session:
        service.remove(session, service.get_forwarder(session, name))
        audit.record(session, audit.command_actor(), "forwarder.remove", name)
    click.echo(f"{name} is removed.")


def _texts(pairs: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    known = [name for name in ForwarderConfig().fields if name != "secret"]
    for pair in pairs:
        field, equals, value = pair.partition("=")
        if field == "secret":
            raise Invalid(
                "The secret was not taken from the command line, where others see it.",
                hint="Leave it out: it is asked for, or read from standard input.",
                field=field,
            )
        if not equals or field not in known:
            raise Invalid(
                f"“{field}” is not a setting.",
                hint=f"Write --set FIELD=VALUE. Fields: {', '.join(known)}.",
                field=field,
            )
        found[field] = value
    return found


def _ask() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Secret", hide_input=True)
        return answer
    return sys.stdin.readline().rstrip("\r\n")
