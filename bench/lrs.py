"""Measures the record store as a client sees it: a real `hub serve`, over HTTP on loopback.

Fills a hub of its own with statements of about 987 bytes, then asks, sends single statements and
batches, and sends at a steady pace while the projection follows. Beside it stand the limits of the
same machine in the same run: the bare driver writing the same rows, and orjson reading the same
bytes. What it makes is removed in the end.

    python -m bench.lrs                             # SQLite and PostgreSQL, 100,000 statements
    python -m bench.lrs --database sqlite --quick   # to see that it works
    python -m bench.lrs --markdown table.md --out figures.jsonl
    python -m bench.lrs --database sqlite --large   # asks again with 2,000,000 stored
"""

import argparse
import gc
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import orjson

from bench import limits, machine, population
from bench.client import Load, request, send
from bench.filling import fill
from bench.following import Follower
from bench.questions import QUESTIONS, asked, asked_by_id
from bench.report import Figure, Report
from bench.serving import (
    DatabaseServer,
    Place,
    Serving,
    database_server,
    empty_place,
    serving,
    vendor_headers,
)
from config.settings import variable

STATEMENTS = "/xapi/statements"
BATCHES = (50, 500)
STEADY_PER_SECOND = 1_000
KILL_ONLY = "power_safe"
"""The setting without which an answer outlives the death of the hub, but not a loss of power."""
_RATE = "statements/s (p50 / p95 ms; CPU ms of hub + database + client)"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is sent."""

    stored: int = 100_000
    singles: int = 8_000
    batched: int = 40_000
    questions: int = 400
    steady_seconds: int = 30
    large: int = 0


QUICK = Size(stored=5_000, singles=500, batched=4_000, questions=50, steady_seconds=5)


class Bench:
    """One hub on one kind of database, from empty to measured."""

    def __init__(self, name: str, server: DatabaseServer, size: Size, report: Report) -> None:
        self.name = name
        self.server = server
        self.size = size
        self.report = report
        self.numbers = count()

    def run(self) -> None:
        with empty_place(self.server) as place:
            place.command("init")
            headers = vendor_headers(place)
            follower = Follower(place.address)
            try:
                with serving(place, headers) as hub:
                    name = f"fill with {self.size.stored:,}, {BATCHES[-1]} × 4 clients"
                    self._write(hub, follower, name, self.size.stored, BATCHES[-1])
                    self._ask(hub, self.size.stored)
                    self._write_singles(hub, follower, "safe against power loss")
                    self._write_batches(hub, follower)
                    self._write_steadily(hub, follower)
                    peak = machine.peak_memory_mib(hub.pid)
                    self._note("peak memory of a server process", peak, f"{peak:.0f} MiB")
                with serving(place, headers, **{variable(KILL_ONLY): "no"}) as hub:
                    self._write_singles(hub, follower, "safe against kill only")
                self._limits(place)
                if self.size.large:
                    fill(place.address, islice(self.numbers, self.size.large - next(self.numbers)))
                    with serving(place, headers) as hub:
                        follower.drained_after()
                        self._ask(hub, self.size.large)
            finally:
                follower.close()

    def _note(self, name: str, value: float, text: str, **more: float | str) -> None:
        self.report.add(Figure(self.name, name, value, text, more))

    def _ask(self, hub: Serving, stored: int) -> None:
        newest = send(hub.port, asked("newest", 1, hub.headers), connections=1, keep=True)
        ids = [item["id"] for item in orjson.loads(newest.bodies[0])["statements"]]
        times = self.size.questions
        for name in (*QUESTIONS, "by id"):
            texts, medians = [], []
            for clients in (1, 4):
                questions = (
                    asked_by_id(ids, times, hub.headers)
                    if name == "by id"
                    else asked(name, times, hub.headers)
                )
                load = _checked(send(hub.port, list(questions), connections=clients))
                medians.append(load.slowest_of(0.5))
                texts.append(f"{load.slowest_of(0.5):.1f} / {load.slowest_of(0.95):.1f}")
            self._note(
                f"GET {name}, {stored:,} stored: p50 / p95 ms, 1 client (4)",
                medians[0],
                f"{texts[0]} ({texts[1]})",
                p50_of_4=medians[1],
            )

    def _write_singles(self, hub: Serving, follower: Follower, promise: str) -> None:
        for clients in (4, 16):
            name = f"POST 1 × {clients} clients, {promise}"
            self._write(hub, follower, name, self.size.singles, 1, clients=clients)

    def _write_batches(self, hub: Serving, follower: Follower) -> None:
        for batch in BATCHES:
            name = f"POST {batch} × 4 clients"
            self._write(hub, follower, name, self.size.batched, batch)

    def _write(
        self,
        hub: Serving,
        follower: Follower,
        name: str,
        statements: int,
        batch: int,
        *,
        clients: int = 4,
    ) -> None:
        """Send, then wait for the projection: its work counts as the statements' cost."""
        requests = list(self._requests(hub, statements, batch))
        gc.collect()
        before = self._cpu(hub)
        load = _checked(send(hub.port, requests, connections=clients))
        drained = follower.drained_after()
        spent = [now - then for now, then in zip(self._cpu(hub), before, strict=True)]
        server, database, client = (
            seconds / statements * 1000 for seconds in (*spent, load.client_cpu_seconds)
        )
        rate = load.per_second * batch
        middle, slow = load.slowest_of(0.5), load.slowest_of(0.95)
        self._note(
            f"{name}: {_RATE}",
            rate,
            f"**{rate:,.0f}** ({middle:.1f} / {slow:.1f}; "
            f"{server:.2f} + {database:.2f} + {client:.2f})",
            p50_ms=middle,
            p95_ms=slow,
            server_cpu_ms=server,
            database_cpu_ms=database,
            client_cpu_ms=client,
            drained_s=drained,
        )
        if batch > 1:
            self._note(f"{name}: projection drained after s", drained, f"{drained:.1f}")

    def _write_steadily(self, hub: Serving, follower: Follower) -> None:
        seconds = self.size.steady_seconds
        requests = list(self._requests(hub, STEADY_PER_SECOND * seconds, 1))
        gc.collect()
        with follower.watching() as lags:
            load = _checked(
                send(
                    hub.port,
                    requests,
                    connections=16,
                    per_second=STEADY_PER_SECOND,
                    at_most_seconds=2 * seconds,
                )
            )
        lags.sort()
        lag = lags[int(len(lags) * 0.99)]
        drained = follower.drained_after()
        name = f"{STEADY_PER_SECOND:,} POST/s for {seconds} s"
        self._note(f"{name}: reached per s", load.per_second, f"{load.per_second:,.0f}")
        self._note(
            f"{name}: p50 / p95 ms from when it was due",
            load.slowest_of(0.5),
            f"{load.slowest_of(0.5):.1f} / {load.slowest_of(0.95):.1f}",
        )
        self._note(f"{name}: lag of the projection, p99 s", lag, f"{lag:.1f}", drained_s=drained)

    def _limits(self, place: Place) -> None:
        for batch in BATCHES:
            some = min(20_000, self.size.batched)
            limit = limits.insert_rate(place.address, statements=some, batch=batch)
            ours = self.report.value(self.name, f"POST {batch} × 4 clients: {_RATE}")
            name = f"limit: driver's executemany, {batch} in a transaction"
            self._note(f"{name}: statements/s (ours : limit)", limit,
                       f"{limit:,.0f} ({ours / limit:.2f})", ratio=ours / limit)  # fmt: skip
        some = min(20_000, self.size.stored)
        bodies = [_body(range(start, start + 500)) for start in range(0, some, 500)]
        limit = limits.parse_rate(bodies, some)
        self._note("limit: orjson reads: statements/s (ours : limit)", limit,
                   f"{limit:,.0f} ({ours / limit:.3f})", ratio=ours / limit)  # fmt: skip

    def _cpu(self, hub: Serving) -> tuple[float, float]:
        database = self.server.pid
        return machine.cpu_seconds(hub.pid), machine.cpu_seconds(database) if database else 0.0

    def _requests(self, hub: Serving, statements: int, batch: int) -> Iterator[bytes]:
        for _ in range(statements // batch):
            yield request("POST", STATEMENTS, hub.headers, _body(islice(self.numbers, batch)))


def _body(numbers: Iterator[int] | range) -> bytes:
    made = [population.statement(number) for number in numbers]
    return orjson.dumps(made[0] if len(made) == 1 else made)


def _checked(load: Load) -> Load:
    if set(load.statuses) != {200}:
        words = load.refused.decode(errors="replace")[:500]
        raise SystemExit(f"not every request was answered with 200: {dict(load.statuses)}\n{words}")
    return load


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--database",
        action="append",
        help="sqlite, postgresql (a server from a wheel), or the address of a PostgreSQL server on "
        "this machine that may make databases; can be given more than once",
    )
    parser.add_argument("--quick", action="store_true", help="a twentieth of everything")
    parser.add_argument("--large", action="store_true", help="ask again with 2,000,000 stored")
    parser.add_argument("--out", type=Path, help="append figures to this file as JSON lines")
    parser.add_argument("--markdown", type=Path, help="write the table to this file")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and remove everything
    size = QUICK if given.quick else Size(large=2_000_000 if given.large else 0)
    report = Report(given.out)
    for wanted in given.database or ["sqlite", "postgresql"]:
        with database_server(wanted) as server:
            name = "PostgreSQL" if server.address else "SQLite"
            Bench(name, server, size, report).run()
    if given.markdown is not None:
        given.markdown.write_text(report.markdown())
    print(report.markdown())


if __name__ == "__main__":
    main()
