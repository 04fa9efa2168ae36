"""Ways in which a vendor's server breaks, for tests of the pulling side."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Fault = Literal["html", "error500", "slow", "truncate"]
"""html: 200 with a page; error500; slow: every answer waits; truncate: the body breaks off."""

SLOW_SECONDS = 2.0
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def with_fault(app: "WSGIApplication", fault: Fault | None) -> "WSGIApplication":
    """*app*, broken in the way of *fault* for every request; None leaves it whole."""
    if fault is None:
        return app

    def broken(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        match fault:
            case "html":
                return Response(_PAGE, content_type="text/html; charset=utf-8")(
                    environ, start_response
                )
            case "error500":
                return Response("Internal Server Error", status=500)(environ, start_response)
            case "slow":
                time.sleep(SLOW_SECONDS)
                return app(environ, start_response)
            case "truncate":
                # Half of the body under a matching length: the parser, not HTTP, has to notice.
                whole = Response.from_app(app, environ)
                body = whole.get_data()
                whole.set_data(body[: len(body) // 2])
                return whole(environ, start_response)

    return broken
