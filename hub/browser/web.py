"""/admin/statements: find statements, read one, void one."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from hub.accounts.forms import blame
from hub.accounts.signin import require_role
from hub.browser import choosing, wording
from hub.browser.authorities import Authority, list_authorities
from hub.browser.facts import (
    REFERRING,
    around,
    attachments_of,
    counted,
    facts,
    statement_by_id,
)
from hub.browser.finding import Page, find_page
from hub.browser.forms import FilterForm, VoidForm
from hub.browser.names import Told, course_of, tell
from hub.browser.wording import Names
from hub.errors import Conflict, Invalid
from hub.extensions import current_hub
from hub.jobs import bell
from hub.lrs.voiding import refuse_unvoidable, void
from xapi.languages import Languages, accepted
from xapi.vocabulary import VOIDED

blueprint = Blueprint(
    "browser", __name__, template_folder="templates", url_prefix="/admin/statements"
)


@blueprint.get("")
@require_role("admin")
def listed() -> Any:
    """Statements that meet the filters of the address, newest stored first."""
    with current_hub().database.reading() as session:
        known = list_authorities(session)
        form = FilterForm(formdata=request.args)
        form.by.choices = [("", "everybody"), *((one.key, one.title) for one in known)]
        choice = choosing.Choice()
        if form.validate():
            choice = choosing.choose(
                session,
                form,
                known,
                newest=request.args.get("newest", type=int),
                after=request.args.get("after", type=int),
            )
            for name, problem in choice.problems.items():
                form[name].errors = [problem]
        usable = choice.complete and not form.errors
        found = find_page(session, choice.search) if usable else Page((), 0, None)
        page = render_template(
            "browser/list.html",
            form=form,
            choice=choice,
            usable=usable,
            told=tell(session, found.rows, _languages()),
            by={one.id: one for one in known},
            older=_older(found),
            filtered=any(request.args.values()),
            later=choice.search.after is not None,
            verbs=choosing.verb_words(session, Names(languages=_languages())),
            address=_address,
        )
    return page, 422 if form.errors else 200


@blueprint.get("/<uuid:statement_id>")
@require_role("admin")
def statement(statement_id: UUID) -> str:
    """One statement, voided or not: in plain words, its facts, and its JSON."""
    with current_hub().database.reading() as session:
        told, authority = _told(session, statement_id)
        connected = around(session, told, _languages())
        return render_template(
            "browser/statement.html",
            told=told,
            authority=authority,
            facts=facts(session, told, authority, _languages()),
            attachments=attachments_of(session, told, _languages()),
            around=connected,
            referring=counted(connected),
            most=REFERRING,
            voids=told.statement["verb"]["id"] == VOIDED.id,
            course=course_of(session, told.row.activity_id) if told.learner else None,
            words=wording,
            json=_pretty(told),
            address=current_hub().settings.public_url,
        )


@blueprint.get("/<uuid:statement_id>.json")
@require_role("admin")
def as_json(statement_id: UUID) -> Response:
    """One statement as the store returns it, with line breaks."""
    with current_hub().database.reading() as session:
        told, _ = _told(session, statement_id)
    return Response(_pretty(told), mimetype="application/json")


@blueprint.route("/<uuid:statement_id>/void", methods=["GET", "POST"])
@require_role("admin")
def void_statement(statement_id: UUID) -> Any:
    """What will change; then, with a reason, change it."""
    form = VoidForm()
    if form.validate_on_submit():
        try:
            with current_hub().database.transaction() as session:
                void(session, statement_id, form.reason.data or "", current_user.actor)
        except (Invalid, Conflict) as error:
            if error.field not in form:
                raise
            blame(form, error)
        else:
            bell.ring()
            flash("The statement is voided. What followed from it is worked out again.")
            return _to(statement_id)
    with current_hub().database.reading() as session:
        refuse_unvoidable(session, statement_id)
        told, authority = _told(session, statement_id)
        page = render_template(
            "browser/void.html",
            form=form,
            told=told,
            authority=authority,
            course=course_of(session, told.row.activity_id) if told.learner else None,
            referring=len(around(session, told, _languages()).referring),
            most=REFERRING,
        )
    return page, 422 if form.errors else 200


def _told(session: Session, statement_id: UUID) -> tuple[Told, Authority]:
    (told,) = tell(session, [statement_by_id(session, statement_id)], _languages())
    known = {one.id: one for one in list_authorities(session)}
    return told, known[told.row.authority_id]


def _address(**changes: str) -> str:
    """The list with the filters of this request, and with these changed; of the first page."""
    filters = {
        name: text for name, text in request.args.items() if text and name in FilterForm.NAMES
    }
    return f"{url_for('browser.listed')}?{urlencode({**filters, **changes})}"


def _older(found: Page) -> str:
    """The address of the next page, cut where the first one was; "" for none."""
    if found.next_after is None:
        return ""
    return _address(newest=str(found.newest), after=str(found.next_after))


def _languages() -> Languages:
    """What the reader reads; English, as the pages are, before anything else."""
    return accepted(f"{request.headers.get('Accept-Language', '')},en;q=0.1")


def _pretty(told: Told) -> str:
    return json.dumps(told.statement, indent=2, ensure_ascii=False)


def _to(statement_id: UUID) -> BaseResponse:
    return redirect(url_for("browser.statement", statement_id=statement_id))


def register(app: Flask) -> None:
    """Pages of statements."""
    app.register_blueprint(blueprint)
