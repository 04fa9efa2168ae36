"""A client that costs little, since it runs on the processors of the server that it measures.

One thread, plain sockets that stay open, requests that were encoded before. Speaks only what the
hub answers with: HTTP/1.1 with a Content-Length.
"""

import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Load:
    """What became of requests. taken: seconds of each until its answer was whole, in any order."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    refused: bytes = b""
    seconds: float = 0.0
    client_cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.taken) / self.seconds

    def slowest_of(self, share: float) -> float:
        """Milliseconds within which this share of the requests was answered."""
        ordered = sorted(self.taken)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.since = 0.0

    def send(self, data: bytes, since: float) -> None:
        self.since = since
        self.received = b""
        self.socket.sendall(data)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body when the answer is whole. Called when there is something to read."""
        part = self.socket.recv(1 << 20)
        if not part:
            raise SystemExit("the server closed a connection in the middle of an answer")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        status = int(head[9:12])
        _, named, length = head.lower().partition(b"\r\ncontent-length:")
        if named:
            return None if len(body) < int(length.partition(b"\r\n")[0]) else (status, body)
        if status == 204:
            return status, b""
        raise SystemExit(f"an answer without Content-Length: {head.decode(errors='replace')}")


def send(
    port: int,
    requests: Iterable[bytes],
    *,
    connections: int,
    per_second: float | None = None,
    at_most_seconds: float | None = None,
    keep: bool = False,
) -> Load:
    """Send all requests over some connections, each one busy with one request at a time.

    *per_second*: start them at this pace, whether or not the server keeps up; a request counts from
    when it was due. *at_most_seconds*: what has not been sent until then is not sent. *keep*: keep
    the bodies of the answers.
    """
    load = Load()
    idle = deque(_Connection(port) for _ in range(connections))
    everybody = list(idle)
    cpu, start = time.process_time(), time.perf_counter()
    due = _due(requests, start, per_second)
    end = start + at_most_seconds if at_most_seconds else float("inf")
    try:
        with closing(selectors.DefaultSelector()) as selector:
            for connection in everybody:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            following = next(due, None)
            while following is not None or len(idle) < connections:
                now = time.perf_counter()
                if now > end:
                    following = None
                while idle and following is not None and following[0] <= now:
                    idle.popleft().send(following[1], following[0] or now)
                    following = next(due, None)
                wait = PATIENCE_SECONDS
                if idle and following is not None:
                    wait = max(0.0, following[0] - now)
                ready = selector.select(wait)
                if not ready and wait == PATIENCE_SECONDS:
                    raise SystemExit(f"no answer within {PATIENCE_SECONDS:.0f} seconds")
                for key, _ in ready:
                    _read(key.data, load, idle, keep=keep)
    finally:
        for connection in everybody:
            connection.socket.close()
    load.seconds = time.perf_counter() - start
    load.client_cpu_seconds = time.process_time() - cpu
    return load


def _due(
    requests: Iterable[bytes], start: float, per_second: float | None
) -> Iterator[tuple[float, bytes]]:
    """Each request with the moment when it is due; 0.0 is at once."""
    for number, data in enumerate(requests):
        yield (start + number / per_second if per_second else 0.0), data


def _read(connection: _Connection, load: Load, idle: deque[_Connection], *, keep: bool) -> None:
    answer = connection.answer()
    if answer is None:
        return
    status, body = answer
    load.taken.append(time.perf_counter() - connection.since)
    load.statuses[status] += 1
    if status >= 300 and not load.refused:
        load.refused = body
    if keep:
        load.bodies.append(body)
    idle.append(connection)
