"""Pure rules about names of people: how each is compared, and what a set of them means.

Deterministic only: a display name, a username without its system or a date of birth never matches.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from connectors.records import Identifier
from hub.findable import findable
from xapi.actors import canonical_email

Key = tuple[str, str, str]
"""Kind, scope and canonical form: what makes two names the same."""


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier in the form in which it is compared, with its spelling as received."""

    kind: str
    scope: str
    canonical: str
    raw: str

    @property
    def key(self) -> Key:
        return (self.kind, self.scope, self.canonical)


def name_of(identifier: Identifier) -> Name:
    """The comparable form. Raises ValueError when an mbox is no e-mail address.

    E-mail addresses compare without regard to case; a homePage without its trailing slash, since
    systems write both. Long ones compare by what stands for them (hub.findable).
    """
    raw = identifier.value.strip()
    if not raw:
        raise ValueError(f"an empty {identifier.kind}")
    if identifier.kind == "mbox":
        return Name("mbox", "", findable(canonical_email(raw)), raw)
    if identifier.kind == "mbox_sha1sum":
        return Name("mbox_sha1sum", "", raw.lower(), raw)
    scope = identifier.scope.rstrip("/") if identifier.kind == "account" else identifier.scope
    return Name(identifier.kind, findable(scope), findable(raw), raw)


def names_of(identifiers: Iterable[Identifier]) -> tuple[Name, ...]:
    """Comparable forms in the given order, each once."""
    return tuple({name.key: name for name in map(name_of, identifiers)}.values())


ONE_EACH = frozenset({"account", "employee_id"})
"""Kinds of which a person has one per scope. Two mean two people."""


def contradiction(
    one: Iterable[Key], other: Iterable[Key], *, stated_together: AbstractSet[Key]
) -> str | None:
    """Why the names of two sets cannot all be one person's, or None.

    A source that puts two accounts into one record of its own (a merged contact) is believed:
    then *stated_together* has a name of either side. What one side already holds is not judged
    again.
    """
    ours, theirs = _one_each(one), _one_each(other)
    for scope in sorted(ours.keys() & theirs.keys()):
        mine, yours = ours[scope], theirs[scope]
        if mine <= yours or yours <= mine:
            continue
        if mine & stated_together and yours & stated_together:
            continue
        values = ", ".join(sorted(value for _, _, value in mine | yours))
        return f"two of kind {scope[0]} in {scope[1] or 'the organization'}: {values}"
    return None


def _one_each(names: Iterable[Key]) -> dict[tuple[str, str], set[Key]]:
    """The names of which a person has one per scope, by kind and scope."""
    found: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for name in names:
        if name[0] in ONE_EACH:
            found[name[0], name[1]].add(name)
    return found
