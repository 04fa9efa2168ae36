"""Sources and vendors as people name them, and the keys under which statements are stored."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.vendors import list_vendors
from hub.errors import Invalid
from hub.sources.models import Source


def names_by_key(session: Session) -> dict[str, str]:
    """Like "source: academy" and "vendor: Acme", by the key of their authority."""
    sources = session.execute(select(Source.id, Source.name).order_by(Source.name))
    return {
        **{f"source:{source_id}": f"source: {name}" for source_id, name in sources},
        **{f"vendor:{vendor.id}": f"vendor: {vendor.name}" for vendor in list_vendors(session)},
    }


def keys_of(names: Iterable[str], known: Mapping[str, str], *, field: str) -> list[str]:
    """The keys of names, or of keys that are still known. Raises Invalid with the names there are.

    *known* is names_by_key. Blanks after the colon do not matter.
    """
    keys = {_plain(name): key for key, name in known.items()}
    found = []
    for name in names:
        key = keys.get(_plain(name), name if name in known else None)
        if key is None:
            there = ", ".join(known.values())
            raise Invalid(
                f"There is no “{name}”.",
                hint=f"There are: {there}." if there else "No source or vendor was added yet.",
                field=field,
            )
        found.append(key)
    return found


def _plain(name: str) -> str:
    kind, _, rest = name.partition(":")
    return f"{kind.strip().lower()}:{rest.strip()}"
