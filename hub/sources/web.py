"""Pages where an admin connects a system: catalogue, settings, check, upload of a file."""

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from connectors.base import Connector, Kind
from connectors.files.preview import preview
from connectors.registry import broken_connectors, connectors
from hub.accounts import audit
from hub.accounts.signin import require_role
from hub.errors import HubError, Invalid
from hub.extensions import current_hub
from hub.sources import service, uploads
from hub.sources.checking import CheckOutcome, check_source, run_check
from hub.sources.forms import new_source_form, settings_form
from hub.sources.preview_rows import rows_of
from hub.web.forms import SchemaForm

blueprint = Blueprint("sources", __name__, template_folder="templates", url_prefix="/admin/sources")


@blueprint.get("/new")
@require_role("admin")
def catalogue() -> str:
    """What can be connected."""
    return render_template(
        "sources/catalogue.html", connectors=connectors().values(), broken=broken_connectors()
    )


@blueprint.route("/new/<key>", methods=["GET", "POST"])
@require_role("admin")
def new(key: str) -> Any:
    """The settings of a new source: test them as they stand on the screen, or save and test."""
    connector = service.connector_class(key)
    form = new_source_form(connector)
    outcome = None
    if form.validate_on_submit():
        try:
            if "test" in request.form:
                outcome = _tried(connector, form.texts())
            else:
                return _saved(connector, form)
        except HubError as error:
            _blame(form, error)
    page = render_template("sources/form.html", connector=connector, form=form, outcome=outcome)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:source_id>/settings", methods=["GET", "POST"])
@require_role("admin")
def settings(source_id: UUID) -> Any:
    """Change a source. A secret that is left empty keeps its value."""
    hub = current_hub()
    with hub.database.reading() as session:
        source = service.source_by_id(session, source_id)
        kept = service.secrets_of(source, hub.keyring)
    connector = service.connector_class(source.connector)
    form = settings_form(source, connector)
    outcome = None
    if form.validate_on_submit():
        texts = form.texts()
        try:
            if "test" in request.form:
                outcome = _tried(connector, texts, kept)
            else:
                with hub.database.transaction() as session:
                    changed = service.source_by_id(session, source_id)
                    service.change_source(session, hub.keyring, changed, texts)
                    audit.record(session, current_user.actor, "source.change", source.name)
                return _checked(source_id, source.name, "Saved.")
        except HubError as error:
            _blame(form, error)
    page = render_template(
        "sources/form.html", connector=connector, form=form, outcome=outcome, source=source
    )
    return page, 422 if form.errors else 200


@blueprint.post("/<uuid:source_id>/check")
@require_role("admin")
def check(source_id: UUID) -> Response:
    """Ask the system what it grants us."""
    with current_hub().database.reading() as session:
        name = service.source_by_id(session, source_id).name
    return _checked(source_id, name, "Checked.")


@blueprint.post("/<uuid:source_id>/pause")
@require_role("admin")
def pause(source_id: UUID) -> Response:
    """Pull this source no more for now."""
    with current_hub().database.transaction() as session:
        source = service.pause(session, service.source_by_id(session, source_id))
        audit.record(session, current_user.actor, "source.pause", source.name)
    flash(f"{source.name} is paused. Everything that was read stays.")
    return _to_source(source_id)


@blueprint.post("/<uuid:source_id>/resume")
@require_role("admin")
def resume(source_id: UUID) -> Response:
    """Pull this source again."""
    with current_hub().database.transaction() as session:
        source = service.resume(session, service.source_by_id(session, source_id))
        audit.record(session, current_user.actor, "source.resume", source.name)
    flash(f"{source.name} can be pulled again; it goes on where it stood.")
    return _to_source(source_id)


@blueprint.route("/<uuid:source_id>/upload", methods=["GET", "POST"])
@require_role("admin")
def upload(source_id: UUID) -> Any:
    """Show what the first rows of a file would become. Nothing is stored as a record yet."""
    hub = current_hub()
    with hub.database.reading() as session:
        source = service.source_by_id(session, source_id)
        connector = service.connector_for(source, hub.keyring, hub.settings)
    connector.http.close()
    if connector.kind is not Kind.FILE:
        raise Invalid(f"{source.name} does not read files.", hint="Pull it instead.")
    problem = found = held = None
    rows: list[Any] = []
    file = request.files.get("file")
    if request.method == "POST":
        data = file.read() if file else b""
        name = (file.filename if file else None) or ""
        try:
            held = uploads.hold(hub.settings.data_dir, source_id, name, data)
        except Invalid as error:
            problem = error
        else:
            found = preview(connector.config, data, name)
            rows = rows_of(found)
    page = render_template(
        "sources/upload.html", source=source, problem=problem, found=found, rows=rows, held=held
    )
    return page, 422 if problem else 200


@blueprint.post("/<uuid:source_id>/upload/confirm")
@require_role("admin")
def confirm_upload(source_id: UUID) -> Response:
    """Put the uploaded file into the folder of the source; the next pull reads it."""
    hub = current_hub()
    with hub.database.transaction() as session:
        source = service.source_by_id(session, source_id)
        target = uploads.confirm(
            hub.settings.data_dir,
            source_id,
            request.form.get("held", ""),
            Path(source.config["folder"]),
        )
        audit.record(session, current_user.actor, "source.upload", source.name, file=target.name)
    flash(f"{target.name} lies in the folder of {source.name}. Press Pull to read it.")
    return _to_source(source_id)


def _saved(connector: type[Connector], form: SchemaForm) -> Response:
    hub = current_hub()
    with hub.database.transaction() as session:
        source = service.add_source(
            session,
            hub.keyring,
            connector_key=connector.key,
            name=(form.name.data or "").strip(),
            values=form.texts(),
        )
        audit.record(
            session, current_user.actor, "source.add", source.name, connector=connector.key
        )
    return _checked(source.id, source.name, "Saved.")


def _checked(source_id: UUID, name: str, done: str) -> Response:
    hub = current_hub()
    outcome = check_source(hub.database, hub.keyring, hub.settings, source_id)
    if outcome.ok:
        flash(f"{done} {name} can be read.")
    else:
        flash(f"{done} {name} cannot be read as it is. {outcome.reason}", "error")
    return _to_source(source_id)


def _tried(
    connector: type[Connector], texts: dict[str, str], kept: dict[str, str] | None = None
) -> CheckOutcome:
    """The check of what is on the screen; a secret left empty stands for the one kept."""
    filled = {**texts, **{name: texts.get(name) or text for name, text in (kept or {}).items()}}
    config = service.load_config(connector, filled)
    settings = current_hub().settings
    return run_check(lambda: service.open_connector(connector, config, settings, hurried=True))


def _blame(form: SchemaForm, error: HubError) -> None:
    if isinstance(error, service.BadConfiguration):
        form.blame(error.problems)
    elif error.field in form:
        form[error.field].errors = [f"{error.message} {error.hint}".strip()]
    else:
        form.form_errors.append(f"{error.message} {error.hint}".strip())


def _to_source(source_id: UUID) -> Response:
    return redirect(url_for("runs.source", source_id=source_id))


def register(app: Flask) -> None:
    """Pages of sources."""
    app.register_blueprint(blueprint)
