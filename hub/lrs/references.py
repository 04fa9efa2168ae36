"""Statements that refer to statements: who is found through whom, and who is voided by whom.

A statement that refers to a match is a match itself, however often removed and in whatever order
they arrive (xAPI Communication 2.1.3). That is settled when the later of the two is stored, so that
reading stays one range. A voiding counts whichever comes first (Data 2.3.2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from hub.bulk import Lookup
from hub.lrs import payload
from hub.lrs.finding import intern, keys_of
from hub.lrs.keys import Key
from hub.lrs.models import Statement, Verb
from hub.lrs.prepare import found_by_of
from xapi.vocabulary import VOIDED

LONGEST_CHAIN = 50
"""How far removed a match may be. A chain of n statements takes n * n / 2 rows."""

_NODE = (
    Statement.seq,
    Statement.id,
    Statement.target_id,
    Statement.authority_id,
    Verb.iri,
    Statement.voids_any,
    Statement.voided,
)
_NODES = (
    "SELECT s.seq, s.id, s.target_id, s.authority_id, v.iri, s.voids_any, s.voided"
    " FROM statement s JOIN verb v ON v.id = s.verb_id WHERE "
)
_REFERRING = Lookup(_NODES + "s.target_id {among}", Statement.target_id, *_NODE)
_BY_ID = Lookup(_NODES + "s.id {among}", Statement.id, *_NODE)
_BY_SEQ = Lookup(_NODES + "s.seq {among}", Statement.seq, *_NODE)
_PAYLOADS = Lookup(
    "SELECT id, payload FROM statement WHERE seq {among}",
    Statement.seq,
    Statement.id,
    Statement.payload,
)


@dataclass(frozen=True, slots=True)
class Node:
    """A statement as far as references matter. keys is None when it must be read from the store."""

    seq: int
    id: UUID
    target: UUID | None
    authority_id: int
    voids: bool
    voids_any: bool
    voided: bool = False
    keys: Sequence[Key] | None = None

    def can_void(self, target: "Node") -> bool:
        """Only what the same authority stored, unless it may void any; never another voiding."""
        allowed = self.voids_any or self.authority_id == target.authority_id
        return self.voids and allowed and not target.voids


@dataclass(frozen=True, slots=True)
class Linked:
    """rows of ReferenceKey; ids of new statements that are voided; seqs of stored ones to void."""

    rows: Sequence[tuple[int, int, int, int]] = ()
    voided: frozenset[UUID] = frozenset()
    to_void: Sequence[int] = ()


def link(session: Session, fresh: Mapping[UUID, Node]) -> Linked:
    """What follows from new statements, given with their keys. Needs the turn."""
    referring = _read(session, _REFERRING, fresh)
    targets = {node.target for node in fresh.values() if node.target} - fresh.keys()
    named = _read(session, _BY_ID, targets)
    if not referring and not any(node.target for node in fresh.values()):
        return Linked()
    nodes = {**referring, **named, **fresh}
    _complete(session, nodes, referring, named)
    voided, to_void = _voided(nodes, fresh)
    return Linked(_rows(session, nodes, fresh), voided, to_void)


def stored_nodes(session: Session, seqs: Iterable[int]) -> dict[UUID, Node]:
    """Stored statements by their id, with the keys that follow from what they say.

    Needs the turn: agents, verbs and activities that are unknown are made.
    """
    nodes = _read(session, _BY_SEQ, seqs)
    keys = _keys(session, list(nodes.values()))
    return {one: replace(node, keys=keys[one]) for one, node in nodes.items()}


def rows_of(session: Session, some: Mapping[UUID, Node]) -> list[tuple[int, int, int, int]]:
    """All rows of ReferenceKey of these stored statements. Needs the turn."""
    targets = {node.target for node in some.values() if node.target} - some.keys()
    named = _read(session, _BY_ID, targets)
    nodes = {**named, **some}
    _complete(session, nodes, {}, named)
    pairs = {
        (node.id, other.id)
        for node in some.values()
        if node.target is not None and node.target in nodes
        for _, other in _below(nodes[node.target], nodes)[:LONGEST_CHAIN]
        if other.id != node.id
    }
    return _rows_of_pairs(session, nodes, pairs)


def _complete(
    session: Session,
    nodes: dict[UUID, Node],
    referring: Mapping[UUID, Node],
    named: Mapping[UUID, Node],
) -> None:
    """Add who refers to the referring ones, and what the named ones refer to, and so on."""
    for _ in range(LONGEST_CHAIN):
        referring = _unmet(_read(session, _REFERRING, referring), nodes)
        targets = {node.target for node in named.values() if node.target} - nodes.keys()
        named = _unmet(_read(session, _BY_ID, targets), nodes)
        if not referring and not named:
            return
        nodes |= referring
        nodes |= named


def _unmet(found: Mapping[UUID, Node], nodes: Mapping[UUID, Node]) -> dict[UUID, Node]:
    return {key: node for key, node in found.items() if key not in nodes}


def _voided(
    nodes: Mapping[UUID, Node], fresh: Mapping[UUID, Node]
) -> tuple[frozenset[UUID], list[int]]:
    new: set[UUID] = set()
    old: set[int] = set()
    for node in nodes.values():
        target = nodes.get(node.target) if node.target else None
        if target is None or not node.can_void(target):
            continue
        if target.id in fresh:
            new.add(target.id)
        elif node.id in fresh and not target.voided:
            old.add(target.seq)
    return frozenset(new), sorted(old)


def _rows(
    session: Session, nodes: Mapping[UUID, Node], fresh: Mapping[UUID, Node]
) -> list[tuple[int, int, int, int]]:
    """A row per key for each two statements that have come to be connected."""
    sources: dict[UUID, list[Node]] = {}
    for node in nodes.values():
        if node.target is not None and node.target in nodes:
            sources.setdefault(node.target, []).append(node)
    pairs: set[tuple[UUID, UUID]] = set()
    for node in nodes.values():
        if node.target is None or node.target not in nodes:
            continue
        if node.id not in fresh and node.target not in fresh:
            continue
        above = _above(node, sources)
        below = _below(nodes[node.target], nodes)
        pairs |= {
            (one.id, other.id)
            for one, passed in above
            for down, other in below
            # In a circle what was passed on the way here is connected by a shorter way already.
            if len(passed) - 1 + down < LONGEST_CHAIN and other.id not in passed
        }
    return _rows_of_pairs(session, nodes, pairs)


def _rows_of_pairs(
    session: Session, nodes: Mapping[UUID, Node], pairs: set[tuple[UUID, UUID]]
) -> list[tuple[int, int, int, int]]:
    """The rows by which the first of each two is found because it refers to the second."""
    keys = _keys(session, [nodes[found] for found in {found for _, found in pairs}])
    return [
        (kind, key, nodes[one].seq, nodes[other].seq)
        for one, other in sorted(pairs)
        for kind, key in keys[other]
    ]


def _above(
    node: Node, sources: Mapping[UUID, Sequence[Node]]
) -> list[tuple[Node, frozenset[UUID]]]:
    """A statement and those that refer to it, directly or not, each with those on the way to it."""
    found, met = [], {node.id}
    waiting = [(node, frozenset({node.id}))]
    while waiting:
        one, passed = waiting.pop()
        found.append((one, passed))
        for other in sources.get(one.id, ()):
            if other.id not in met and len(passed) <= LONGEST_CHAIN:
                met.add(other.id)
                waiting.append((other, passed | {other.id}))
    return found


def _below(node: Node, nodes: Mapping[UUID, Node]) -> list[tuple[int, Node]]:
    """A statement and those that it refers to, directly or not, with their distance."""
    found = [(0, node)]
    met = {node.id}
    while (target := found[-1][1].target) in nodes and target not in met:
        assert target is not None
        met.add(target)
        found.append((len(found), nodes[target]))
    return found


def _keys(session: Session, nodes: Sequence[Node]) -> dict[UUID, Sequence[Key]]:
    """The keys of statements; those of stored ones are worked out from what they say."""
    keys = {node.id: node.keys for node in nodes if node.keys is not None}
    missing = sorted(node.seq for node in nodes if node.keys is None)
    if missing:
        said = {one: payload.decode(kept) for one, kept in _PAYLOADS.rows(session, missing)}
        found = {
            one: found_by_of(statement, authority=statement["authority"])
            for one, statement in said.items()
        }
        interned = intern(session, found.values(), authorities={})
        keys |= {one: keys_of(by, None, interned) for one, by in found.items()}
    return keys


def _read(
    session: Session, lookup: Lookup, values: Iterable[UUID] | Iterable[int]
) -> dict[UUID, Node]:
    """Stored statements that a lookup finds, by their id."""
    return {
        statement_id: Node(
            seq,
            statement_id,
            target,
            authority_id,
            voids=target is not None and verb == VOIDED.id,
            voids_any=voids_any,
            voided=voided,
        )
        for seq, statement_id, target, authority_id, verb, voids_any, voided in lookup.rows(
            session, values
        )
    }
