"""Serves a simulated vendor system on loopback, in a thread. Never on another address."""

import logging
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = "127.0.0.1"
_log = logging.getLogger(__name__)


class _QuietHandler(WSGIRequestHandler):
    """Access lines go to the debug log, without the query: Moodle's may hold the token."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        _log.debug("%s %s %s", self.command, self.path.partition("?")[0], code)


def _not_yet(_environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []


class RunningServer:
    """A server that answers until stop(); also a context manager. url has no trailing slash."""

    def __init__(self, build: "Callable[[str], WSGIApplication]", port: int) -> None:
        # The socket is bound first: only then is the address known that build() is told. It is
        # bound here because Werkzeug ends the whole process when the port is taken.
        with socket.create_server((LOOPBACK, port), backlog=128) as bound:
            self.port: int = bound.getsockname()[1]
            self._server = make_server(
                LOOPBACK,
                self.port,
                _not_yet,
                threaded=True,
                request_handler=_QuietHandler,
                fd=bound.fileno(),
            )
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._server.app = build(self.url)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name=f"demo {self.url}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stops answering and frees the port. A second call does nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(app: "WSGIApplication", port: int = 0) -> RunningServer:
    """Serves *app* on 127.0.0.1; port 0 takes any free one. Raises OSError for a taken port."""
    return serve_at(lambda _url: app, port)


def serve_at(build: "Callable[[str], WSGIApplication]", port: int = 0) -> RunningServer:
    """Serves build(url): for an application that writes its own address into its answers."""
    return RunningServer(build, port)
