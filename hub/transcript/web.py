"""The page that a learner sees, and the same page for an admin who looks a learner up."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, render_template, request
from flask_login import current_user

from hub import clock
from hub.accounts.signin import require_role
from hub.extensions import current_hub
from hub.progress.query import list_sources
from hub.transcript.service import learner_of_user, search_learners, transcript_of

FOUND_AT_MOST = 50

blueprint = Blueprint("transcript", __name__, template_folder="templates")


@blueprint.get("/me")
@require_role("learner", "admin", "reporting")
def me() -> Any:
    """Everything that the person who is signed in has learned."""
    now = clock.now()
    with current_hub().database.reading() as session:
        learner = learner_of_user(session, current_user)
        found = transcript_of(session, learner.id, now) if learner else None
        systems = list_sources(session)
    return render_template(
        "transcript/me.html", transcript=found, systems=systems, now=now, mine=True
    )


@blueprint.get("/admin/learners")
@require_role("admin")
def search() -> str:
    """Find a learner by name or e-mail."""
    text = request.args.get("q", "")
    with current_hub().database.reading() as session:
        rows = search_learners(session, text, FOUND_AT_MOST + 1)
    return render_template(
        "transcript/search.html",
        rows=rows[:FOUND_AT_MOST],
        more=len(rows) > FOUND_AT_MOST,
        text=text,
    )


@blueprint.get("/admin/learners/<uuid:learner_id>")
@require_role("admin")
def learner(learner_id: UUID) -> str:
    """The transcript of one learner, as the learner sees it, with what only an admin needs."""
    now = clock.now()
    with current_hub().database.reading() as session:
        found = transcript_of(session, learner_id, now)
        systems = list_sources(session)
    return render_template(
        "transcript/me.html", transcript=found, systems=systems, now=now, mine=False
    )


def register(app: Flask) -> None:
    """Pages of transcripts."""
    app.register_blueprint(blueprint)
