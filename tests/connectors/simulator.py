"""A web server on loopback that answers as a test says, and remembers what it was asked."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True)
class Asked:
    """A request as it arrived. form holds the fields of the query and of the body."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What to send. declared: a Content-Length that differs from the body cuts it short."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    hang_up: bool = False


@dataclass
class Site:
    base_url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[Asked], Answer], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve until the block ends."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: Nagle and delayed ACK cost 40 ms a request

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            form = dict(parse_qsl(parts.query, keep_blank_values=True))
            form |= dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
            asked = Asked(self.command, parts.path, dict(self.headers), form)
            site.asked.append(asked)
            found = answer(asked)
            if found.hang_up:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            length = len(found.body) if found.declared is None else found.declared
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(found.body)
            if found.declared is not None:
                self.close_connection = True

        do_GET = do_POST = handle_any  # noqa: N815 - names of http.server

        def log_message(self, *args):
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    scheme = "http" if tls is None else "https"
    site.base_url = f"{scheme}://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    """These answers one after the other; the last one for ever."""
    left = list(answers)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]
