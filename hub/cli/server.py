"""hub serve and hub worker."""

import dataclasses
from uuid import UUID

import click

from config import Settings
from hub.cli.opened import open_hub
from hub.errors import Conflict
from hub.extensions import Hub
from hub.jobs import alone
from hub.jobs.rq_jobs import on_run, work
from hub.progress.projector import catch_up
from hub.runs.tasks import execute_safely, recover
from hub.server import end_with_parent
from hub.server import serve as run_server


@click.command()
@click.option("--host", help="Address to listen on (HUB_HOST).")
@click.option("--port", type=int, help="Port to listen on (HUB_PORT).")
@click.option("--parent", type=int, hidden=True, help="End when this process ends.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, parent: int | None) -> None:
    """Serve pages, API and xAPI, and carry out pulls.

    Example: hub serve --port 8000
    """
    settings = dataclasses.replace(settings, host=host or settings.host, port=port or settings.port)
    open_hub(settings).database.dispose()
    if settings.embedded:
        try:
            alone.hold(settings.data_dir).close()
        except alone.HubHeld as error:
            raise Conflict(
                "Another process serves this hub already.",
                hint=f"It holds {settings.data_dir / 'hub.lock'}; stop it, or use it.",
            ) from error
    if parent is not None:
        end_with_parent(parent)
    run_server(settings)


@click.command()
@click.pass_obj
def worker(hub: Hub) -> None:
    """Carry out pulls that are rung by Redis (HUB_REDIS_URL). Any number, on any host.

    Example: HUB_REDIS_URL=redis://127.0.0.1:6379/0 hub worker
    """
    on_run(lambda run_id: _carry_out(hub, run_id))
    work(hub, between=recover)


def _carry_out(hub: Hub, run_id: UUID) -> None:
    execute_safely(hub, run_id)
    catch_up(hub.database)
