"""SQLite means one process that writes in the background. A file lock proves that it is alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class HubHeld(Exception):
    """Another process serves this hub."""


def _open_lock(data_dir: Path) -> IO[str]:
    data_dir.mkdir(parents=True, exist_ok=True)
    return (data_dir / "hub.lock").open("a+")


def hold(data_dir: Path) -> IO[str]:
    """Take the lock for as long as the returned file is open. Raises HubHeld."""
    file = _open_lock(data_dir)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise HubHeld from error
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the lock during a block. Raises HubHeld."""
    file = hold(data_dir)
    try:
        yield
    finally:
        file.close()
