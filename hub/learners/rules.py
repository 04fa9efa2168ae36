"""Pure rules about names of people: how each is compared, and what a set of them means.

Deterministic only: a display name, a username without its system or a date of birth never matches.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from connectors.records import Identifier
from xapi.actors import canonical_email


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier in the form in which it is compared, with its spelling as received."""

    kind: str
    scope: str
    canonical: str
    raw: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.scope, self.canonical)


def name_of(identifier: Identifier) -> Name:
    """The comparable form. Raises ValueError when an mbox is no e-mail address.

    E-mail addresses compare without regard to case; a homePage without its trailing slash, since
    systems write both.
    """
    raw = identifier.value.strip()
    if not raw:
        raise ValueError(f"an empty {identifier.kind}")
    if identifier.kind == "mbox":
        return Name("mbox", "", canonical_email(raw), raw)
    if identifier.kind == "mbox_sha1sum":
        return Name("mbox_sha1sum", "", raw.lower(), raw)
    if identifier.kind == "account":
        return Name("account", identifier.scope.rstrip("/"), raw, raw)
    return Name(identifier.kind, identifier.scope, raw, raw)


def names_of(identifiers: Iterable[Identifier]) -> tuple[Name, ...]:
    """Comparable forms in the given order, each once."""
    return tuple({name.key: name for name in map(name_of, identifiers)}.values())


ONE_EACH = frozenset({"account", "employee_id"})
"""Kinds of which a person has one per scope. Two mean two people."""


def contradiction(
    names: Iterable[tuple[str, str, str]], *, stated_together: AbstractSet[tuple[str, str, str]]
) -> str | None:
    """Why these names cannot all be one person's, or None.

    A source that puts two accounts into one record of its own (a merged contact) is believed.
    """
    seen: dict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for name in names:
        if name[0] in ONE_EACH:
            seen[name[0], name[1]].add(name)
    for (kind, scope), several in sorted(seen.items()):
        if len(several) > 1 and not several <= stated_together:
            values = ", ".join(sorted(value for _, _, value in several))
            return f"two of kind {kind} in {scope or 'the organization'}: {values}"
    return None
