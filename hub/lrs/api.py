"""/xapi: the learning record store over HTTP, xAPI 1.0.3 and 2.0.0 (IEEE 9274.1.1)."""

from flask import Blueprint, Flask, Response, g, jsonify, request

from hub.extensions import csrf, current_hub
from hub.lrs import (
    activity_resource,
    agent_resource,
    document_resource,
    front,
    receiving,
    statement_resource,
)
from hub.lrs.consistency import complete_until
from hub.lrs.errors import answers_here
from hub.lrs.http import CONSISTENT_HEADER, SUPPORTED, VERSION_HEADER, stamp, with_version

xapi = Blueprint("xapi", __name__, url_prefix="/xapi")
statement_resource.register(xapi)
activity_resource.register(xapi)
agent_resource.register(xapi)
document_resource.register(xapi)


@xapi.get("/about")
def about() -> Response:
    """Versions that this store speaks; no credentials needed (Communication 2.8).

    A client that asks in 1.0.x is told of 1.0.x alone: clients of that time, tincan among them,
    give up at a version that they do not know.
    """
    old = request.headers.get(VERSION_HEADER, "").startswith("1.")
    return jsonify({"version": list(SUPPORTED[:1] if old else SUPPORTED), "extensions": {}})


def _finish(answer: Response) -> Response:
    """Headers on every answer, also where no view was reached (Communication 2.1.3, 3.3)."""
    if not answers_here():
        return answer
    if request.path.startswith("/xapi/statements"):
        if "consistent_through" not in g:
            hub = current_hub()
            with hub.database.reading() as session:
                g.consistent_through = complete_until(hub.database, session)
        answer.headers[CONSISTENT_HEADER] = stamp(g.consistent_through)
    return with_version(answer)


def register(app: Flask) -> None:
    """Add /xapi to the application; hub.lrs.errors words its errors."""
    front.register(app)
    receiving.register(app)
    csrf.exempt(xapi)
    app.register_blueprint(xapi)
    app.after_request(_finish)
