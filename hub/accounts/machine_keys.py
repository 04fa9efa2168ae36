"""What API tokens and vendor credentials have in common: scopes, expiry, revocation, last use."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.models import ApiToken, Vendor
from hub.errors import Invalid

USE_RESOLUTION = timedelta(minutes=1)
"""How exactly the last use is known. A write per request would make every read wait for a disk."""

MachineKey = ApiToken | Vendor


def checked_scopes(scopes: Iterable[str], known: Collection[str]) -> list[str]:
    """The scopes, each once, in the order of *known*. Raises Invalid for none and for unknown."""
    wanted = set(scopes)
    unknown = sorted(wanted - set(known))
    if unknown or not wanted:
        raise Invalid(
            f"There is no scope {unknown[0]!r}." if unknown else "No scope is given.",
            hint=f"Scopes are: {', '.join(known)}.",
            field="scopes",
        )
    return [scope for scope in known if scope in wanted]


def checked_name(name: str) -> str:
    """The name without outer blanks. Raises Invalid when nothing readable is left."""
    stripped = name.strip()
    if not stripped or not stripped.isprintable():
        raise Invalid(
            "The name is empty or has characters that cannot be shown.",
            hint="Name the system that will hold the key.",
            field="name",
        )
    return stripped


def usable(key: MachineKey, at: datetime) -> bool:
    """Neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or at < key.expires_at)


def use_is_stale(token: ApiToken, at: datetime) -> bool:
    """Whether the stored last use is older than the resolution."""
    return token.used_at is None or at - token.used_at >= USE_RESOLUTION


def note_use(session: Session, token: ApiToken) -> None:
    """Remember that the token was used now, at most once a minute; needs a writing session."""
    at = clock.now()
    if use_is_stale(token, at):
        mark_used(session, ApiToken, token.id, at)


def mark_used(session: Session, table: type[MachineKey], key_id: UUID, at: datetime) -> None:
    """Store the last use of a key unless a later one, or one of the same minute, is there."""
    session.execute(
        update(table)
        .where(
            table.id == key_id,
            or_(table.used_at.is_(None), table.used_at <= at - USE_RESOLUTION),
        )
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
