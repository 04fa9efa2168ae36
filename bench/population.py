"""The statements that the benchmarks send: any number of them, the same in every run.

Each has about 987 bytes: an agent of 2,000 (half by account, half by mail address), a module of
500 with its course as parent and the site as grouping, an instructor, a registration, and for
verbs that judge a result with a score. A statement depends on its number alone, so that runs and
stores can be compared.
"""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

AGENTS = 2_000
ACTIVITIES = 500
INSTRUCTORS = 50
VERBS = (
    "experienced",
    "attempted",
    "completed",
    "passed",
    "failed",
    "answered",
    "launched",
    "initialized",
    "terminated",
    "progressed",
)
_JUDGING = frozenset({"completed", "passed", "failed", "answered"})
_SITE = "https://lms.example.org"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 90


def agent(number: int) -> dict[str, Any]:
    """An agent without its name, as the filters take it."""
    if number % 2:
        account = {"homePage": "https://hr.example.org", "name": f"emp{number:06d}"}
        return {"objectType": "Agent", "account": account}
    return {"objectType": "Agent", "mbox": f"mailto:learner{number:06d}@example.org"}


def instructor(module: int) -> dict[str, Any]:
    return agent(AGENTS + module % INSTRUCTORS)


def module_iri(module: int) -> str:
    return f"{course_iri(module)}/module/{module % 10}"


def course_iri(module: int) -> str:
    """The course that a module belongs to: ten modules each."""
    return f"{_SITE}/course/{module // 10}"


def verb_iri(verb: str) -> str:
    return f"http://adlnet.gov/expapi/verbs/{verb}"


def registration(learner: int, module: int) -> str:
    """One for each learner and course."""
    return str(_uuid(f"registration {learner} {module // 10}"))


def some_module(chance: random.Random) -> int:
    """A module; the first ones are asked for more often than the last."""
    return int(ACTIVITIES * chance.random() ** 1.5)


def statement(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    learner, module = chance.randrange(AGENTS), some_module(chance)
    verb = chance.choice(VERBS)
    moment = _FIRST + timedelta(milliseconds=chance.randrange(_DAYS * 86_400_000))
    made: dict[str, Any] = {
        "id": str(_uuid(f"statement {number}")),
        "actor": {**agent(learner), "name": f"Learner {learner}"},
        "verb": {"id": verb_iri(verb), "display": {"en-US": verb}},
        "object": {
            "objectType": "Activity",
            "id": module_iri(module),
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/module",
                "name": {"en-US": f"Module {module}", "de-DE": f"Modul {module}"},
                "description": {"en-US": f"Module {module} of course {module // 10}"},
            },
        },
        "context": {
            "registration": registration(learner, module),
            "platform": "bench",
            "language": "en-US",
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": course_iri(module)}],
                "grouping": [{"objectType": "Activity", "id": f"{_SITE}/"}],
            },
            "instructor": {**instructor(module), "name": f"Instructor {module % INSTRUCTORS}"},
        },
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if verb in _JUDGING:
        made["result"] = _result(chance)
    return made


def _result(chance: random.Random) -> dict[str, Any]:
    raw = chance.randrange(101)
    return {
        "score": {"scaled": raw / 100, "raw": raw, "min": 0, "max": 100},
        "success": raw >= 60,
        "completion": True,
        "duration": f"PT{chance.randrange(1, 60)}M{chance.randrange(60)}S",
        "extensions": {f"{_SITE}/extensions/attempt": chance.randrange(1, 4)},
    }


def _uuid(text: str) -> UUID:
    return UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest(), version=4)
