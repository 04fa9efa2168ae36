"""Credentials of LMS vendors that push xAPI: key and secret for Basic authentication.

The secret is shown once and kept as a keyed hash. What a credential may do, how long it works and
how strictly its requests are judged can be changed; its key and its secret cannot.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.machine_keys import checked_name, checked_scopes
from hub.accounts.models import Vendor
from hub.errors import Conflict, Invalid, NotFound
from hub.keyring import Keyring

SCOPES: Mapping[str, str] = {
    "statements/write": "Store statements",
    "statements/read/mine": "Read the statements that it stored itself",
    "statements/read": "Read all statements",
    "state": "Read and write where learners stopped (state documents)",
    "profile": "Read and write what is noted about learners and activities (profile documents)",
    "define": "Name and describe activities by the statements that it stores",
    "all/read": "Read everything",
    "all": "Everything: read, write, and void statements of others",
}
"""xAPI 1.0.3, part three, 4.2: the authorization scopes, each in words for people."""
USUAL_SCOPES = ("statements/write", "statements/read/mine", "define")
"""What a system needs that sends statements about its own activities."""

STRICT = "strict"
SET_ASIDE = "set-aside"
INTAKES: Mapping[str, str] = {
    STRICT: "refuse the whole request, as the standard demands",
    SET_ASIDE: "set it aside for an admin and store the others",
}
"""What happens to a request in which a statement is bad."""

_PURPOSE = "vendor secret"


def create_vendor(
    session: Session,
    keyring: Keyring,
    name: str,
    scopes: Iterable[str] = USUAL_SCOPES,
    *,
    expires_at: datetime | None = None,
    intake: str = STRICT,
    lenient: bool = False,
) -> tuple[Vendor, str, str]:
    """A new vendor, its key and its secret, which nobody can see again.

    Raises Invalid for an empty name, an unknown scope or intake, or an expiry that has passed, and
    Conflict when the name is taken.
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
        intake=_checked_intake(intake),
        lenient=lenient,
        created_at=clock.now(),
        expires_at=_checked_expiry(expires_at),
    )
    session.add(vendor)
    session.flush()
    return vendor, key, secret


def change_vendor(
    session: Session,
    vendor: Vendor,
    *,
    expires_at: datetime | None,
    intake: str,
    lenient: bool,
    scopes: Iterable[str] | None = None,
) -> None:
    """Change how long a credential works, how its requests are judged, and what it may do.

    No scopes: they stay. Raises Invalid for an unknown scope or intake or an expiry that has
    passed, and Conflict when the vendor is revoked.
    """
    if vendor.revoked_at is not None:
        raise Conflict(
            f"{vendor.name!r} was not changed: it is revoked.", hint="Make new credentials."
        )
    if expires_at != vendor.expires_at:
        vendor.expires_at = _checked_expiry(expires_at)
    if scopes is not None:
        vendor.scopes = checked_scopes(scopes, SCOPES)
    vendor.intake = _checked_intake(intake)
    vendor.lenient = lenient
    session.flush()


def end_of(day: date) -> datetime:
    """The last second of a day in UTC: credentials that expire on a day work on that day."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def look_up(
    session: Session, keyring: Keyring, key: str, secret: str
) -> tuple[Vendor | None, str | None]:
    """The vendor with this key, and why it may not come in; None where it may. Only reads."""
    if not key.isalnum() or not key.isascii():
        return None, "The key is unknown."
    vendor = session.scalars(select(Vendor).where(Vendor.key == key)).one_or_none()
    found = keyring.mac(secret.encode(errors="surrogatepass"), purpose=_PURPOSE)
    if vendor is None:
        return None, "The key is unknown."
    if not hmac.compare_digest(vendor.secret_hash, found):
        return vendor, "The secret is wrong."
    if vendor.revoked_at is not None:
        return vendor, "The credentials are revoked."
    if vendor.expires_at is not None and vendor.expires_at <= clock.now():
        return vendor, "The credentials have expired."
    return vendor, None


def check_vendor(session: Session, keyring: Keyring, key: str, secret: str) -> Vendor | None:
    """The vendor with these credentials; None when wrong, revoked or expired. Only reads."""
    vendor, refused = look_up(session, keyring, key, secret)
    return None if refused else vendor


def list_vendors(session: Session) -> list[Vendor]:
    """All vendors by name, the revoked ones too."""
    return list(session.scalars(select(Vendor).order_by(Vendor.name)))


def vendor_by_id(session: Session, vendor_id: UUID) -> Vendor:
    """Raises NotFound."""
    vendor = session.get(Vendor, vendor_id)
    if vendor is None:
        raise NotFound("There is no such vendor.", hint="Choose one from the list.")
    return vendor


def vendor_by_name(session: Session, name: str) -> Vendor:
    """Raises NotFound."""
    vendor = session.scalars(select(Vendor).where(Vendor.name == name)).one_or_none()
    if vendor is None:
        raise NotFound(
            f"There is no vendor {name!r}.", hint="`hub vendors list` shows all.", field="name"
        )
    return vendor


def revoke_vendor(session: Session, name: str) -> Vendor:
    """Accept these credentials no more; what they stored stays. Raises NotFound."""
    vendor = vendor_by_name(session, name)
    if vendor.revoked_at is None:
        vendor.revoked_at = clock.now()
        session.flush()
    return vendor


def audit_detail(vendor: Vendor) -> dict[str, Any]:
    """What the audit log keeps of a credential that was made or changed."""
    return {
        "scopes": vendor.scopes,
        "expires_at": vendor.expires_at.isoformat() if vendor.expires_at else None,
        "intake": vendor.intake,
        "lenient": vendor.lenient,
    }


def _checked_intake(intake: str) -> str:
    if intake not in INTAKES:
        raise Invalid(
            f"There is no intake {intake!r}.",
            hint=f"Choose one of: {', '.join(INTAKES)}.",
            field="intake",
        )
    return intake


def _checked_expiry(expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid(
            "The credentials would have expired already.",
            hint="Choose a day that is still to come.",
            field="expires_at",
        )
    return expires_at
