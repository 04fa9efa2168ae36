"""People who sign in: add, find, authenticate, disable. Knows nothing of requests and sessions."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.models import ROLES, User
from hub.accounts.passwords import hash_of_nobody, hash_password, needs_rehash, password_fits
from hub.errors import Conflict, Invalid, NotFound
from xapi.actors import canonical_email

SHORTEST_PASSWORD = 8
"""Characters. NIST SP 800-63B, 5.1.1.1: length is the only rule, no composition."""
LONGEST_PASSWORD = 1024
"""Characters. Hashing takes time in proportion, and anybody may send a password."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _canonical(email: str) -> str:
    """Raises ValueError. PostgreSQL stores no NUL, and no address has a control character."""
    if _CONTROL.search(email):
        raise ValueError("control characters")
    return canonical_email(email)


def add_user(session: Session, email: str, role: str, password: str) -> User:
    """A new user. Raises Invalid for a broken rule, Conflict when the e-mail is taken."""
    try:
        canonical = _canonical(email)
    except ValueError as error:
        raise Invalid(
            f"{email!r} is not an e-mail address.",
            hint="Write it as name@example.org.",
            field="email",
        ) from error
    if role not in ROLES:
        raise Invalid(
            f"There is no role {role!r}.", hint=f"Roles are: {', '.join(ROLES)}.", field="role"
        )
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"The password has {len(password)} characters.",
            hint=f"Choose one with {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            field="password",
        )
    if find_user(session, canonical) is not None:
        raise Conflict(
            f"There is a user {canonical} already.",
            hint="Sign in with that one, or choose another e-mail address.",
            field="email",
        )
    user = User(
        email=canonical,
        role=role,
        password_hash=hash_password(password),
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, email: str) -> User | None:
    """The user with this e-mail, in any spelling that means the same; None if there is none."""
    try:
        canonical = _canonical(email)
    except ValueError:
        return None
    return session.scalars(select(User).where(User.email == canonical)).one_or_none()


def list_users(session: Session) -> list[User]:
    """All users by e-mail, the disabled ones too."""
    return list(session.scalars(select(User).order_by(User.email)))


def authenticate(session: Session, email: str, password: str) -> User | None:
    """The enabled user whose password this is, signed in now; None without saying why.

    An unknown e-mail costs the same hash as a known one. Writes: call it in a transaction.
    """
    password = password[: LONGEST_PASSWORD + 1]
    user = find_user(session, email)
    fits = password_fits(user.password_hash if user else hash_of_nobody(), password)
    if user is None or not fits or user.disabled_at is not None:
        return None
    if needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    user.signed_in_at = clock.now()
    session.flush()
    return user


def disable_user(session: Session, email: str) -> User:
    """Let this user in no more. Doing it twice keeps the first time. Raises NotFound."""
    user = find_user(session, email)
    if user is None:
        raise NotFound(
            f"There is no user {email}.", hint="`hub users list` shows all.", field="email"
        )
    if user.disabled_at is None:
        user.disabled_at = clock.now()
        session.flush()
    return user
