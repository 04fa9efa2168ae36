"""hub serve and hub worker."""

import dataclasses
import os

import click

from config import Settings
from hub.app import create_hub
from hub.errors import Conflict
from hub.extensions import Hub
from hub.jobs import alone
from hub.jobs.rq_jobs import work
from hub.migrations import pending
from hub.server import end_with_parent
from hub.server import serve as run_server


@click.command()
@click.option("--host", help="Address to listen on (HUB_HOST).")
@click.option("--port", type=int, help="Port to listen on (HUB_PORT).")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the caller ends.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, with_parent: bool) -> None:
    """Serve pages, API and xAPI, and carry out pulls.

    Example: hub serve --port 8000
    """
    settings = dataclasses.replace(settings, host=host or settings.host, port=port or settings.port)
    hub = create_hub(settings)
    if pending(hub.database.engine):
        raise Conflict("The database is older than this hub.", hint="Run `hub init` first.")
    hub.database.dispose()
    if settings.embedded:
        try:
            alone.hold(settings.data_dir).close()
        except alone.HubHeld as error:
            raise Conflict(
                "Another process serves this hub already.",
                hint=f"It holds {settings.data_dir / 'hub.lock'}; stop it, or use it.",
            ) from error
    if with_parent:
        end_with_parent(os.getppid())
    run_server(settings)


@click.command()
@click.pass_obj
def worker(hub: Hub) -> None:
    """Carry out pulls that are rung by Redis (HUB_REDIS_URL). Any number, on any host.

    Example: HUB_REDIS_URL=redis://127.0.0.1:6379/0 hub worker
    """
    work(hub)
