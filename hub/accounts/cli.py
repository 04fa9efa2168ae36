"""`hub users`, `hub tokens`: who may come in, from the command line.

Secrets are never arguments, where the shell's history and the process list would keep them. What
is made is shown once on standard output; everything else that is said goes to standard error.
"""

import sys
from datetime import timedelta

import click

from hub import clock
from hub.accounts import audit, service
from hub.accounts import tokens as api_tokens
from hub.accounts.models import ROLES
from hub.accounts.terminal import key_state, moment, say, show
from hub.extensions import Hub


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
    say(f"{user.email} can sign in as {role}.")


@users.command("list")
@click.pass_obj
def list_users(hub: Hub) -> None:
    """Show all users."""
    with hub.database.reading() as session:
        rows = [
            (
                user.email,
                user.role,
                moment(user.signed_in_at, "never"),
                f"disabled {moment(user.disabled_at)}" if user.disabled_at else "enabled",
            )
            for user in service.list_users(session)
        ]
    show(
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
    say(f"{user.email} can no longer sign in.")


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
    say(f"The token {token.name} ({key_state(token)}), shown only now:")
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
                moment(token.used_at, "never"),
                key_state(token),
            )
            for token in api_tokens.list_tokens(session)
        ]
    show(
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
    say(f"The token {token.name} is revoked.")
