"""/admin/vendors: the systems that may use /xapi, what each may do, and what it asked lately."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, RadioField, StringField
from wtforms.validators import Optional

from hub import clock
from hub.accounts import audit, vendors
from hub.accounts.forms import NEEDED, ScopesField, blame
from hub.accounts.models import Vendor
from hub.accounts.signin import require_role
from hub.errors import Conflict, Invalid
from hub.extensions import current_hub
from hub.lrs import request_words
from hub.lrs.http import credentials
from hub.lrs.intake import STREAM
from hub.lrs.request_log import KEPT, last_requests
from hub.rejections.models import Rejection

SHOWN = 50

blueprint = Blueprint("vendors", __name__, template_folder="templates", url_prefix="/admin/vendors")


class ChangeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """How long a credential works, and how its requests are judged."""

    expires_at = DateField(
        "Works until",
        validators=[Optional()],
        description="The last day on which it works, in UTC. Empty: until it is revoked.",
    )
    intake = RadioField(
        "When a statement of a request is bad",
        choices=[(key, text[:1].upper() + text[1:]) for key, text in vendors.INTAKES.items()],
        default=vendors.STRICT,
    )
    lenient = BooleanField(
        "Be lenient with older clients",
        description="Ignores parameters that the standard does not know, which TinCanJS copies "
        "from its launch into every address; and stores a new profile without If-None-Match, which "
        "tincan for Python never sends. The standard refuses both.",
    )


class CreateForm(ChangeForm):
    """A new system."""

    name = StringField(
        "Name",
        render_kw={**NEEDED, "autocomplete": "off"},
        description="The system that will hold the key, such as “Acme LMS”.",
    )
    scopes = ScopesField(
        "It may",
        choices=[
            (scope, Markup("{} <code>{}</code>").format(text, scope))
            for scope, text in vendors.SCOPES.items()
        ],
        default=vendors.USUAL_SCOPES,
    )


@blueprint.get("")
@require_role("admin")
def listed() -> Any:
    """All vendors, and a form for a new one."""
    return _list_page(CreateForm())


@blueprint.post("")
@require_role("admin")
def create() -> Any:
    """Make credentials and show them once."""
    form = CreateForm()
    if form.validate():
        try:
            with current_hub().database.transaction() as session:
                vendor, key, secret = vendors.create_vendor(
                    session,
                    current_hub().keyring,
                    form.name.data or "",
                    form.scopes.data or [],
                    **_judging(form),
                )
                audit.record(
                    session,
                    current_user.actor,
                    "vendor.create",
                    vendor.name,
                    **vendors.audit_detail(vendor),
                )
        except (Invalid, Conflict) as error:
            blame(form, error)
        else:
            made = {"Key (user name)": key, "Secret (password)": secret}
            return _list_page(CreateForm(formdata=None), made=made, name=vendor.name)
    return _list_page(form), 422


@blueprint.get("/<uuid:vendor_id>")
@require_role("admin")
def vendor(vendor_id: UUID) -> Any:
    """One vendor: what it may do, its last requests, and how to change it."""
    with current_hub().database.reading() as session:
        found = vendors.vendor_by_id(session, vendor_id)
        form = ChangeForm(
            expires_at=found.expires_at,
            intake=found.intake,
            lenient=found.lenient,
        )
        return _vendor_page(session, found, form)


@blueprint.post("/<uuid:vendor_id>")
@require_role("admin")
def change(vendor_id: UUID) -> Any:
    """Change expiry and judging."""
    form = ChangeForm()
    if form.validate():
        try:
            with current_hub().database.transaction() as session:
                found = vendors.vendor_by_id(session, vendor_id)
                vendors.change_vendor(session, found, **_judging(form))
                audit.record(
                    session,
                    current_user.actor,
                    "vendor.change",
                    found.name,
                    **vendors.audit_detail(found),
                )
        except (Invalid, Conflict) as error:
            blame(form, error)
        else:
            credentials(current_app).forget()
            flash(f"{found.name} was changed.")
            return redirect(url_for("vendors.vendor", vendor_id=vendor_id))
    with current_hub().database.reading() as session:
        return _vendor_page(session, vendors.vendor_by_id(session, vendor_id), form), 422


@blueprint.post("/<uuid:vendor_id>/revoke")
@require_role("admin")
def revoke(vendor_id: UUID) -> Response:
    """Accept the credentials no more."""
    with current_hub().database.transaction() as session:
        found = vendors.revoke_vendor(session, vendors.vendor_by_id(session, vendor_id).name)
        audit.record(session, current_user.actor, "vendor.revoke", found.name)
    credentials(current_app).forget()
    flash(f"{found.name} is not let in any more. What it stored stays.")
    return redirect(url_for("vendors.vendor", vendor_id=vendor_id))


def _judging(form: ChangeForm) -> dict[str, Any]:
    day = form.expires_at.data
    return {
        "expires_at": vendors.end_of(day) if day else None,
        "intake": form.intake.data,
        "lenient": form.lenient.data,
    }


def _list_page(
    form: CreateForm, *, made: dict[str, str] | None = None, name: str | None = None
) -> str:
    with current_hub().database.reading() as session:
        rows = vendors.list_vendors(session)
    return render_template(
        "lrs/vendors.html",
        rows=rows,
        form=form,
        made=made,
        name=name,
        now=clock.now(),
        address=current_hub().settings.public_url,
    )


def _vendor_page(session: Session, found: Vendor, form: ChangeForm) -> str:
    aside = select(func.count()).where(
        Rejection.source_id == found.id, Rejection.stream == STREAM, Rejection.state == "open"
    )
    everything = request.args.get("all") == "yes"
    return render_template(
        "lrs/vendor.html",
        vendor=found,
        form=form,
        requests=last_requests(session, found.id, KEPT if everything else SHOWN),
        shown=KEPT if everything else SHOWN,
        kept=KEPT,
        set_aside=session.scalars(aside).one(),
        scopes=vendors.SCOPES,
        intakes=vendors.INTAKES,
        words=request_words,
        now=clock.now(),
        address=current_hub().settings.public_url,
    )


def register(app: Flask) -> None:
    """Pages of vendors."""
    app.register_blueprint(blueprint)
