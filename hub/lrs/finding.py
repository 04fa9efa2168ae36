"""From the texts that a statement is found by to the keys of its rows, interned in sorted order.

Which ids exist is remembered by the process (hub.database.Known): a batch about known people and
activities costs no query here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.bulk import Lookup
from hub.catalog.places import intern_iris
from hub.database import Base, insert_ignoring, known, learn
from hub.lrs.keys import Key, Kind, registration_key
from hub.lrs.models import AuthorityRow, Verb
from hub.lrs.people import intern_agents
from hub.lrs.prepare import FoundBy

# Drivers bind a plain int faster than a member of an IntEnum.
_AGENT, _RELATED_AGENT = Kind.AGENT.value, Kind.RELATED_AGENT.value
_ACTIVITY, _RELATED_ACTIVITY = Kind.ACTIVITY.value, Kind.RELATED_ACTIVITY.value
_VERB, _REGISTRATION = Kind.VERB.value, Kind.REGISTRATION.value

_VERBS = Lookup("SELECT iri, id FROM verb WHERE iri {among}", Verb.iri, Verb.iri, Verb.id)
_AUTHORITIES = Lookup(
    "SELECT key, id FROM authority WHERE key {among}",
    AuthorityRow.key,
    AuthorityRow.key,
    AuthorityRow.id,
)


@dataclass(frozen=True, slots=True)
class Interned:
    """Ids of rows by ifi_text, by IRI, and by the key of an authority."""

    agents: Mapping[str, int]
    verbs: Mapping[str, int]
    activities: Mapping[str, int]
    authorities: Mapping[str, int]


def intern(
    session: Session, found_by: Iterable[FoundBy], *, authorities: Mapping[str, str | None]
) -> Interned:
    """Make what is missing; *authorities* gives the ifi_text of each authority's agent by key."""
    agents = {text for text in authorities.values() if text is not None}
    verbs: set[str] = set()
    activities: set[str] = set()
    for one in found_by:
        agents |= one.agents
        agents |= one.related_agents
        verbs.add(one.verb)
        activities |= one.related_activities
        if one.activity is not None:
            activities.add(one.activity)
    return Interned(
        agents=intern_agents(session, sorted(agents)),
        verbs=intern_verbs(session, verbs),
        activities=intern_iris(session, activities),
        authorities=_intern(session, _AUTHORITIES, AuthorityRow, "key", authorities),
    )


def intern_verbs(session: Session, iris: Iterable[str]) -> dict[str, int]:
    """Ids of verbs by IRI, made where they are new."""
    return _intern(session, _VERBS, Verb, "iri", iris)


def keys_of(found_by: FoundBy, authority: str | None, interned: Interned) -> list[Key]:
    """The keys of a statement; *authority* is the ifi_text of the agent on whose word it is."""
    agents, activities = interned.agents, interned.activities
    keys: list[Key] = [(_VERB, interned.verbs[found_by.verb])]
    keys += [(_AGENT, agents[text]) for text in found_by.agents]
    keys += [(_RELATED_AGENT, agents[text]) for text in found_by.related_agents]
    if (
        authority is not None
        and authority not in found_by.agents
        and authority not in found_by.related_agents
    ):
        keys.append((_RELATED_AGENT, agents[authority]))
    if found_by.activity is not None:
        keys.append((_ACTIVITY, activities[found_by.activity]))
    keys += [(_RELATED_ACTIVITY, activities[iri]) for iri in found_by.related_activities]
    if found_by.registration is not None:
        keys.append((_REGISTRATION, registration_key(found_by.registration)))
    return keys


def _intern(
    session: Session, lookup: Lookup, table: type[Base], column: str, wanted: Iterable[str]
) -> dict[str, int]:
    everything = set(wanted)
    remembered = known(session, table.__tablename__)
    ids = {text: remembered[text] for text in everything if text in remembered}
    asked = sorted(everything - ids.keys())
    if asked:
        found = dict(lookup.rows(session, asked))
        missing = [{column: text} for text in asked if text not in found]
        if missing:
            insert_ignoring(session, table, missing, unique=(column,))
            found = dict(lookup.rows(session, asked))
        learn(session, table.__tablename__, found)
        ids |= found
    return ids
