"""Who knocks at /xapi: Basic credentials -> a credential that is remembered for a few seconds.

Asking the database and hashing at every request would cost more than many requests do. Only good
credentials are remembered, under a hash whose key this process drew by chance: a secret is never
kept. One object serves all threads of a process.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from secrets import token_bytes
from uuid import UUID

from werkzeug.datastructures import Authorization

from hub import clock
from hub.accounts.models import Vendor
from hub.accounts.vendors import SET_ASIDE, look_up
from hub.database import Database
from hub.keyring import Keyring

REMEMBERED = timedelta(seconds=5)
"""After so long at the latest, a revocation or a change is known to every process."""

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Credential:
    """A vendor as requests need it: what it may do, and how its requests are judged."""

    id: UUID
    name: str
    scopes: frozenset[str]
    sets_aside: bool
    lenient: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who may not come in: why, and whose key it was, where the key is known."""

    reason: str
    vendor_id: UUID | None = None


class Credentials:
    """The credentials that this process knows at the moment."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring
        self._hash_key = token_bytes(32)
        self._known: dict[bytes, tuple[datetime, datetime, Credential]] = {}

    def find(self, header: str) -> Credential | Stranger:
        """Who sent this Authorization header. Asks the database every few seconds."""
        # Reads and writes of one key of a dict are whole, whatever other threads do.
        name = blake2b(
            header.encode(errors="surrogatepass"), key=self._hash_key, digest_size=16
        ).digest()
        known = self._known.get(name)
        if known is not None and known[0] <= clock.now() < known[1]:
            return known[2]
        return self._look_up(name, header)

    def forget(self) -> None:
        """Ask the database again, because something was changed in this process."""
        self._known.clear()

    def _look_up(self, name: bytes, header: str) -> Credential | Stranger:
        self._known.pop(name, None)
        given = Authorization.from_header(header)
        if given is None or given.type != "basic":
            return Stranger("The request has no Basic credentials.")
        since = clock.now()
        until = since + REMEMBERED
        with self._database.reading() as session:
            vendor, refused = look_up(
                session, self._keyring, given.username or "", given.password or ""
            )
        if vendor is None or refused is not None:
            return Stranger(refused or "", vendor.id if vendor else None)
        if vendor.expires_at is not None:
            until = min(until, vendor.expires_at)
        found = credential_of(vendor)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[name] = (since, until, found)
        return found


def credential_of(vendor: Vendor) -> Credential:
    """The credential of a vendor."""
    return Credential(
        id=vendor.id,
        name=vendor.name,
        scopes=frozenset(vendor.scopes),
        sets_aside=vendor.intake == SET_ASIDE,
        lenient=vendor.lenient,
    )
