"""Checks statements for people: everything that is wrong, with place, rule and section.

The answer is the store's own: what passes here is what `POST /xapi/statements` takes, but for the
content of attachments and for ids that are taken already. It stores nothing and never raises for
what it is given. Files are read as one JSON text, or line by line (NDJSON) at constant memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from hub.lrs.prepare import Prepared, prepare
from xapi import json as xapi_json
from xapi.errors import InvalidStatement, Problem
from xapi.vocabulary import BASE

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one line of NDJSON; a statement is seldom longer than 100 kB."""
LONGEST_TEXT = 256 * 1024 * 1024
"""Bytes of a file that is one JSON text, which is held in memory as a whole."""

_NO_ID = UUID(int=0)
_CONTENT = uuid5(NAMESPACE_URL, BASE + "content")
"""Never changes: a file that is imported again must give the same ids."""
_JSON_SECTIONS = {
    "bom": "RFC 8259 8.1",
    "duplicate_key": "Data 2.2",
    "empty": "RFC 8259 2",
    "lone_surrogate": "RFC 8259 8.2",
    "nan": "RFC 8259 6",
    "not_utf8": "RFC 8259 8.1",
    "syntax": "RFC 8259 2",
}
_LIMITS = "RFC 8259 9"
"""Section 9 lets a parser set limits on size, depth, numbers and characters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule and where.

    statement is the place in an array from 0, None where the JSON text itself cannot be read.
    """

    problem: Problem
    statement: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """How many statements were looked at, and what is wrong with them."""

    statements: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of NDJSON: its number from 1, and the statement in it or what is wrong."""

    number: int
    statement: Prepared | None
    problems: tuple[Problem, ...]
    version: str


def check_text(data: bytes, version: str) -> Checked:
    """Check a JSON text: one statement, or an array of them. *version* is 1.0.3 or 2.0.0."""
    try:
        value = xapi_json.loads(data)
    except xapi_json.BadJson as error:
        return Checked(0, (Finding(json_problem(error), None),))
    statements = value if isinstance(value, list) else [value]
    findings: list[Finding] = []
    seen: dict[UUID, int] = {}
    for index, statement in enumerate(statements):
        item, problems = judge(statement, version)
        findings.extend(Finding(problem, index) for problem in problems)
        if item is not None and "id" in item.statement:
            first = seen.setdefault(item.id, index)
            if first != index:
                findings.append(Finding(_repeated(item.id, first), index))
    return Checked(len(statements), tuple(findings))


def judge(
    statement: object, version: str, *, keep_authority: bool = False
) -> tuple[Prepared | None, tuple[Problem, ...]]:
    """The statement as the store takes it, or every problem that it has."""
    try:
        return (
            prepare(statement, new_id=_NO_ID, version=version, keep_authority=keep_authority),
            (),
        )
    except InvalidStatement as error:
        return None, error.problems


def too_large(limit: int) -> Finding:
    """The finding for a text of more than *limit* bytes, which is not looked at."""
    message = f"The text is longer than the {limit} bytes that are taken at once."
    return Finding(Problem("", "too_large", message, _LIMITS), None)


def json_problem(error: xapi_json.BadJson) -> Problem:
    """A text that is no JSON, or no JSON that can be stored, as a broken rule."""
    return Problem("", error.rule, error.detail, _JSON_SECTIONS.get(error.rule, _LIMITS))


def is_lines(first: bytes) -> bool:
    """Whether a file that starts with this line is NDJSON: a whole object stands on the line."""
    line = first.removeprefix(b"\xef\xbb\xbf").strip()
    return line.startswith(b"{") and (line.endswith(b"}") or len(first) > LONGEST_LINE)


def read_lines(
    stream: BinaryIO, version: str | None, *, first: bytes = b"", keep_authority: bool = False
) -> Iterator[Line]:
    """The statements of an NDJSON file, one after the other; empty lines are passed over.

    A statement without id gets one that is made of its content, so that the same line is the same
    statement whenever it is read.

    Without *version* each statement is read in the version that it names, 1.0.3 when it names
    none. One that says 1.0.x and is only valid in 2.0.0 is read as 2.0.0: it was stored by a
    request in that version, which may keep the older word. *first* is the first line where it was
    read already. *keep_authority*: the authority of each statement is believed.
    """
    number = 0
    data = first or stream.readline(LONGEST_LINE + 1)
    while data:
        number += 1
        if len(data) > LONGEST_LINE:
            while not data.endswith(b"\n") and (data := stream.readline(LONGEST_LINE)):
                pass
            yield Line(number, None, (too_large(LONGEST_LINE).problem,), version or "1.0.3")
        elif data.strip():
            yield _line(number, data, version, keep_authority=keep_authority)
        data = stream.readline(LONGEST_LINE + 1)


def _line(number: int, data: bytes, version: str | None, *, keep_authority: bool) -> Line:
    try:
        value = xapi_json.loads(data)
    except xapi_json.BadJson as error:
        problem = json_problem(error)
        if error.rule == "syntax":
            message = problem.message.replace(" at line 1, column", " at column")
            problem = replace(problem, message=message)
        return Line(number, None, (problem,), version or "1.0.3")
    if isinstance(value, dict) and "id" not in value:
        value = {
            "id": str(uuid5(_CONTENT, sha256(xapi_json.canonical(value)).hexdigest())),
            **value,
        }
    named = version or _version_of(value)
    item, problems = judge(value, named, keep_authority=keep_authority)
    if item is None and version is None and named == "1.0.3":
        later, _ = judge(value, "2.0.0", keep_authority=keep_authority)
        if later is not None:
            return Line(number, later, (), "2.0.0")
    return Line(number, item, problems, named)


def _version_of(value: object) -> str:
    said = value.get("version") if isinstance(value, dict) else None
    return "2.0.0" if isinstance(said, str) and said.startswith("2.") else "1.0.3"


def _repeated(statement_id: UUID, first: int) -> Problem:
    message = f"The id {statement_id} belongs to statement {first} of the array already."
    return Problem("/id", "repeated_id", message, "Communication 2.1.2")
