"""The store against a few lines that say the same without any index: what does a query find?

Statements about activities, people and each other, in any order and any batches, some of them
voided; then any query, in pages, compared with a plain walk over all of them.
"""

from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.hub.lrs.rules.asking import agent, person, reference
from tests.hub.lrs.speaking import CONSISTENT, VOIDED, statement

SEVERAL = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    database=None,
)
EITHER = st.sampled_from([0, 1])
PERHAPS = st.none() | EITHER


@dataclass(frozen=True)
class Drawn:
    """A statement in numbers. about is an activity, or the place of a statement in the list."""

    actor: int
    verb: int
    about: tuple[str, int]
    voids: bool
    instructor: int | None
    parent: int | None
    registration: int | None


DRAWN = st.builds(
    Drawn,
    actor=EITHER,
    verb=EITHER,
    about=st.tuples(st.just("activity"), EITHER)
    | st.tuples(st.just("statement"), st.integers(0, 9)),
    voids=st.sampled_from([False, False, False, True]),
    instructor=PERHAPS,
    parent=PERHAPS,
    registration=PERHAPS,
)
FILTERS = ("agent", "verb", "activity", "registration")
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FILTERS, EITHER),
        "related_agents": st.booleans(),
        "related_activities": st.booleans(),
        "since": st.integers(0, 9),
        "until": st.integers(0, 9),
        "ascending": st.booleans(),
        "limit": st.integers(1, 4),
    },
).filter(lambda query: any(name in query for name in FILTERS))
"""With a filter at least: without, earlier examples would be found too."""


class World:
    """One example: names that no other one has, the statements, and what is expected of them."""

    def __init__(self, number, drawn):
        self.number, self.drawn = number, drawn
        self.ids = [str(uuid4()) for _ in range(10)]

    def name(self, what, which):
        return f"https://x.org/{self.number}/{what}/{which}"

    def who(self, which):
        return f"p{which}.{self.number}"

    def registration(self, which):
        return str(UUID(int=(self.number << 64) + which + 1))

    def is_voiding(self, one):
        return one.voids and one.about[0] == "statement"

    def body(self, place):
        one = self.drawn[place]
        kind, which = one.about
        context = {
            "instructor": person(self.who(one.instructor)) if one.instructor is not None else None,
            "registration": self.registration(one.registration)
            if one.registration is not None
            else None,
            "contextActivities": {"parent": [{"id": self.name("activity", one.parent)}]}
            if one.parent is not None
            else None,
        }
        return statement(
            id=self.ids[place],
            actor=person(self.who(one.actor)),
            verb={"id": VOIDED if self.is_voiding(one) else self.name("verb", one.verb)},
            object=reference(self.ids[which])
            if kind == "statement"
            else {"id": self.name("activity", which)},
            context={name: part for name, part in context.items() if part is not None},
        )

    def parameters(self, query, stored):
        names = {
            "agent": lambda which: agent(self.who(which)),
            "verb": lambda which: self.name("verb", which),
            "activity": lambda which: self.name("activity", which),
            "registration": self.registration,
            "since": lambda which: stored[which % len(stored)],
            "until": lambda which: stored[which % len(stored)],
        }
        plain = lambda value: str(value).lower()  # noqa: E731
        return {name: names.get(name, plain)(value) for name, value in query.items()}

    def meets(self, place, query):
        """Whether a statement by itself meets every filter."""
        one = self.drawn[place]
        people = {one.actor, one.instructor if query.get("related_agents") else one.actor}
        about = {one.about[1]} if one.about[0] == "activity" else set()
        if query.get("related_activities"):
            about.add(one.parent)
        verb = None if self.is_voiding(one) else one.verb
        return (
            query.get("agent", one.actor) in people
            and query.get("verb", verb) == verb
            and ("activity" not in query or query["activity"] in about)
            and query.get("registration", one.registration) == one.registration
        )

    def matches(self, place, query):
        """Whether it or what it refers to, however far removed, does."""
        met = []
        while place not in met and place < len(self.drawn):
            if self.meets(place, query):
                return True
            met.append(place)
            kind, which = self.drawn[place].about
            place = which if kind == "statement" else len(self.drawn)
        return False

    def voided(self, place):
        target = ("statement", place)
        return not self.is_voiding(self.drawn[place]) and any(
            self.is_voiding(one) and one.about == target for one in self.drawn
        )

    def expected(self, query, stored):
        since, until = (
            stored[query[name] % len(stored)] if name in query else None
            for name in ("since", "until")
        )
        found = [
            self.ids[place]
            for place in range(len(self.drawn))
            if self.matches(place, query)
            and not self.voided(place)
            and (since is None or stored[place] > since)
            and (until is None or stored[place] <= until)
        ]
        return found if query.get("ascending") else found[::-1]


def in_pages(vendor, limit, parameters):
    answer = vendor.get(**parameters).json
    found = [one["id"] for one in answer["statements"]]
    assert limit is None or len(found) <= limit
    while answer["more"]:
        assert len(answer["statements"]) == limit
        answer = vendor.get(answer["more"]).json
        found += [one["id"] for one in answer["statements"]]
    return found


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_query_finds_what_a_plain_walk_over_all_statements_finds(vendor, at_once):
    numbers = count(1)

    @given(st.lists(DRAWN, min_size=6, max_size=10), st.lists(QUERIES, min_size=6, max_size=6))
    @SEVERAL
    def check(drawn, queries):
        world = World(next(numbers), drawn)
        bodies = [world.body(place) for place in range(len(drawn))]
        stored = []
        for start in range(0, len(bodies), at_once):
            batch = bodies[start : start + at_once]
            vendor.store(*batch)
            # They were stored before this instant, and what follows will be stored after it.
            stored += [vendor.get(limit=1).headers[CONSISTENT]] * len(batch)
        for query in queries:
            asked = world.parameters(query, stored)
            found = in_pages(vendor, query.get("limit"), asked)
            assert found == world.expected(query, stored), (query, drawn)

    check()
