"""On whose word statements are stored, as people name it, and how to find what each has stored."""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Vendor
from hub.browser.finding import Keys
from hub.lrs.keys import Kind
from hub.lrs.models import Actor, AuthorityRow
from hub.lrs.prepare import ifi_text
from hub.lrs.voiding import hub_agent
from hub.sources.models import Source
from xapi.actors import IFI, ifi_of
from xapi.vocabulary import BASE

_HOMES = {"vendor": "vendors", "source": "sources", "import": "imports"}


@dataclass(frozen=True, slots=True)
class Authority:
    """A source, a vendor, an import, or the hub. known: False when it is removed."""

    id: int
    key: str
    name: str
    known: bool = True

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def title(self) -> str:
        """Like "source: academy"; the hub is only itself."""
        return self.name if self.kind == "hub" else f"{self.kind}: {self.name}"

    @property
    def url(self) -> str:
        """The page of a source or a vendor; "" for what has none."""
        if not self.known:
            return ""
        if self.kind == "source":
            return url_for("runs.source", source_id=UUID(self.key.partition(":")[2]))
        if self.kind == "vendor":
            return url_for("vendors.vendor", vendor_id=UUID(self.key.partition(":")[2]))
        return ""


def list_authorities(session: Session) -> list[Authority]:
    """Everybody who has stored a statement, by kind and name."""
    sources = session.execute(select(Source.id, Source.name))
    vendors = session.execute(select(Vendor.id, Vendor.name))
    names = {"hub": "the hub itself"}
    names |= {f"source:{source_id}": name for source_id, name in sources}
    names |= {f"vendor:{vendor_id}": name for vendor_id, name in vendors}
    rows = session.execute(select(AuthorityRow.id, AuthorityRow.key))
    found = [_named(row_id, key, names) for row_id, key in rows]
    return sorted(found, key=lambda one: (one.kind, one.name.casefold()))


def keys_of(session: Session, authority: Authority) -> Keys:
    """Where the statements on its word are: every statement is found by its authority's agent.

    An import that kept the authorities of its file is found by those it has not kept only.
    """
    home = _HOMES.get(authority.kind)
    if home is None:
        ifi = ifi_of(hub_agent(session))
        assert ifi is not None
    else:
        ifi = IFI("account", authority.key.partition(":")[2], BASE + home)
    ids = session.scalars(select(Actor.id).where(Actor.ifi == ifi_text(ifi)))
    return Keys((Kind.AGENT, Kind.RELATED_AGENT), tuple(ids))


def _named(row_id: int, key: str, names: dict[str, str]) -> Authority:
    kind, _, rest = key.partition(":")
    if key in names:
        return Authority(row_id, key, names[key])
    return Authority(row_id, key, rest if kind == "import" else f"a removed {kind}", known=False)
