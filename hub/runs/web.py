"""Pages of sources and their pulls: how each is doing, what each run did, what was set aside."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connectors.base import Connector
from connectors.registry import find_connector
from hub import clock
from hub.accounts import audit
from hub.accounts.signin import require_role
from hub.accounts.vendors import list_vendors
from hub.errors import Conflict
from hub.extensions import current_hub
from hub.jobs.queue import ring
from hub.rejections.models import Rejection
from hub.runs import service, wording
from hub.runs.models import ACTIVE, Run, SourceRecord
from hub.runs.status import GOOD, Status, status_of
from hub.sources.checking import outcome_of
from hub.sources.models import Source
from hub.sources.service import list_sources, source_by_id

RUNS_SHOWN = 20
REJECTIONS_PER_GROUP = 20

blueprint = Blueprint("runs", __name__, template_folder="templates", url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as the list shows it. records: how many of its records are known."""

    source: Source
    connector: type[Connector] | None
    status: Status
    succeeded_at: datetime | None
    active: Run | None
    records: int
    set_aside: int


@blueprint.get("/")
@require_role("admin")
def overview() -> str:
    """All sources, and how each is doing."""
    with current_hub().database.reading() as session:
        rows = [_row(session, source, clock.now()) for source in list_sources(session)]
    return render_template("runs/overview.html", rows=rows, words=wording)


@blueprint.get("/sources/<uuid:source_id>")
@require_role("admin")
def source(source_id: UUID) -> str:
    """One source: status, last check, last runs."""
    with current_hub().database.reading() as session:
        found = source_by_id(session, source_id)
        row = _row(session, found, clock.now())
        runs = service.list_runs(session, source_id, RUNS_SHOWN)
    return render_template(
        "runs/source.html",
        row=row,
        runs=runs,
        check=outcome_of(found.last_check),
        words=wording,
    )


@blueprint.post("/sources/<uuid:source_id>/pull")
@require_role("admin")
def pull(source_id: UUID) -> Response:
    """Ask for a run, and show it."""
    full = request.form.get("full") == "yes"
    with current_hub().database.transaction() as session:
        found = source_by_id(session, source_id)
        if found.paused_at is not None:
            raise Conflict(f"{found.name} was not pulled: it is paused.", hint="Resume it first.")
        run = service.request_run(session, source_id, full=full, requested_by=current_user.email)
        audit.record(session, current_user.actor, "source.pull", found.name, full=full)
    ring(current_hub(), run.id)
    flash(f"{found.name} is being pulled." if run.state == "running" else "The pull is queued.")
    return redirect(url_for("runs.run", run_id=run.id))


@blueprint.get("/runs/<uuid:run_id>")
@require_role("admin")
def run(run_id: UUID) -> str:
    """One run: state, counts that add up, events."""
    return _run_page(run_id, "runs/run.html")


@blueprint.get("/runs/<uuid:run_id>/live")
@require_role("admin")
def run_live(run_id: UUID) -> str:
    """The part of the run's page that changes while it is under way."""
    return _run_page(run_id, "runs/run_live.html")


@blueprint.get("/attention")
@require_role("admin")
def attention() -> str:
    """Records that were set aside, by reason."""
    with current_hub().database.reading() as session:
        names = {source.id: source.name for source in list_sources(session)}
        vendors = {vendor.id: vendor.name for vendor in list_vendors(session)}
        rows = session.scalars(
            select(Rejection)
            .where(Rejection.state == "open")
            .order_by(Rejection.code, Rejection.last_seen_at.desc(), Rejection.id)
        ).all()
    groups = [(code, list(found)) for code, found in groupby(rows, key=lambda row: row.code)]
    groups.sort(key=lambda group: -len(group[1]))
    return render_template(
        "runs/attention.html",
        groups=groups,
        names=names,
        vendors=vendors,
        shown=REJECTIONS_PER_GROUP,
        total=len(rows),
    )


def _run_page(run_id: UUID, template: str) -> str:
    with current_hub().database.reading() as session:
        found = service.get_run(session, run_id)
        origin = source_by_id(session, found.source_id)
        events = service.events_of(session, run_id)
    return render_template(
        template,
        run=found,
        source=origin,
        events=events,
        active=found.state in ACTIVE,
        words=wording,
    )


def _row(session: Session, source: Source, now: datetime) -> SourceRow:
    runs = service.list_runs(session, source.id, RUNS_SHOWN)
    good = next((run for run in runs if run.state in GOOD), None)
    known = select(func.count()).where(SourceRecord.source_id == source.id)
    aside = select(func.count()).where(Rejection.source_id == source.id, Rejection.state == "open")
    return SourceRow(
        source=source,
        connector=find_connector(source.connector),
        status=status_of(source, runs, now),
        succeeded_at=good.ended_at if good else None,
        active=next((run for run in runs if run.state in ACTIVE), None),
        records=session.scalars(known).one(),
        set_aside=session.scalars(aside).one(),
    )


def register(app: Flask) -> None:
    """Pages of runs."""
    app.register_blueprint(blueprint)
