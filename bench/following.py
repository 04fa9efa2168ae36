"""How far the projection is behind: the age of the oldest change that it has not seen."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select

from hub import clock
from hub.database import make_engine
from hub.touched import Touched

LOOK_SECONDS = 0.1
DRAIN_SECONDS = 3600.0


class Follower:
    """Looks at the list of touched keys of one hub."""

    def __init__(self, address: str) -> None:
        self._engine: Engine = make_engine(address, pool_size=1)

    def lag(self) -> float:
        """Seconds since the oldest waiting change; 0.0 when none waits."""
        connection = self._engine.connect().execution_options(readonly=True)
        with connection:
            oldest = connection.scalar(select(func.min(Touched.at)))
        return 0.0 if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())

    def drained_after(self) -> float:
        """Wait until nothing waits; seconds that it took. Ends the benchmark after an hour."""
        start = time.monotonic()
        while self.lag():
            if time.monotonic() - start > DRAIN_SECONDS:
                raise SystemExit(f"the projection has not drained in {DRAIN_SECONDS:.0f} seconds")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - start

    @contextmanager
    def watching(self) -> Iterator[list[float]]:
        """Note the lag ten times a second."""
        lags: list[float] = []
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_SECONDS):
                lags.append(self.lag())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield lags
        finally:
            over.set()
            thread.join()

    def close(self) -> None:
        self._engine.dispose()
