"""API tokens of reporting tools: ``hub_<prefix>_<secret>``, shown once, kept as a keyed hash."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.machine_keys import checked_name, checked_scopes, usable
from hub.accounts.models import ApiToken
from hub.errors import Conflict, Invalid, NotFound
from hub.keyring import Keyring

SCOPES = ("progress:read", "learners:read", "statements:validate")
_PURPOSE = "api token"
_START = "hub"


def create_token(
    session: Session,
    keyring: Keyring,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its text, which nobody can see again.

    Raises Invalid for an empty name, an unknown scope or an expiry that has passed, and Conflict
    when the name is taken.
    """
    name = checked_name(name)
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise Invalid(
            "The token would have expired already.",
            hint="Choose a time that is still to come.",
            field="expires_at",
        )
    if session.scalars(select(ApiToken.id).where(ApiToken.name == name)).first() is not None:
        raise Conflict(
            f"There is a token {name!r} already.",
            hint="Revoked tokens keep their name; choose another one.",
            field="name",
        )
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        prefix=secrets.token_hex(6),
        secret_hash=keyring.mac(secret.encode(), purpose=_PURPOSE),
        scopes=checked_scopes(scopes, SCOPES),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token, f"{_START}_{token.prefix}_{secret}"


def find_token(session: Session, keyring: Keyring, text: str) -> ApiToken | None:
    """The token that *text* is; None when unknown, wrong, revoked or expired. Only reads."""
    start, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if start != _START or not prefix.isalnum() or not prefix.isascii():
        return None
    token = session.scalars(select(ApiToken).where(ApiToken.prefix == prefix)).one_or_none()
    found = keyring.mac(secret.encode(errors="surrogatepass"), purpose=_PURPOSE)
    if token is None or not hmac.compare_digest(token.secret_hash, found):
        return None
    return token if usable(token, clock.now()) else None


def list_tokens(session: Session) -> list[ApiToken]:
    """All tokens by name, the revoked ones too."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.name)))


def revoke_token(session: Session, name: str) -> ApiToken:
    """Accept this token no more. Doing it twice keeps the first time. Raises NotFound."""
    token = session.scalars(select(ApiToken).where(ApiToken.name == name)).one_or_none()
    if token is None:
        raise NotFound(
            f"There is no token {name!r}.", hint="`hub tokens list` shows all.", field="name"
        )
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        session.flush()
    return token
