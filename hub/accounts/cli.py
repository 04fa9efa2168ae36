"""`hub users`, `hub tokens`, `hub vendors`: who may come in, from the command line.

Secrets are never arguments, where the shell's history and the process list would keep them. What
is made is shown once on standard output; everything else that is said goes to standard error.
"""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from hub import clock
from hub.accounts import audit, service
from hub.accounts import tokens as api_tokens
from hub.accounts import vendors as vendor_keys
from hub.accounts.machine_keys import MachineKey
from hub.accounts.models import ROLES
from hub.extensions import Hub


def _say(text: str) -> None:
    click.echo(text, err=True)


def _day(at: datetime | None, otherwise: str) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else otherwise


def _show(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, if_none: str) -> None:
    if not rows:
        _say(if_none)
        return
    table = Table(*headings)
    for row in rows:
        table.add_row(*row)
    Console(markup=False).print(table)


def _key_state(key: MachineKey) -> str:
    if key.revoked_at:
        return f"revoked {_day(key.revoked_at, '')}"
    if key.expires_at and key.expires_at <= clock.now():
        return f"expired {_day(key.expires_at, '')}"
    return f"valid until {_day(key.expires_at, '')}" if key.expires_at else "valid"


@click.group()
def users() -> None:
    """People who sign in."""


@users.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may see.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def add_user(hub: Hub, email: str, role: str, *, password_stdin: bool) -> None:
    """Let a person in. The password is asked for twice."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with hub.database.transaction() as session:
        user = service.add_user(session, email, role, password)
        audit.record(session, audit.command_actor(), "user.add", user.email, role=role)
    _say(f"{user.email} can sign in as {role}.")


@users.command("list")
@click.pass_obj
def list_users(hub: Hub) -> None:
    """Show all users."""
    with hub.database.reading() as session:
        rows = [
            (
                user.email,
                user.role,
                _day(user.signed_in_at, "never"),
                f"disabled {_day(user.disabled_at, '')}" if user.disabled_at else "enabled",
            )
            for user in service.list_users(session)
        ]
    _show(
        ("E-mail", "Role", "Signed in", "State"),
        rows,
        if_none="There are no users. Add one with `hub users add EMAIL --role admin`.",
    )


@users.command("disable")
@click.argument("email")
@click.pass_obj
def disable_user(hub: Hub, email: str) -> None:
    """Let a person in no more; open sessions end too."""
    with hub.database.transaction() as session:
        user = service.disable_user(session, email)
        audit.record(session, audit.command_actor(), "user.disable", user.email)
    _say(f"{user.email} can no longer sign in.")


@click.group()
def tokens() -> None:
    """API tokens of reporting tools."""


@tokens.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(api_tokens.SCOPES),
    help="What it may read; can be given more than once.",
)
@click.option("--expires-days", type=click.IntRange(1, 3650), help="Days until it expires.")
@click.pass_obj
def create_token(hub: Hub, name: str, scopes: tuple[str, ...], expires_days: int | None) -> None:
    """Make a token and show it, this once."""
    expires_at = clock.now() + timedelta(days=expires_days) if expires_days else None
    with hub.database.transaction() as session:
        token, text = api_tokens.create_token(session, hub.keyring, name, scopes, expires_at)
        audit.record(
            session, audit.command_actor(), "token.create", token.name, scopes=token.scopes
        )
    _say(f"The token {token.name} ({_key_state(token)}), shown only now:")
    click.echo(text)


@tokens.command("list")
@click.pass_obj
def list_tokens(hub: Hub) -> None:
    """Show all tokens, without their secrets."""
    with hub.database.reading() as session:
        rows = [
            (
                token.name,
                f"hub_{token.prefix}_…",
                ", ".join(token.scopes),
                _day(token.used_at, "never"),
                _key_state(token),
            )
            for token in api_tokens.list_tokens(session)
        ]
    _show(
        ("Name", "Begins with", "Scopes", "Last used", "State"),
        rows,
        if_none="There are no tokens. Make one with `hub tokens create NAME --scope ...`.",
    )


@tokens.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke_token(hub: Hub, name: str) -> None:
    """Accept a token no more."""
    with hub.database.transaction() as session:
        token = api_tokens.revoke_token(session, name)
        audit.record(session, audit.command_actor(), "token.revoke", token.name)
    _say(f"The token {token.name} is revoked.")


@click.group()
def vendors() -> None:
    """LMS vendors that send xAPI statements."""


@vendors.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=vendor_keys.USUAL_SCOPES,
    show_default=True,
    type=click.Choice(vendor_keys.SCOPES),
    help="What it may do; can be given more than once.",
)
@click.pass_obj
def add_vendor(hub: Hub, name: str, scopes: tuple[str, ...]) -> None:
    """Make credentials for a vendor and show them, this once."""
    with hub.database.transaction() as session:
        vendor, key, secret = vendor_keys.create_vendor(session, hub.keyring, name, scopes)
        audit.record(
            session, audit.command_actor(), "vendor.add", vendor.name, scopes=vendor.scopes
        )
    _say(f"Basic credentials of {vendor.name}, shown only now. Endpoint, key, secret:")
    click.echo(f"{hub.settings.public_url}/xapi\n{key}\n{secret}")


@vendors.command("list")
@click.pass_obj
def list_vendors(hub: Hub) -> None:
    """Show all vendors, without their secrets."""
    with hub.database.reading() as session:
        rows = [
            (
                vendor.name,
                vendor.key,
                ", ".join(vendor.scopes),
                _day(vendor.used_at, "never"),
                _key_state(vendor),
            )
            for vendor in vendor_keys.list_vendors(session)
        ]
    _show(
        ("Name", "Key", "Scopes", "Last used", "State"),
        rows,
        if_none="There are no vendors. Add one with `hub vendors add NAME`.",
    )


@vendors.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke_vendor(hub: Hub, name: str) -> None:
    """Accept a vendor's credentials no more; what it sent stays."""
    with hub.database.transaction() as session:
        vendor = vendor_keys.revoke_vendor(session, name)
        audit.record(session, audit.command_actor(), "vendor.revoke", vendor.name)
    _say(f"The credentials of {vendor.name} are revoked.")
