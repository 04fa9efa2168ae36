"""Statements that the tests start from, and a way to change one place of them."""

from copy import deepcopy
from typing import Any

UUID_TEXT = "39e24cc4-69af-4b01-a824-1fdc6ea8a3af"
AGENT: dict[str, Any] = {"mbox": "mailto:ann@example.org"}
ACCOUNT = {"homePage": "https://lms.example.org", "name": "5"}
ACTIVITY: dict[str, Any] = {"id": "https://lms.example.org/course/view.php?id=2"}

MINIMAL: dict[str, Any] = {
    "actor": AGENT,
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": ACTIVITY,
}

FULL: dict[str, Any] = {
    "id": UUID_TEXT,
    "actor": {"objectType": "Agent", "name": "Ann", "account": ACCOUNT},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en-US": "passed"}},
    "object": {
        "objectType": "Activity",
        "id": "https://lms.example.org/mod/quiz/7",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "name": {"en": "Which exit?", "de-CH": "Welcher Ausgang?"},
            "description": {"und": "Fire safety"},
            "moreInfo": "https://lms.example.org/about",
            "extensions": {"https://lms.example.org/ext": None},
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"en": "North"}}, {"id": "b"}],
        },
    },
    "result": {
        "score": {"scaled": 0.92, "raw": 92, "min": 0, "max": 100},
        "success": True,
        "completion": False,
        "response": "a[,]b",
        "duration": "PT5M12.5S",
        "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 50},
    },
    "context": {
        "registration": UUID_TEXT,
        "instructor": AGENT,
        "team": {"objectType": "Group", "member": [AGENT]},
        "contextActivities": {
            "parent": [ACTIVITY],
            "grouping": [ACTIVITY],
            "category": [{"id": "https://w3id.org/xapi/scorm"}],
            "other": ACTIVITY,
        },
        "revision": "3",
        "platform": "Moodle",
        "language": "en-GB",
        "statement": {"objectType": "StatementRef", "id": UUID_TEXT},
        "extensions": {"https://lms.example.org/ext": {"anything": [None, 1, True]}},
    },
    "timestamp": "2026-03-18T17:00:00.000Z",
    "stored": "2026-03-18T17:00:01+00:00",
    "authority": {"account": {"homePage": "https://hub.example.org", "name": "moodle"}},
    "version": "1.0.0",
    "attachments": [
        {
            "usageType": "http://id.tincanapi.com/attachment/certificate-of-completion",
            "display": {"en": "Certificate"},
            "description": {"en": "As PDF"},
            "contentType": "application/pdf",
            "length": 1024,
            "sha2": "a" * 64,
            "fileUrl": "https://lms.example.org/certificate.pdf",
        }
    ],
}

SUB: dict[str, Any] = {
    "actor": AGENT,
    "verb": {"id": "http://activitystrea.ms/request"},
    "object": {"objectType": "SubStatement", **MINIMAL},
}

REMOVED = object()


def changed(statement: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    """Return a copy with *value* at a path such as "actor/member/0"; REMOVED takes it out."""
    copy = deepcopy(statement)
    *path, last = where.split("/")
    place: Any = copy
    for step in path:
        place = place[int(step)] if isinstance(place, list) else place[step.replace("~1", "/")]
    key = int(last) if isinstance(place, list) else last.replace("~1", "/")
    if value is REMOVED:
        del place[key]
    else:
        place[key] = deepcopy(value)
    return copy
