"""How tests speak of documents: the three resources, each with parameters of one document."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.hub.lrs.speaking import Door, mbox

ACTIVITY = "https://lms.example.org/course/1"
ANN = json.dumps(mbox("ann@example.org"))
REGISTRATION = "0f6e1b52-35f5-4a0e-9c3f-0d1c6d3c3f01"

STATE = ("/xapi/activities/state", {"activityId": ACTIVITY, "agent": ANN, "stateId": "bookmark"})
AGENT_PROFILE = ("/xapi/agents/profile", {"agent": ANN, "profileId": "bookmark"})
ACTIVITY_PROFILE = ("/xapi/activities/profile", {"activityId": ACTIVITY, "profileId": "bookmark"})
RESOURCES = {"state": STATE, "agent profile": AGENT_PROFILE, "activity profile": ACTIVITY_PROFILE}

OCTETS = "application/octet-stream"
NEW = {"If-None-Match": "*"}


@dataclass
class Shelf:
    """One of the resources, as a vendor uses it. Parameters can be changed; None leaves one out."""

    vendor: Door
    path: str
    usual: dict[str, str]

    @property
    def id(self) -> str:
        return "stateId" if "stateId" in self.usual else "profileId"

    def ask(self, method: str, *, headers: Any = None, **request: Any) -> TestResponse:
        data, content_type = request.pop("data", None), request.pop("content_type", None)
        if "json" in request:
            data, content_type = json.dumps(request.pop("json")), "application/json"
        query = {name: value for name, value in {**self.usual, **request}.items() if value}
        return self.vendor.ask(
            method,
            self.path,
            query_string=query,
            data=data,
            content_type=content_type,
            headers=headers or {},
        )

    def get(self, **request: Any) -> TestResponse:
        return self.ask("GET", **request)

    def put(self, data: bytes, content_type: str | None = OCTETS, **request: Any) -> TestResponse:
        return self.ask("PUT", data=data, content_type=content_type, **request)

    def post(self, value: Any, **request: Any) -> TestResponse:
        return self.ask("POST", json=value, **request)

    def delete(self, **request: Any) -> TestResponse:
        return self.ask("DELETE", **request)

    def make(self, data: bytes, content_type: str = OCTETS, **request: Any) -> str:
        """Store a new document; returns its ETag with quotes."""
        answer = self.put(data, content_type, headers=NEW, **request)
        assert answer.status_code == 204, answer.text
        return answer.headers["ETag"]

    def names(self, **request: Any) -> list[str]:
        answer = self.get(**{self.id: None}, **request)
        assert answer.status_code == 200, answer.text
        return answer.json


def shelf_of(vendor: Door, kind: str, *, version: str = "1.0.3") -> Shelf:
    path, usual = RESOURCES[kind]
    vendor.version = version
    return Shelf(vendor, path, dict(usual))
