"""The other side of forwarding: a second hub, or a scripted store, each over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


class Silent(WSGIRequestHandler):
    def log(self, *args, **more):
        """Stay silent."""


@contextmanager
def served(app) -> Iterator[str]:
    """The address of a WSGI application on loopback, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class ScriptedLrs:
    """A store that takes everything, or answers as *judge* says for the POSTed statements.

    judge gets the statements of a request and returns (status, text, headers), or None to take
    them. taken: the statements that were accepted, in the order of arrival. posts: how many
    statements each request had.
    """

    judge: Callable = lambda batch: None
    taken: list = field(default_factory=list)
    posts: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def __call__(self, environ, start):
        request = Request(environ)
        self.requests.append(request)
        answer = self.answer(request)
        return answer(environ, start)

    def answer(self, request):
        if request.path.endswith("/about"):
            return self._json('{"version": ["1.0.3"]}')
        if request.method == "GET":
            wanted = request.args.get("statementId")
            if wanted is None:
                return self._json('{"statements": [], "more": ""}')
            found = [one for one in self.taken if one["id"] == wanted]
            return self._json(json.dumps(found[0])) if found else Response("none", 404)
        batch = json.loads(request.get_data())
        self.posts.append(len(batch))
        said = self.judge(batch)
        if said is not None:
            status, text, *headers = said
            return Response(text, status, headers=headers[0] if headers else None)
        self.taken += batch
        return self._json(json.dumps([one["id"] for one in batch]))

    @property
    def ids(self):
        return [one["id"] for one in self.taken]

    def _json(self, text):
        return Response(text, mimetype="application/json")
