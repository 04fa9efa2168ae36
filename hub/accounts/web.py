"""Pages for signing in, and for the people and machines that an admin lets in."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, SelectField, StringField

from hub import clock
from hub.accounts import audit, tokens
from hub.accounts.forms import NEEDED, ScopesField, blame
from hub.accounts.models import ROLES
from hub.accounts.service import add_user, list_users
from hub.accounts.signin import TooManyAttempts, WrongCredentials, require_role, sign_in, sign_out
from hub.errors import Conflict, Invalid
from hub.extensions import current_hub, login_manager

blueprint = Blueprint("accounts", __name__, template_folder="templates")


class SignInForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """E-mail and password; both may be pasted."""

    email = StringField("E-mail", render_kw={"autocomplete": "username", "type": "email"})
    password = PasswordField("Password", render_kw={"autocomplete": "current-password"})


class UserForm(FlaskForm):  # type: ignore[misc]
    """A person who may sign in."""

    email = StringField("E-mail", render_kw={**NEEDED, "autocomplete": "off", "type": "email"})
    role = SelectField(
        "Role",
        choices=[(role, role) for role in reversed(ROLES)],
        render_kw=NEEDED,
        description="A learner sees the own transcript, reporting sees the API's documentation, "
        "an admin sees and changes everything.",
    )
    password = PasswordField(
        "Password",
        render_kw={**NEEDED, "autocomplete": "new-password"},
        description="At least 8 characters. Hand it over by another way than e-mail.",
    )


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A reporting tool that gets a token."""

    name = StringField(
        "Name",
        render_kw={**NEEDED, "autocomplete": "off"},
        description="The system that will hold it, such as “Power BI”.",
    )
    scopes = ScopesField("It may", choices=[(scope, scope) for scope in tokens.SCOPES])


def own_path(target: str | None) -> str | None:
    """*target* if it is a path on this host; None for everything that could lead elsewhere."""
    if not target or not target.startswith("/") or "\\" in target or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.netloc and not parts.scheme and target[:2] != "//" else None


@blueprint.route("/signin", methods=["GET", "POST"])
def signin() -> Any:
    """Ask for e-mail and password; then go where the person wanted to."""
    target = own_path(request.args.get("next")) or url_for("home.home")
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/signin.html", form=form, problem=None)
    try:
        sign_in(form.email.data or "", form.password.data or "", address=request.remote_addr or "")
    except TooManyAttempts as error:
        page = render_template("accounts/signin.html", form=form, problem=error)
        return page, error.status, {"Retry-After": str(error.seconds)}
    except WrongCredentials as error:
        return render_template("accounts/signin.html", form=form, problem=error), 401
    return redirect(target)


@blueprint.post("/signout")
def signout() -> Response:
    """End the session."""
    sign_out()
    return redirect(url_for("accounts.signin"))


@blueprint.route("/admin/users", methods=["GET", "POST"])
@require_role("admin")
def users() -> Any:
    """Who can sign in; add one."""
    form = UserForm()
    if form.validate_on_submit():
        try:
            with current_hub().database.transaction() as session:
                user = add_user(
                    session, form.email.data or "", form.role.data, form.password.data or ""
                )
                audit.record(
                    session, current_user.actor, "user.add", user.email, role=form.role.data
                )
        except (Invalid, Conflict) as error:
            blame(form, error)
        else:
            flash(f"{user.email} can sign in now, as {user.role}.")
            return redirect(url_for("accounts.users"))
    with current_hub().database.reading() as session:
        rows = list_users(session)
    return render_template("accounts/users.html", rows=rows, form=form), 422 if form.errors else 200


@blueprint.route("/admin/tokens", methods=["GET", "POST"])
@require_role("admin")
def api_tokens() -> Any:
    """The tokens of reporting tools; make one and show it once."""
    form = TokenForm()
    made: dict[str, str] | None = None
    if request.method == "GET":
        form.scopes.data = list(tokens.SCOPES[:2])
    elif form.validate_on_submit():
        try:
            with current_hub().database.transaction() as session:
                row, text = tokens.create_token(
                    session, current_hub().keyring, form.name.data or "", form.scopes.data or []
                )
                audit.record(
                    session, current_user.actor, "token.create", row.name, scopes=row.scopes
                )
        except (Invalid, Conflict) as error:
            blame(form, error)
        else:
            made = {"Token": text}
    with current_hub().database.reading() as session:
        rows = tokens.list_tokens(session)
    page = render_template(
        "accounts/tokens.html",
        rows=rows,
        form=form,
        made=made,
        name=form.name.data,
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


@blueprint.get("/developers")
@require_role("reporting", "admin")
def developers() -> str:
    """How a reporting tool asks for progress."""
    return render_template(
        "accounts/developers.html", address=current_hub().settings.public_url, scopes=tokens.SCOPES
    )


def register(app: Flask) -> None:
    """Pages of accounts. A stranger who opens a page for people is sent to sign in."""
    login_manager.login_view = "accounts.signin"
    login_manager.login_message = None
    app.register_blueprint(blueprint)
