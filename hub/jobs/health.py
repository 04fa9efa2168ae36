"""/healthz: whether the database answers and a worker is alive, for machines."""

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from hub.extensions import current_hub
from hub.jobs.worker import workers_alive

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 when everything works; 503 and what does not, else."""
    checks = {"database": True, "worker": False}
    try:
        with current_hub().database.reading() as session:
            checks["worker"] = workers_alive(session) > 0
    except SQLAlchemyError:
        checks["database"] = False
    answer = jsonify({"ok": all(checks.values()), **checks})
    answer.status_code = 200 if all(checks.values()) else 503
    return answer


def register(app: Flask) -> None:
    """Add /healthz."""
    app.register_blueprint(blueprint)
