"""`hub statements reindex`."""

from dataclasses import asdict

import click

from hub.accounts import audit
from hub.extensions import Hub
from hub.lrs.reindex import PAGE, Reindexed, reindex

_TOLD_EVERY = 20 * PAGE


@click.command("reindex")
@click.pass_obj
def reindex_statements(hub: Hub) -> None:
    """Make the keys again that statements are found by, where some are missing.

    For a database that was restored in part, or when filters seem to miss something. The hub may
    be at work meanwhile; run it again if it was broken off.

    Example: hub statements reindex
    """
    done = reindex(hub.database, progress=_progress)
    with hub.database.transaction() as session:
        audit.record(
            session, audit.command_actor(), "statements.reindex", "statements", **asdict(done)
        )
    click.echo(_words(done))


def _progress(done: Reindexed) -> None:
    if done.statements % _TOLD_EVERY == 0:
        click.echo(_words(done), err=True)


def _words(done: Reindexed) -> str:
    return f"{done.statements:,} statements looked at, {done.added:,} missing keys added."
