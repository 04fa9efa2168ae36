"""Small worlds of people, courses and what happens there, to be told in any order."""

from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid5

from connectors import records as r
from hub.catalog import service as catalog
from hub.learners.service import find_learner, resolve
from hub.lrs import store
from hub.lrs.prepare import prepare
from hub.lrs.touching import touch_course, touch_learner, touch_moved
from hub.progress.models import Progress
from tests.hub.progress.saying import day
from xapi import vocabulary as v

VENDOR = store.Authority("vendor:v", {"objectType": "Agent", "mbox": "mailto:v@example.org"})
NAMESPACE = UUID("6f1d8d0e-5a53-4a8c-9a2d-2f3a1f1c7c11")
VERBS = (v.REGISTERED, v.INITIALIZED, v.COMPLETED, v.PASSED, v.FAILED, v.TERMINATED, v.UNREGISTERED)


@dataclass
class World:
    """Names that no other world has; tells the hub what happens in it."""

    hub: object
    name: str
    told: list = field(default_factory=list)

    def iri(self, place):
        return f"https://{self.name}.example.org/{place}"

    def account(self, person):
        return r.Identifier("account", person, self.iri(""))

    def mbox(self, person):
        return r.Identifier("mbox", f"{person}@{self.name}.example.org")

    def agent(self, person, by):
        if by == "mbox":
            return {"mbox": f"mailto:{self.mbox(person).value}"}
        return {"account": {"homePage": self.iri(""), "name": person}}

    def statement(self, number, verb, place, agent, **more):
        around = {} if place == "course" else {"parent": [self._course()]}
        return {
            "id": str(uuid5(NAMESPACE, f"{self.name} {number}")),
            "actor": agent,
            "verb": {"id": verb.id},
            "object": self._course() if place == "course" else {"id": self.iri(place)},
            "context": {"contextActivities": around},
            "timestamp": day(number % 3).isoformat(),
            **more,
        }

    def _course(self):
        return {"id": self.iri("course"), "definition": {"type": v.TYPE_COURSE}}

    def void(self, number, target):
        return {
            "id": str(uuid5(NAMESPACE, f"{self.name} void {number}")),
            "actor": VENDOR.agent,
            "verb": {"id": v.VOIDED.id},
            "object": {"objectType": "StatementRef", "id": target["id"]},
            "timestamp": day(number % 3).isoformat(),
        }

    def put(self, *statements):
        with self.hub.database.transaction() as session:
            batch = [prepare(one, new_id=UUID(one["id"]), version="1.0.3") for one in statements]
            store.put(session, batch, authority=VENDOR)

    def declare(self):
        """The course's own system lists its parts."""
        ref = r.ActivityRef
        record = r.Course(
            key="c",
            course=ref(self.iri("course"), r.ActivityKind.COURSE, "Course"),
            modality=r.Modality.SELF_PACED,
            parts=(
                r.Part(ref(self.iri("one"), r.ActivityKind.MODULE, "One"), self.iri("course")),
                r.Part(ref(self.iri("two"), r.ActivityKind.MODULE, "Two"), self.iri("course")),
            ),
            completion_tracked=False,
        )
        with self.hub.database.transaction() as session:
            placed = catalog.take_course(session, record)
            touch_moved(session, placed.moved)
            touch_course(session, placed.activities[self.iri("course")].course_id)

    def same(self, person):
        """A user record says that the account and the address are one person's."""
        with self.hub.database.transaction() as session:
            names = (self.account(person), self.mbox(person))
            found = resolve(session, names, name=person, by="test")
            touch_learner(session, found.learner_id, *found.absorbed)

    def rows(self):
        """What is known of each person under each name, without what differs between worlds."""
        with self.hub.database.reading() as session:
            rows = {}
            for row in session.query(Progress):
                rows.setdefault(row.learner_id, []).append(
                    [
                        str(getattr(row, column.name)).replace(self.name, "world")
                        for column in Progress.__table__.columns
                        if column.name not in UNLIKE
                    ]
                )
            known = {}
            for person in ("ada", "bo"):
                for name in (self.account(person), self.mbox(person)):
                    learner = find_learner(session, name)
                    known[person, name.kind] = rows.get(learner.id) if learner else None
        return known


UNLIKE = {"learner_id", "course_id", "as_of", "updated_at"}


def history(world, random: Random):
    """Things to do to the world, that may be done in any order."""
    statements = [
        world.statement(
            number,
            random.choice(VERBS),
            random.choice(["course", "one", "two"]),
            world.agent(random.choice(["ada", "bo"]), random.choice(["mbox", "account"])),
        )
        for number in range(14)
    ]
    voids = [world.void(n, statements[n]) for n in random.sample(range(14), 3)]
    return [
        *(lambda one=one: world.put(one) for one in [*statements, *voids]),
        lambda: world.put(*statements[:5]),
        world.declare,
        lambda: world.same("ada"),
        lambda: world.same("bo"),
    ]
