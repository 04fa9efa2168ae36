"""What is known of the person behind an agent: the Person object (xAPI Communication 2.4).

Refuses nothing: whoever is unknown is described by what was asked for.
"""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.records import Identifier as Named
from hub.learners.models import Identifier, Learner, SourceAccount
from hub.learners.service import find_learner, identifiers_of
from hub.lrs.models import Actor
from hub.lrs.prepare import IfiKind, ifi_text
from xapi.actors import IFI, agent_of
from xapi.formats import is_iri

_KINDS = ("mbox", "mbox_sha1sum", "openid", "account")


def person(ifis: Iterable[IFI], names: Iterable[str | None]) -> dict[str, Any]:
    """A Person with these identifiers and names, each once and in this order."""
    found: dict[str, Any] = {"objectType": "Person"}
    known = [name for name in dict.fromkeys(names) if name]
    if known:
        found["name"] = known
    for ifi in sorted(dict.fromkeys(ifis), key=lambda ifi: _KINDS.index(ifi.kind)):
        found.setdefault(ifi.kind, []).append(agent_of(ifi)[ifi.kind])
    return found


def known_person(session: Session, asked: IFI, name: str | None) -> dict[str, Any]:
    """Everything under which the learner with this identifier is known, in every system.

    *name* is the one that was asked with; it counts where no other is known.
    """
    learner = _learner(session, asked)
    if learner is None:
        return person([asked], [name])
    identifiers = identifiers_of(session, learner.id)
    names = [learner.name, *_names(session, identifiers)]
    ifis = {ifi_text(asked): asked}
    for ifi in _ifis(session, identifiers):
        ifis.setdefault(ifi_text(ifi), ifi)
    return person(ifis.values(), names if any(names) else [name])


def ifi_from(text: str) -> IFI:
    """The identifier that hub.lrs.prepare.ifi_text made this text of; long parts stay shortened."""
    kind, home_page, value = text.split("|", 2)  # an IRI has no "|"
    return IFI(kind, value, home_page)


def _learner(session: Session, asked: IFI) -> Learner | None:
    kind = cast("IfiKind", asked.kind)
    try:
        return find_learner(session, Named(kind=kind, value=asked.value, scope=asked.home_page))
    except ValueError:  # by the standard an agent, but its identifier names nobody
        return None


def _names(session: Session, identifiers: Iterable[Identifier]) -> list[str | None]:
    """The names that the sources' own user records have for these identifiers."""
    ids = [identifier.id for identifier in identifiers]
    return list(
        session.scalars(
            select(SourceAccount.name)
            .where(SourceAccount.identifier_id.in_(ids))
            .order_by(SourceAccount.identifier_id, SourceAccount.name)
        )
    )


def _ifis(session: Session, identifiers: Iterable[Identifier]) -> list[IFI]:
    """As statements spell them, so that they find statements; else as sources told them."""
    by_id = {identifier.id: identifier for identifier in identifiers}
    spelled: dict[int, list[IFI]] = {identifier_id: [] for identifier_id in by_id}
    for actor in session.scalars(
        select(Actor).where(Actor.identifier_id.in_(by_id)).order_by(Actor.id)
    ):
        if actor.identifier_id is not None:
            spelled[actor.identifier_id].append(ifi_from(actor.ifi))
    found = []
    for identifier_id, ifis in spelled.items():
        found += ifis or _told(by_id[identifier_id])
    return found


def _told(identifier: Identifier) -> list[IFI]:
    """An identifier of a source as an IFI; an employee id or a name in no address is none."""
    if identifier.kind == "account" and is_iri(identifier.scope):
        return [IFI("account", identifier.raw, identifier.scope)]
    if identifier.kind in ("mbox", "mbox_sha1sum", "openid"):
        return [IFI(identifier.kind, identifier.raw)]
    return []
