"""Production start: the application behind granian, with the embedded worker in its process.

The worker's threads start in the process that answers requests, after any fork. A server process
whose parent is gone ends itself: nothing may go on writing that nobody can stop.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from multiprocessing.util import Finalize
from typing import Any

import structlog
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from config import Settings, load_settings
from hub.app import create_app, create_hub, duties
from hub.extensions import Hub
from hub.forwarding.tasks import start_alone as start_forwarding_alone
from hub.jobs import alone
from hub.jobs.worker import EmbeddedWorker
from hub.lrs.request_log import request_log
from hub.runs.tasks import start_alone

LOOK_FOR_PARENT_SECONDS = 0.5
SWITCH_SECONDS = 0.0005
"""How long a thread may hold up others. Each step of the database lets others run; with the usual
5 ms the one that commits for all would wait that long for its turn after every step."""
_M_ARENA_MAX = -8
"""Of mallopt(3)."""
KILL_SECONDS = 15
"""What a request that hangs is given when the server stops."""
STOP_SECONDS = 2.0
"""What a stopping process gives its threads; a pull that takes longer goes on at the next start."""

log = structlog.get_logger()


def application() -> Flask:
    """What each server process loads: the application, the worker and the request log beside it."""
    settings = load_settings()
    sys.setswitchinterval(SWITCH_SECONDS)
    _share_memory_among_threads()
    hub = create_hub(settings)
    end_with_parent(os.getppid())
    app = create_app(hub=hub)
    app.extensions["hub_lock"] = start_worker(hub)
    requests = request_log(app)
    requests.start()
    Finalize(None, requests.stop, args=(STOP_SECONDS,), exitpriority=10)
    _collect_less_often()
    return app


def _share_memory_among_threads() -> None:
    """Keep glibc from giving each of many threads a heap of its own, which it hardly gives back."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def _collect_less_often() -> None:
    """Keep the garbage collector from the small objects of a batch, which are no garbage yet.

    By default it looks after every 700 new ones; a batch of statements makes 50 times as many.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def start_worker(hub: Hub) -> Any:
    """Start the embedded worker. On SQLite it first makes sure to be alone; returns the lock.

    Where Redis rings, pulls are left to `hub worker`.
    """
    lock = None
    work = duties()
    if hub.settings.embedded:
        lock = alone.hold(hub.settings.data_dir)
        start_alone(hub)
        start_forwarding_alone(hub)
    elif hub.settings.queue_url:
        work = work.without("runs")
    worker = EmbeddedWorker(hub, work)
    worker.start()
    # Granian's server processes belong to multiprocessing, which ends them without atexit.
    Finalize(None, worker.stop, args=(STOP_SECONDS,), exitpriority=10)
    return lock


def end_with_parent(parent: int) -> None:
    """End this process when the one with this id is its parent no more."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_FOR_PARENT_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def serve(settings: Settings) -> None:
    """Answer requests until the process is told to stop."""
    processes = 1 if settings.embedded else max(1, (os.cpu_count() or 2) // 2)
    server = Granian(
        "hub.server:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=settings.threads,
        backlog=512,
        websockets=False,
        log_enabled=settings.log_level == "DEBUG",
        workers_kill_timeout=KILL_SECONDS,
        respawn_failed_workers=False,
    )
    print(f"Learning Record Hub on http://{settings.host}:{settings.port}", file=sys.stderr)  # noqa: T201
    server.serve()
