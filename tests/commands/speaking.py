"""A client of /xapi on a server that is a process of its own: one kept-alive connection each."""

import base64
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.commands.conftest import Terminal

PATH = "/xapi/statements"
FIRST = "1970-01-01T00:00:00.000000Z"
"""Nothing was stored before this."""


def new_statement() -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:ann@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://lms.example.org/course/1"},
    }


def new_vendor(terminal: Terminal) -> str:
    """The Authorization header of a vendor that may do everything."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "vendors", "create", "Acme", "--scope", "all"],
        cwd=terminal.folder,
        env=terminal.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    _, key, secret = done.stdout.splitlines()
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


class Client:
    """Speaks xAPI over one connection; not for two threads at once."""

    def __init__(self, port: int, authorization: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {
            "X-Experience-API-Version": "1.0.3",
            "Authorization": authorization,
            "Content-Type": "application/json",
        }

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[Any, str]:
        """The answer's JSON, and up to when it says that reading is complete."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        through = answer.headers["X-Experience-API-Consistent-Through"]
        return json.loads(content), through

    def post(self, statements: list[dict[str, Any]]) -> str:
        """Store statements; returns up to when reading is complete. OSError where no answer came."""
        ids, through = self._ask("POST", PATH, json.dumps(statements).encode())
        assert ids == [statement["id"] for statement in statements]
        return through

    def answer(self, **query: Any) -> Iterator[tuple[list[tuple[str, str]], str]]:
        """Every page of an answer: stored and id of its statements, and what the page promises."""
        path = f"{PATH}?{urlencode(query)}"
        while path:
            page, through = self._ask("GET", path)
            yield [(found["stored"], found["id"]) for found in page["statements"]], through
            path = page["more"]

    def everything(self) -> list[tuple[str, str]]:
        """Stored and id of every statement, in the order of storing."""
        return [one for page, _ in self.answer(ascending="true", limit=500) for one in page]
