"""`hub vendors`: credentials for /xapi from the command line, and what was asked with them.

Endpoint, key and secret are shown once, line by line on standard output; a secret is never an
argument. A server that runs learns of a change within seconds.
"""

from datetime import datetime
from typing import Any

import click

from hub.accounts import audit
from hub.accounts import vendors as service
from hub.accounts.terminal import key_state, moment, say, show
from hub.extensions import Hub
from hub.lrs import request_words
from hub.lrs.request_log import KEPT, last_requests

_DAY = click.DateTime(["%Y-%m-%d"])
_INTAKE = click.Choice(list(service.INTAKES))


@click.group()
def vendors() -> None:
    """Systems that use xAPI (/xapi) with a key and a secret."""


@vendors.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=service.USUAL_SCOPES,
    show_default=True,
    type=click.Choice(list(service.SCOPES)),
    help="What it may do; can be given more than once.",
)
@click.option("--expires", type=_DAY, help="Last day on which it works, in UTC.")
@click.option(
    "--intake",
    type=_INTAKE,
    default=service.STRICT,
    show_default=True,
    help="What a bad statement does: refuse its request, or be set aside alone.",
)
@click.option(
    "--lenient",
    is_flag=True,
    help="With older clients: ignore parameters that the standard does not know (TinCanJS), and "
    "store new profiles without If-None-Match (tincan for Python).",
)
@click.pass_obj
def create(
    hub: Hub,
    name: str,
    scopes: tuple[str, ...],
    expires: datetime | None,
    intake: str,
    *,
    lenient: bool,
) -> None:
    """Make credentials for a vendor and show them, this once.

    Example: hub vendors create "Acme LMS" --scope statements/write --expires 2027-12-31
    """
    with hub.database.transaction() as session:
        vendor, key, secret = service.create_vendor(
            session,
            hub.keyring,
            name,
            scopes,
            expires_at=service.end_of(expires.date()) if expires else None,
            intake=intake,
            lenient=lenient,
        )
        audit.record(
            session,
            audit.command_actor(),
            "vendor.create",
            vendor.name,
            **service.audit_detail(vendor),
        )
    say(
        f"Basic credentials of {vendor.name} ({key_state(vendor)}), shown only now. "
        "Endpoint, key, secret:"
    )
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
                vendor.intake + (", lenient" if vendor.lenient else ""),
                moment(vendor.used_at, "never"),
                key_state(vendor),
            )
            for vendor in service.list_vendors(session)
        ]
    show(
        ("Name", "Key", "Scopes", "Intake", "Last used", "State"),
        rows,
        if_none="There are no vendors. Add one with `hub vendors create NAME`.",
    )


@vendors.command("change")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(list(service.SCOPES)),
    help="What it may do from now on, instead of what it might; can be given more than once.",
)
@click.option("--expires", type=_DAY, help="Last day on which it works, in UTC.")
@click.option("--no-expiry", is_flag=True, help="Let it work until it is revoked.")
@click.option("--intake", type=_INTAKE, help="What a bad statement does.")
@click.option(
    "--lenient/--not-lenient",
    default=None,
    help="Whether older clients may add unknown parameters and omit preconditions of new profiles.",
)
@click.pass_obj
def change(
    hub: Hub,
    name: str,
    scopes: tuple[str, ...],
    expires: datetime | None,
    intake: str | None,
    *,
    no_expiry: bool,
    lenient: bool | None,
) -> None:
    """Change what a vendor may do, for how long, and how strictly its requests are judged."""
    if expires and no_expiry:
        raise click.UsageError("--expires and --no-expiry exclude each other.")
    with hub.database.transaction() as session:
        vendor = service.vendor_by_name(session, name)
        wanted: dict[str, Any] = {
            "expires_at": None if no_expiry else vendor.expires_at,
            "scopes": scopes or None,
            "intake": intake or vendor.intake,
            "lenient": vendor.lenient if lenient is None else lenient,
        }
        if expires:
            wanted["expires_at"] = service.end_of(expires.date())
        service.change_vendor(session, vendor, **wanted)
        audit.record(
            session,
            audit.command_actor(),
            "vendor.change",
            vendor.name,
            **service.audit_detail(vendor),
        )
    say(f"{vendor.name} was changed: {key_state(vendor)}, intake {vendor.intake}.")


@vendors.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(hub: Hub, name: str) -> None:
    """Accept a vendor's credentials no more; what it sent stays."""
    with hub.database.transaction() as session:
        vendor = service.revoke_vendor(session, name)
        audit.record(session, audit.command_actor(), "vendor.revoke", vendor.name)
    say(f"The credentials of {vendor.name} are revoked.")


@vendors.command("requests")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, KEPT), default=20, show_default=True)
@click.pass_obj
def requests(hub: Hub, name: str, limit: int) -> None:
    """Show what a vendor asked lately and how it was answered, newest first."""
    with hub.database.reading() as session:
        vendor = service.vendor_by_name(session, name)
        rows = [
            (
                f"{row.at:%Y-%m-%d %H:%M:%S}",
                request_words.deed(row),
                f"{request_words.outcome(row)[0]} ({row.status})",
                row.error,
                f"{row.milliseconds:,.0f}",
            )
            for row in last_requests(session, vendor.id, limit)
        ]
    show(
        ("When (UTC)", "What", "Answer", "Why", "ms"),
        rows,
        if_none=f"{vendor.name} has asked nothing so far.",
    )
