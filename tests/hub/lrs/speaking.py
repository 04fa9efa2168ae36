"""How tests speak xAPI: statements to send, and a vendor at the door."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.datastructures import Authorization
from werkzeug.test import TestResponse

from hub.accounts.vendors import create_vendor
from hub.extensions import Hub

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
VERSION = "X-Experience-API-Version"
CONSISTENT = "X-Experience-API-Consistent-Through"


def mbox(address="ann@example.org", **more):
    return {"mbox": f"mailto:{address}", **more}


def statement(**parts: Any) -> dict[str, Any]:
    """Ann completed a course; every part can be another one, None leaves it out."""
    whole = {
        "actor": mbox(),
        "verb": {"id": COMPLETED},
        "object": {"id": "https://lms.example.org/course/1"},
    }
    return {name: value for name, value in {**whole, **parts}.items() if value is not None}


def voiding(target, **parts):
    reference = {"objectType": "StatementRef", "id": str(target)}
    return statement(
        actor=mbox("admin@example.org"), verb={"id": VOIDED}, object=reference, **parts
    )


@dataclass
class Door:
    """A vendor's way to /xapi/statements over HTTP."""

    app: Flask
    vendor: Any
    key: str
    secret: str
    version: str = "1.0.3"

    def ask(self, method: str, path: str = "/xapi/statements", **request: Any) -> TestResponse:
        headers = {VERSION: self.version, **request.pop("headers", {})}
        auth = Authorization("basic", {"username": self.key, "password": self.secret})
        return self.app.test_client().open(
            path, method=method, headers=headers, auth=auth, **request
        )

    def post(self, body: Any, **request: Any) -> TestResponse:
        return self.ask("POST", json=body, **request)

    def put(self, body: Any, statement_id: Any) -> TestResponse:
        return self.ask("PUT", json=body, query_string={"statementId": str(statement_id)})

    def get(self, path: str = "/xapi/statements", **query: Any) -> TestResponse:
        return self.ask("GET", path, query_string=query)

    def store(self, *statements: dict[str, Any]) -> list[str]:
        """Post what must be taken; returns the ids."""
        answer = self.post(list(statements))
        assert answer.status_code == 200, answer.text
        return answer.json

    def find(self, **query: Any) -> list[str]:
        """Ids of the statements that a query finds, in its order."""
        answer = self.get(**query)
        assert answer.status_code == 200, answer.text
        return [found["id"] for found in answer.json["statements"]]

    def one(self, statement_id: Any) -> dict[str, Any]:
        answer = self.get(statementId=str(statement_id))
        assert answer.status_code == 200, answer.text
        return answer.json


def open_door(hub: Hub, app: Flask, *scopes: str) -> Door:
    """A new vendor with these scopes; all of them by default."""
    with hub.database.transaction() as session:
        vendor, key, secret = create_vendor(
            session, hub.keyring, f"vendor {uuid4().hex}", scopes or ("all",)
        )
    return Door(app, vendor, key, secret)


def refusal(answer: TestResponse, status: int) -> str:
    """The message of an error in the one shape that errors have; it must have this status."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert set(answer.json) == {"message", "problems"}
    assert answer.headers[VERSION] in {"1.0.3", "2.0.0"}
    assert "Traceback" not in answer.text
    return answer.json["message"]
