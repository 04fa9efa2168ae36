"""Resolves names to learners, and joins learners that turn out to be one. Keeps the history.

Statements are never touched: a merge closes links and opens new ones under one event, so that it
can be reversed exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from connectors.records import Identifier as Named
from hub import clock
from hub.bulk import Lookup, insert_many
from hub.database import insert_ignoring
from hub.findable import findable
from hub.learners.models import Identifier, IdentityEvent, Learner, Link, SourceAccount
from hub.learners.rules import Key, Name, contradiction, name_of, names_of

UNKNOWN_IDENTIFIERS = 400
"""Names per query: SQLite allows a limited number of parameters."""


_LEARNERS = Lookup(
    "SELECT identifier_id, learner_id FROM link WHERE valid_to IS NULL AND identifier_id {among}",
    Link.identifier_id,
    Link.identifier_id,
    Link.learner_id,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who a set of names is. absorbed: learners that were merged into them just now."""

    learner_id: UUID
    absorbed: tuple[UUID, ...] = ()


def intern_names(session: Session, names: Iterable[Name]) -> dict[Key, int]:
    """Ids of the identifiers, made where they are new; in sorted order, so that writers agree."""
    wanted = {name.key: name for name in names}
    ids = _identifier_ids(session, wanted)
    missing = sorted(set(wanted) - set(ids))
    if missing:
        at = clock.now()
        rows = [
            {"kind": k, "scope": s, "canonical": c, "raw": wanted[k, s, c].raw, "created_at": at}
            for k, s, c in missing
        ]
        insert_ignoring(session, Identifier, rows, unique=("kind", "scope", "canonical"))
        ids |= _identifier_ids(session, missing)
    return ids


def _identifier_ids(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    ordered = sorted(keys)
    columns = tuple_(Identifier.kind, Identifier.scope, Identifier.canonical)
    for start in range(0, len(ordered), UNKNOWN_IDENTIFIERS):
        chunk = ordered[start : start + UNKNOWN_IDENTIFIERS]
        for row in session.scalars(select(Identifier).where(columns.in_(chunk))):
            found[row.kind, row.scope, row.canonical] = row.id
    return found


def learners_of(session: Session, identifier_ids: Iterable[int]) -> dict[int, UUID]:
    """The learner that each identifier is linked to now; unlinked ones are absent."""
    session.flush()
    return dict(_LEARNERS.rows(session, set(identifier_ids)))


def resolve(
    session: Session,
    identifiers: Sequence[Named],
    *,
    name: str | None,
    by: str,
) -> Resolved:
    """The one learner that the first of these names belongs to; made if none is known.

    Names of one user record belong to one person: names without a learner are linked, learners
    that were apart until now are merged. Where that would give one person two accounts in one
    system or two employee ids, they stay apart and the conflict is written into the history; a
    name that contradicts those of its learner stays without one. *by* says who stated it. Raises
    ValueError when a name is unusable.
    """
    names = names_of(identifiers)
    if not names:
        raise ValueError("no identifier")
    ids = intern_names(session, names)
    linked = learners_of(session, ids.values())
    own = [item.key for item in names]
    together = frozenset(own)

    learner = _learner_for(session, own, ids, linked, name=name, by=by)
    absorbed: list[UUID] = []
    for key in own:
        other_id = linked.get(ids[key])
        if other_id is None or other_id == learner.id or other_id in absorbed:
            continue
        free = [mine for mine in own if linked.get(ids[mine]) is None]
        held = [*_keys_of(session, learner.id), *free]
        reason = contradiction(held, _keys_of(session, other_id), stated_together=together)
        if reason:
            _conflict(session, ids[key], (learner.id, other_id), reason, by=by)
            continue
        other = session.get_one(Learner, other_id)
        older, newer = sorted((learner, other), key=lambda who: (who.created_at, str(who.id)))
        _merge(session, into=older, other=newer, by=by)
        absorbed.append(newer.id)
        learner = older
    fitting: list[int] = []
    for key in own:
        if ids[key] in linked:
            continue
        held = _keys_of(session, learner.id)
        reason = contradiction(held, [key], stated_together=together)
        if reason:
            _conflict(session, ids[key], (learner.id,), reason, by=by)
        else:
            fitting.append(ids[key])
    _link(session, learner, fitting, by=by)
    if name and not learner.name:
        learner.name = name
    return Resolved(learner.id, tuple(absorbed))


def welcome(session: Session, newcomers: Mapping[int, str | None], *, by: str) -> dict[int, UUID]:
    """A learner of its own for each of these identifiers, which nobody is linked to yet.

    What resolve does for a single new name, for many at once; *newcomers* gives display names.
    """
    at = clock.now()
    made = {identifier_id: uuid4() for identifier_id in sorted(newcomers)}
    learners = [(made[i], name, "active", None, at) for i, name in sorted(newcomers.items())]
    events = [
        {
            "at": at,
            "actor": by,
            "kind": "link",
            "detail": {"learner": str(learner_id), "identifiers": [identifier_id]},
        }
        for identifier_id, learner_id in made.items()
    ]
    if not made:
        return made
    insert_many(session, Learner, ("id", "name", "status", "merged_into", "created_at"), learners)
    event_ids = session.scalars(
        insert(IdentityEvent).returning(IdentityEvent.id, sort_by_parameter_order=True), events
    ).all()
    links = [
        (identifier_id, learner_id, "same_record", event_id, at)
        for (identifier_id, learner_id), event_id in zip(made.items(), event_ids, strict=True)
    ]
    insert_many(
        session, Link, ("identifier_id", "learner_id", "rule", "event_id", "valid_from"), links
    )
    return made


def _learner_for(
    session: Session,
    own: Sequence[Key],
    ids: Mapping[Key, int],
    linked: Mapping[int, UUID],
    *,
    name: str | None,
    by: str,
) -> Learner:
    """The learner of the first known name whose other names the record does not contradict."""
    for key in own:
        learner_id = linked.get(ids[key])
        if learner_id is None:
            continue
        if key == own[0]:
            return session.get_one(Learner, learner_id)
        reason = contradiction(_keys_of(session, learner_id), own, stated_together=frozenset(own))
        if reason is None:
            return session.get_one(Learner, learner_id)
        _conflict(session, ids[key], (learner_id,), reason, by=by)
    learner = Learner(name=name, status="active", created_at=clock.now())
    session.add(learner)
    session.flush()
    return learner


def _keys_of(session: Session, learner_id: UUID) -> list[Key]:
    return [(row.kind, row.scope, row.canonical) for row in identifiers_of(session, learner_id)]


def _conflict(
    session: Session, identifier_id: int, learner_ids: Sequence[UUID], reason: str, *, by: str
) -> None:
    once = findable(f"conflict|{identifier_id}|{reason}")
    detail = {
        "identifier": identifier_id,
        "learners": [str(learner_id) for learner_id in learner_ids],
        "reason": reason,
    }
    row = {"at": clock.now(), "actor": by, "kind": "conflict", "detail": detail, "once": once}
    insert_ignoring(session, IdentityEvent, [row], unique=("once",))


def _event(session: Session, kind: str, by: str, detail: dict[str, object]) -> IdentityEvent:
    event = IdentityEvent(at=clock.now(), actor=by, kind=kind, detail=detail)
    session.add(event)
    session.flush()
    return event


def _link(session: Session, learner: Learner, identifier_ids: list[int], *, by: str) -> None:
    if not identifier_ids:
        return
    event = _event(session, "link", by, {"learner": str(learner.id), "identifiers": identifier_ids})
    for identifier_id in sorted(identifier_ids):
        session.add(
            Link(
                identifier_id=identifier_id,
                learner_id=learner.id,
                rule="same_record",
                event_id=event.id,
                valid_from=event.at,
                valid_to=None,
            )
        )
    session.flush()


def _merge(session: Session, *, into: Learner, other: Learner, by: str) -> None:
    links = session.scalars(
        select(Link).where(Link.learner_id == other.id, Link.valid_to.is_(None))
    ).all()
    moved = [link.identifier_id for link in links]
    event = _event(
        session,
        "merge",
        by,
        {"learner": str(into.id), "absorbed": str(other.id), "identifiers": moved},
    )
    for link in links:
        link.valid_to = event.at
    session.flush()
    for identifier_id in sorted(moved):
        session.add(
            Link(
                identifier_id=identifier_id,
                learner_id=into.id,
                rule="merged",
                event_id=event.id,
                valid_from=event.at,
                valid_to=None,
            )
        )
    into.name = into.name or other.name
    other.status = "merged"
    other.merged_into = into.id
    session.flush()


def find_learner(session: Session, identifier: Named) -> Learner | None:
    """The learner known by this name, or None. Raises ValueError when the name is unusable."""
    name = name_of(identifier)
    return session.scalars(
        select(Learner)
        .join(Link, Link.learner_id == Learner.id)
        .join(Identifier, Identifier.id == Link.identifier_id)
        .where(
            Link.valid_to.is_(None),
            Identifier.kind == name.kind,
            Identifier.scope == name.scope,
            Identifier.canonical == name.canonical,
        )
    ).one_or_none()


def identifiers_of(session: Session, learner_id: UUID) -> list[Identifier]:
    """The names that a learner has now, oldest first."""
    return list(
        session.scalars(
            select(Identifier)
            .join(Link, Link.identifier_id == Identifier.id)
            .where(Link.learner_id == learner_id, Link.valid_to.is_(None))
            .order_by(Identifier.id)
        )
    )


def note_account(
    session: Session,
    *,
    source_id: UUID,
    key: str,
    identifier: Named,
    name: str | None,
    active: bool,
) -> bool:
    """Remember a user record of a source. Returns whether its being active has changed."""
    identifier_key = name_of(identifier).key
    identifier_id = intern_names(session, [name_of(identifier)])[identifier_key]
    account = session.get(SourceAccount, (source_id, key))
    if account is None:
        account = SourceAccount(source_id=source_id, key=key, active=True)
        session.add(account)
    changed = account.active is not active
    account.identifier_id, account.name, account.active = identifier_id, name, active
    session.flush()
    return changed


def suspended_at(session: Session, learner_id: UUID) -> set[UUID]:
    """The sources that have suspended this learner's account."""
    return set(
        session.scalars(
            select(SourceAccount.source_id)
            .join(Link, Link.identifier_id == SourceAccount.identifier_id)
            .where(
                Link.learner_id == learner_id,
                Link.valid_to.is_(None),
                SourceAccount.active.is_(False),
            )
        )
    )
