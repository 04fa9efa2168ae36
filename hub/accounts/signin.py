"""Signing in and out of the web pages: what a session knows, and who may see a page.

The session holds the user's id and a mark of the password hash, so that disabling a user or
changing a password ends every session of theirs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app
from flask_login import current_user, login_user, logout_user

from hub.accounts import audit
from hub.accounts.models import ROLES, User
from hub.accounts.service import authenticate
from hub.accounts.throttle import Throttle
from hub.errors import Forbidden, HubError
from hub.extensions import current_hub, login_manager

View = TypeVar("View", bound=Callable[..., Any])
_EXTENSION = "sign_in_throttle"


class WrongCredentials(HubError):
    """E-mail and password do not belong together."""

    status = 401
    code = "wrong_credentials"


class TooManyAttempts(HubError):
    """Wait before trying again; *seconds* says how long."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "There were too many attempts to sign in.",
            hint=f"Try again in {-(-seconds // 60)} minutes.",
        )
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The user of the current session, as Flask-Login wants it."""

    id: UUID
    email: str
    role: str
    mark: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the session holds."""
        return f"{self.id}.{self.mark}"

    @property
    def actor(self) -> str:
        """The name of this user in the audit log."""
        return f"user:{self.id}"


def _signed_in(user: User) -> SignedIn:
    mark = hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]
    return SignedIn(user.id, user.email, user.role, mark)


def load_user(session_id: str) -> SignedIn | None:
    """The user of a session; None when disabled since, or when the password has changed."""
    text, _, _mark = session_id.partition(".")
    try:
        user_id = UUID(text)
    except ValueError:
        return None
    with current_hub().database.reading() as session:
        user = session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        return None
    signed_in = _signed_in(user)
    return signed_in if signed_in.get_id() == session_id else None


def register(app: Flask) -> None:
    """Give the application sessions and its own count of attempts."""
    app.extensions[_EXTENSION] = Throttle()
    login_manager.init_app(app)
    login_manager.user_loader(load_user)


def sign_in(email: str, password: str, *, address: str) -> SignedIn:
    """Begin a session. Raises WrongCredentials, TooManyAttempts.

    *address* is where the request came from; the audit log keeps it with every sign-in.
    """
    throttle: Throttle = current_app.extensions[_EXTENSION]
    account = email.strip().lower()
    seconds = throttle.attempt(account, address)
    if seconds:
        raise TooManyAttempts(seconds)
    with current_hub().database.transaction() as session:
        user = authenticate(session, email, password)
        if user is not None:
            audit.record(session, f"user:{user.id}", "user.sign_in", user.email, address=address)
    if user is None:
        raise WrongCredentials(
            "E-mail and password do not belong together, or the account is disabled.",
            hint="Check both, or ask an admin.",
        )
    throttle.forget(account, address)
    signed_in = _signed_in(user)
    login_user(signed_in)
    return signed_in


def sign_out() -> None:
    """End the session."""
    logout_user()


def require_role(*roles: str) -> Callable[[View], View]:
    """Show a page only to signed-in users with one of *roles*.

    Others who are signed in get Forbidden; strangers are sent to sign in.
    """
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"unknown roles {sorted(unknown)}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            if current_user.role not in roles:
                raise Forbidden(
                    f"This page is for {' and '.join(roles)}; you are signed in as "
                    f"{current_user.role}.",
                    hint="Sign in as somebody else, or ask an admin.",
                )
            return view(*args, **kwargs)

        return cast("View", guarded)

    return decorate
