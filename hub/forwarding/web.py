"""Pages of forwarders: how far each is behind, its settings, and what the other side refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub import clock
from hub.accounts import audit
from hub.accounts.signin import require_role
from hub.errors import HubError
from hub.extensions import current_hub
from hub.forwarding import service, wording
from hub.forwarding.authorities import names_by_key
from hub.forwarding.checking import check
from hub.forwarding.forms import new_form, settings_form
from hub.forwarding.models import Forwarder
from hub.forwarding.reading import Lag, lag
from hub.jobs import bell
from hub.sources.checking import CheckOutcome
from hub.web.forms import SchemaForm

LETTERS_SHOWN = 100

blueprint = Blueprint(
    "forwarding", __name__, template_folder="templates", url_prefix="/admin/forwarding"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A forwarder as the pages show it. letters: how many dead letters it has."""

    forwarder: Forwarder
    standing: wording.Standing
    lag: str
    letters: int


@blueprint.get("/")
@require_role("admin")
def overview() -> str:
    """All forwarders, and how far each is behind."""
    with current_hub().database.reading() as session:
        letters = service.count_dead_letters(session)
        rows = [
            _row(session, forwarder, letters.get(forwarder.id, 0))
            for forwarder in service.list_forwarders(session)
        ]
    return render_template("forwarding/overview.html", rows=rows)


@blueprint.route("/new", methods=["GET", "POST"])
@require_role("admin")
def new() -> Any:
    """The settings of a new forwarder: test them as they stand on the screen, or save."""
    form = new_form()
    outcome = None
    if form.validate_on_submit():
        try:
            if "test" in request.form:
                outcome = _tried(form.texts())
            else:
                return _added(form)
        except HubError as error:
            _blame(form, error)
    return _form_page(form, outcome)


@blueprint.get("/<uuid:forwarder_id>")
@require_role("admin")
def forwarder(forwarder_id: UUID) -> str:
    """One forwarder: lag, last error, dead letters."""
    return _page(forwarder_id)


@blueprint.post("/<uuid:forwarder_id>/test")
@require_role("admin")
def test(forwarder_id: UUID) -> str:
    """Ask the other store what it speaks and whether it knows us; nothing is sent."""
    hub = current_hub()
    with hub.database.reading() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        secret = service.secret_of(found, hub.keyring)
    return _page(forwarder_id, check(found.config, secret, hub.settings))


@blueprint.route("/<uuid:forwarder_id>/settings", methods=["GET", "POST"])
@require_role("admin")
def settings(forwarder_id: UUID) -> Any:
    """Change a forwarder. A secret that is left empty keeps its value."""
    hub = current_hub()
    with hub.database.reading() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        form = settings_form(service.texts_for_form(session, found))
        kept = service.secret_of(found, hub.keyring)
    outcome = None
    if form.validate_on_submit():
        texts = form.texts()
        try:
            if "test" in request.form:
                outcome = _tried({**texts, "secret": texts["secret"] or kept})
            else:
                with hub.database.transaction() as session:
                    changed = service.forwarder_by_id(session, forwarder_id)
                    service.change(session, hub.keyring, hub.settings, changed, texts)
                    _record(session, "change", found.name, since=texts["since"])
                bell.ring()
                flash(f"Saved. {found.name} is tried again at once.")
                return _to(forwarder_id)
        except HubError as error:
            _blame(form, error)
    return _form_page(form, outcome, found)


@blueprint.post("/<uuid:forwarder_id>/<any(pause, resume, retry, skip):what>")
@require_role("admin")
def steer(forwarder_id: UUID, what: str) -> Response:
    """Pause, resume, try again at once, or set the next statement aside."""
    actions: dict[str, Callable[[Session, Forwarder], object]] = {
        "pause": service.pause,
        "resume": service.resume,
        "retry": service.retry,
        "skip": service.set_next_aside,
    }
    said = {
        "pause": "is paused. Its position stays.",
        "resume": "goes on where it stood.",
        "retry": "is tried again at once.",
        "skip": "goes on behind the statement that was next; it is among the dead letters.",
    }
    with current_hub().database.transaction() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        actions[what](session, found)
        _record(session, what, found.name)
    bell.ring()
    flash(f"{found.name} {said[what]}")
    return _to(forwarder_id)


@blueprint.post("/<uuid:forwarder_id>/remove")
@require_role("admin")
def remove(forwarder_id: UUID) -> Response:
    """Forget a forwarder, once its name was typed."""
    with current_hub().database.transaction() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        if request.form.get("name", "").strip() != found.name:
            flash(f"{found.name} was not removed: its name was not typed as it is.", "error")
            return _to(forwarder_id)
        service.remove(session, found)
        _record(session, "remove", found.name)
    flash(f"{found.name} is removed. What the other store has, it keeps.")
    return redirect(url_for("forwarding.overview"))


@blueprint.post("/<uuid:forwarder_id>/letters/<any(again, drop):what>")
@require_role("admin")
def letters(forwarder_id: UUID, what: str) -> Response:
    """Send dead letters again, or take them off the list: one, or all."""
    letter = request.form.get("letter", type=int)
    with current_hub().database.transaction() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        act = service.send_again if what == "again" else service.drop
        count = act(session, found, letter)
        _record(session, f"letters_{what}", found.name, count=count)
    bell.ring()
    counted = "1 statement" if count == 1 else f"{count} statements"
    done = "will be sent again." if what == "again" else "taken off the list, and kept in this hub."
    flash(f"{counted} {done}")
    return _to(forwarder_id)


def _row(session: Session, forwarder: Forwarder, letters: int) -> Row:
    behind: Lag = lag(session, service.filter_of(forwarder), after=forwarder.position)
    return Row(
        forwarder,
        wording.standing(forwarder, behind),
        wording.lag_sentence(behind, clock.now()),
        letters,
    )


def _page(forwarder_id: UUID, outcome: CheckOutcome | None = None) -> str:
    with current_hub().database.reading() as session:
        found = service.forwarder_by_id(session, forwarder_id)
        count = service.count_dead_letters(session).get(forwarder_id, 0)
        shown = service.dead_letters(session, forwarder_id, LETTERS_SHOWN)
        row = _row(session, found, count)
        known = names_by_key(session)
    return render_template(
        "forwarding/forwarder.html",
        row=row,
        letters=shown,
        words=wording.LETTER_WORDS,
        known=known,
        outcome=outcome,
    )


def _form_page(
    form: SchemaForm, outcome: CheckOutcome | None, found: Forwarder | None = None
) -> tuple[str, int]:
    with current_hub().database.reading() as session:
        known = list(names_by_key(session).values())
    page = render_template(
        "forwarding/form.html", form=form, outcome=outcome, forwarder=found, known=known
    )
    return page, 422 if form.errors else 200


def _added(form: SchemaForm) -> Response:
    hub = current_hub()
    with hub.database.transaction() as session:
        added = service.add(
            session, hub.keyring, hub.settings, name=form.name.data or "", texts=form.texts()
        )
        _record(session, "add", added.name, endpoint=added.config["endpoint"])
    bell.ring()
    flash(f"{added.name} is saved. Test it, or wait for the first statement.")
    return _to(added.id)


def _tried(texts: dict[str, str]) -> CheckOutcome:
    hub = current_hub()
    with hub.database.reading() as session:
        loaded = service.load_config(session, texts)
    return check(loaded, loaded["secret"], hub.settings)


def _blame(form: SchemaForm, error: HubError) -> None:
    text = f"{error.message} {error.hint}".strip()
    if isinstance(error, service.BadForwarder):
        form.blame(error.problems)
    elif error.field in form:
        form[error.field].errors = [text]
    else:
        form.form_errors.append(text)


def _record(session: Session, what: str, name: str, **detail: Any) -> None:
    audit.record(session, current_user.actor, f"forwarder.{what}", name, **detail)


def _to(forwarder_id: UUID) -> Response:
    return redirect(url_for("forwarding.forwarder", forwarder_id=forwarder_id))


def register(app: Flask) -> None:
    """Pages of forwarders."""
    app.register_blueprint(blueprint)
