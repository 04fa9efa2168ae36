"""Credentials of LMS vendors that push xAPI: key and secret for Basic authentication.

The secret is shown once and kept as a keyed hash.
"""

import hmac
import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.machine_keys import checked_name, checked_scopes, usable
from hub.accounts.models import Vendor
from hub.errors import Conflict, NotFound
from hub.keyring import Keyring

SCOPES = (
    "all",
    "all/read",
    "statements/read",
    "statements/read/mine",
    "statements/write",
)
"""xAPI 1.0.3, part three, 4.2: the authorization scopes that have an effect here.

The others of the standard (state, define, profile) are for resources that the hub has not.
"""
USUAL_SCOPES = ("statements/write", "statements/read/mine")
"""xAPI 1.0.3, part three, 4.2: what a client gets that asks for nothing particular."""
_PURPOSE = "vendor secret"


def create_vendor(
    session: Session, keyring: Keyring, name: str, scopes: Iterable[str] = USUAL_SCOPES
) -> tuple[Vendor, str, str]:
    """A new vendor, its key and its secret, which nobody can see again.

    Raises Invalid for an empty name or an unknown scope, and Conflict when the name is taken.
    """
    name = checked_name(name)
    if session.scalars(select(Vendor.id).where(Vendor.name == name)).first() is not None:
        raise Conflict(
            f"There is a vendor {name!r} already.",
            hint="Revoked vendors keep their name; choose another one.",
            field="name",
        )
    key, secret = secrets.token_hex(16), secrets.token_urlsafe(32)
    vendor = Vendor(
        name=name,
        key=key,
        secret_hash=keyring.mac(secret.encode(), purpose=_PURPOSE),
        scopes=checked_scopes(scopes, SCOPES),
        created_at=clock.now(),
    )
    session.add(vendor)
    session.flush()
    return vendor, key, secret


def check_vendor(session: Session, keyring: Keyring, key: str, secret: str) -> Vendor | None:
    """The vendor with these credentials; None when wrong, revoked or expired. Only reads."""
    if not key.isalnum() or not key.isascii():
        return None
    vendor = session.scalars(select(Vendor).where(Vendor.key == key)).one_or_none()
    found = keyring.mac(secret.encode(errors="surrogatepass"), purpose=_PURPOSE)
    if vendor is None or not hmac.compare_digest(vendor.secret_hash, found):
        return None
    return vendor if usable(vendor, clock.now()) else None


def list_vendors(session: Session) -> list[Vendor]:
    """All vendors by name, the revoked ones too."""
    return list(session.scalars(select(Vendor).order_by(Vendor.name)))


def revoke_vendor(session: Session, name: str) -> Vendor:
    """Accept these credentials no more; what they stored stays. Raises NotFound."""
    vendor = session.scalars(select(Vendor).where(Vendor.name == name)).one_or_none()
    if vendor is None:
        raise NotFound(
            f"There is no vendor {name!r}.", hint="`hub vendors list` shows all.", field="name"
        )
    if vendor.revoked_at is None:
        vendor.revoked_at = clock.now()
        session.flush()
    return vendor
