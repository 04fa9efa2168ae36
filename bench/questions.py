"""The questions that the benchmark asks the record store, each kind in many variations."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bench import population
from bench.client import request

LIMIT = "50"


def _by_agent(chance: random.Random) -> dict[str, str]:
    return {"agent": json.dumps(population.agent(chance.randrange(population.AGENTS)))}


def _by_verb_activity_since(chance: random.Random) -> dict[str, str]:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return {
        "verb": population.verb_iri(chance.choice(population.VERBS)),
        "activity": population.module_iri(population.some_module(chance)),
        "since": yesterday.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _by_registration(chance: random.Random) -> dict[str, str]:
    learner, module = chance.randrange(population.AGENTS), population.some_module(chance)
    return {"registration": population.registration(learner, module)}


def _by_related_agent(chance: random.Random) -> dict[str, str]:
    instructor = population.instructor(population.some_module(chance))
    return {"agent": json.dumps(instructor), "related_agents": "true"}


def _by_related_activity(chance: random.Random) -> dict[str, str]:
    course = population.course_iri(population.some_module(chance))
    return {"activity": course, "related_activities": "true"}


def _newest(_: random.Random) -> dict[str, str]:
    return {}


QUESTIONS: dict[str, Callable[[random.Random], dict[str, str]]] = {
    "agent": _by_agent,
    "verb + activity + since": _by_verb_activity_since,
    "registration": _by_registration,
    "related agent": _by_related_agent,
    "related activity": _by_related_activity,
    "newest": _newest,
}


def asked(name: str, times: int, headers: dict[str, str]) -> Iterator[bytes]:
    """Requests for pages of 50; the same ones in every run but for "since"."""
    chance = random.Random(name)
    for _ in range(times):
        parameters = QUESTIONS[name](chance) | {"limit": LIMIT}
        yield request("GET", f"/xapi/statements?{urlencode(parameters)}", headers)


def asked_by_id(ids: list[str], times: int, headers: dict[str, str]) -> Iterator[bytes]:
    """Requests for single statements that are stored."""
    chance = random.Random("id")
    for _ in range(times):
        yield request("GET", f"/xapi/statements?statementId={chance.choice(ids)}", headers)
