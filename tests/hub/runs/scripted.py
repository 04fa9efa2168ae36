"""A connector that says what a test tells it to, page by page. The engine cannot tell."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from marshmallow import Schema

from connectors import records as r
from connectors.base import CheckResult, Connector, Kind, Page, Stream, Tier

SITE = "https://lms.example.org"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COURSE = r.ActivityRef(f"{SITE}/course/view.php?id=2", r.ActivityKind.COURSE, "Fire safety")
RUN = r.ActivityRef(f"{SITE}/run/7", r.ActivityKind.RUN, "Fire safety, Monday")


@dataclass
class Script:
    """pages: what the next reads of the stream yield. A page is a list of records, an exception
    to raise, or something to call before going on.
    """

    pages: list = field(default_factory=list)
    asked: list = field(default_factory=list)


class Silent(Schema):
    """Nothing to configure."""


def connector_of(script):
    class Scripted(Connector):
        """Says what its script says; its resume is the number of the page."""

        key = "scripted"
        title = "Scripted"
        kind = Kind.LMS
        tier = Tier.DOCUMENTED
        about = "What a test says."
        Config = Silent
        streams = (Stream("records", "Records", look_back=timedelta(minutes=5)),)

        def check(self):
            return CheckResult("Scripted 1.0")

        def read(self, stream, since, resume):
            script.asked.append((since, resume))
            for number, page in enumerate(script.pages, start=1):
                if isinstance(page, BaseException):
                    raise page
                if callable(page):
                    page()
                elif resume is None or number > resume:
                    yield Page(tuple(page), number)

    return Scripted


def ada(name="Ada", email="ada@example.org"):
    return r.PersonRef((r.Identifier("mbox", email),), name)


def attendance(status, *, key="9", at=NOON, person=None, title=None, **more):
    """A mark in a register, changed at an instant."""
    course = r.ActivityRef(COURSE.iri, COURSE.kind, title or COURSE.title)
    return r.Attendance(
        key=key, modified_at=at, person=person or ada(), course=course, activity=RUN,
        status=r.AttendanceStatus(status), occurred_at=NOON, **more,
    )  # fmt: skip


def completion(done, *, key="c1", at=NOON, **more):
    """What the source says about completion of the course."""
    return r.Completion(
        key=key, modified_at=at, person=ada(), course=COURSE, activity=COURSE, completion=done,
        completed_at=at if done else None, **more,
    )  # fmt: skip


def rejected(key="9", code="unknown_status", at=NOON):
    return r.Rejected(
        key=key, modified_at=at, code=code, message="The mark “Maybe” is not known.",
        hint="Map it.", raw={"mark": "Maybe", "secret": "c4n4ry-payload"},
    )  # fmt: skip
