"""Reading step by step: what is done, what is set aside, and where a page ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.base import Page
from connectors.errors import BadRecord
from connectors.lms.moodle_values import Json, whole
from connectors.records import Record, Rejected

RECORDS_PER_PAGE = 200
Step = tuple[dict[str, int], Sequence[Record]]


def done(row: Json, resume: Any) -> bool:
    """Whether *resume* says that this course has been read to its end."""
    if not resume:
        return False
    number, course_id = whole(row, "id"), resume["course"]
    return bool(number < course_id or (number == course_id and "user" not in resume))


def set_aside(key: str, raw: object, error: BadRecord) -> Rejected:
    """A record that could not be understood, as it arrived."""
    payload = raw if isinstance(raw, Mapping) else {"received": raw}
    return Rejected(
        key=key,
        raw=payload,
        code=error.code,
        message=error.message,
        hint=error.hint,
        pointer=error.pointer,
    )


def course_left(row: Json, stream: str, error: BadRecord) -> Rejected:
    """One course could not be read; the others are."""
    number = whole(row, "id")
    return Rejected(
        key=f"course:{number}:{stream}",
        raw=row,
        code=error.code,
        message=f"The course “{row.get('fullname')}” (number {number}) was not read completely. "
        f"{error.message}",
        hint=error.hint,
        pointer=error.pointer,
    )


def pages(steps: Iterable[Step]) -> Iterator[Page]:
    """Steps gathered into pages; a page ends at the end of a step, so its resume is exact."""
    held: list[Record] = []
    quiet, resume = 0, None
    for resume, found in steps:
        held += found
        quiet += 1
        if len(held) >= RECORDS_PER_PAGE or quiet >= RECORDS_PER_PAGE:
            yield Page(tuple(held), resume)
            held, quiet = [], 0
    if held:
        yield Page(tuple(held), resume)
