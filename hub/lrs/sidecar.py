"""The contents of attachments in a folder beside an NDJSON file: one file each, named by its hash.

Statements name their attachments by hash, so neither side needs a list. A file whose content has
another hash than its name is refused, as a part of a request would be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xapi.attachments import attachments_in, check_attachments
from xapi.errors import InvalidStatement, Problem
from xapi.multipart import Part, hash_as

_SECTION = "Data 2.4.11"


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A folder of contents."""

    folder: Path

    def write(self, parts: Iterable[Part]) -> None:
        """Keep these contents; what is there already has the same hash and stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in parts:
            path = self.folder / part.sha2
            if not path.exists():
                unfinished = path.with_suffix(".part")
                unfinished.write_bytes(part.content)
                unfinished.replace(path)

    def parts_of(self, statement: Mapping[str, Any]) -> tuple[Part, ...]:
        """The contents of a valid statement that are here. Raises InvalidStatement."""
        found: dict[str, Part] = {}
        for pointer, attachment in attachments_in(statement):
            sha2 = attachment["sha2"].lower()
            path = self.folder / sha2
            if sha2 in found or not path.exists():
                continue
            content = path.read_bytes()
            if hash_as(sha2, content) != sha2:
                message = f"The file {path} holds something else than its name says."
                raise InvalidStatement([Problem(pointer, "content_hash", message, _SECTION)])
            found[sha2] = Part(sha2, attachment["contentType"], content, {})
        return tuple(found.values())


def contents_of(
    statement: Mapping[str, Any], sidecar: Sidecar | None, version: str
) -> tuple[Part, ...]:
    """The contents that come with a valid statement, checked with it. Raises InvalidStatement."""
    parts = sidecar.parts_of(statement) if sidecar is not None else ()
    try:
        check_attachments([statement], parts, version=version)
    except InvalidStatement as error:
        raise InvalidStatement([_reworded(problem) for problem in error.problems]) from error
    return parts


def needed_here(statement: Mapping[str, Any]) -> set[str]:
    """The hashes of the attachments of a valid statement that have no fileUrl to be read from."""
    return {item["sha2"].lower() for _, item in attachments_in(statement) if "fileUrl" not in item}


def _reworded(problem: Problem) -> Problem:
    """What is missing is missing in a folder here, not in a request."""
    if problem.rule != "content_missing":
        return problem
    message = "An attachment without fileUrl needs its content, which did not come with the file."
    return replace(problem, message=message)
