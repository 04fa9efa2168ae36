"""Words for the tests of single rules: people, references, and an agent as a parameter."""

import json
from typing import Any
from uuid import uuid4

from tests.hub.lrs.speaking import mbox, statement

EXPERIENCED = "http://adlnet.gov/expapi/verbs/experienced"
"""A verb that no filter of these tests asks for."""
ELSEWHERE = "https://lms.example.org/elsewhere"


def agent(name: str) -> str:
    """The agent parameter for somebody at example.org."""
    return json.dumps(person(name))


def person(name: str) -> dict[str, Any]:
    return mbox(f"{name}@example.org")


def group(*names: str, **more: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": [person(name) for name in names], **more}


def reference(target: object) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": str(target)}


def bystander(**parts: Any) -> dict[str, Any]:
    """A statement that no filter of these tests finds by itself."""
    plain = {"actor": person("zoe"), "verb": {"id": EXPERIENCED}, "object": {"id": ELSEWHERE}}
    return statement(**{"id": str(uuid4()), **plain, **parts})


def referring(target: object, **parts: Any) -> dict[str, Any]:
    """A bystander about another statement."""
    return bystander(object=reference(target), **parts)


def sub_statement(**parts: Any) -> dict[str, Any]:
    """An object: what a bystander says, as a SubStatement."""
    inside = bystander(**parts)
    del inside["id"]
    return {"objectType": "SubStatement", **inside}
