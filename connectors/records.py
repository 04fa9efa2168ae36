"""What connectors hand over: frozen records in the words of the field, raw payload beside them.

A record states only what the source said. Whether it completes a course is decided by the hub's
progress rules and nowhere else. Activities and people carry the source's own names (IRIs, account
homePage and name), so that what a system pushes and what we pull from it meet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Identifier:
    """One name of a person.

    kind is one of the IFIs of xAPI (mbox, mbox_sha1sum, openid, account) or ``employee_id``. The
    value of an mbox has no ``mailto:``. scope is the account's homePage; for an employee id the
    organization's (empty); else empty.
    """

    kind: Literal["mbox", "mbox_sha1sum", "openid", "account", "employee_id"]
    value: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Who a record is about. The first identifier names the actor of the statements."""

    identifiers: tuple[Identifier, ...]
    name: str | None = None


class ActivityKind(StrEnum):
    """What an activity is, from the widest to the narrowest."""

    COURSE = "course"
    MODULE = "module"
    LESSON = "lesson"
    """A SCO."""
    RUN = "run"
    """A scheduled run of a classroom course (Arlo: Event)."""
    SESSION = "session"
    """One day or part of a run."""
    CERTIFICATE = "certificate"
    OBJECTIVE = "objective"
    INTERACTION = "interaction"


@dataclass(frozen=True, slots=True)
class ActivityRef:
    """An activity by the IRI under which its own system knows it."""

    iri: str
    kind: ActivityKind
    title: str | None = None


class Modality(StrEnum):
    """How a course is taken."""

    SELF_PACED = "self-paced"
    INSTRUCTOR_LED = "instructor-led"
    VIRTUAL = "virtual"
    BLENDED = "blended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that a source said.

    key is the source's native key, unique in its stream and stable for ever: it is part of every
    statement id. modified_at is when the source last changed it (None where it does not say).
    raw is the payload as received, for rejections and support; it is not compared.
    """

    key: str
    modified_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A user record of the source: all names that it has for one person."""

    person: PersonRef
    active: bool = True
    """False when the source has suspended or closed the account."""


@dataclass(frozen=True, slots=True)
class Part:
    """A module, SCO, run or session below a course.

    parent is the IRI of the activity directly above it. required: whether the course's completion
    depends on it (None: the source does not say).
    """

    activity: ActivityRef
    parent: str
    required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Record):
    """A course and the tree of its parts."""

    course: ActivityRef
    code: str | None = None
    modality: Modality
    parts: tuple[Part, ...] = ()
    completion_tracked: bool = True
    """Whether the source itself decides about completion of this course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """A scheduled run or one session of it. It becomes a part of its course."""

    activity: ActivityRef
    course: ActivityRef
    parent: str
    """IRI of the activity above: the course for a run, the run for a session."""
    modality: Modality | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScormAttempt(Record):
    """One learner's attempt at one SCO, as the LMS stores it.

    cmi holds the run-time elements by their names (``cmi.core.lesson_status``), values as text.
    version is "1.2" or "2004". attempt counts from 1.
    """

    person: PersonRef
    course: ActivityRef
    module: ActivityRef
    sco: ActivityRef
    attempt: int
    version: Literal["1.2", "2004"]
    cmi: Mapping[str, str]
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Record):
    """What the source itself says about completion of a course or one of its parts.

    completion, success: True, False or None (unknown). overridden: a person set it by hand.
    progress is 0..1.
    """

    person: PersonRef
    course: ActivityRef
    activity: ActivityRef
    completion: bool | None
    success: bool | None = None
    progress: float | None = None
    completed_at: datetime | None = None
    overridden: bool = False
    registration: str | None = None
    """The UUID of the enrolment, if the source gives one."""


class RegistrationStatus(StrEnum):
    """Where a registration stands. None of these completes anything."""

    REGISTERED = "registered"
    REQUESTED = "requested"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Record):
    """A person is to take part in a course or a run of it.

    registration is the UUID that the source gives the enrolment, if it gives one.
    cancelled_by: "learner", "provider" or None (not said).
    """

    person: PersonRef
    course: ActivityRef
    activity: ActivityRef
    """What the registration is for: the course itself, a run or a session."""
    status: RegistrationStatus
    registered_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: Literal["learner", "provider"] | None = None
    registration: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    due_at: datetime | None = None


class AttendanceStatus(StrEnum):
    """What the register says."""

    ATTENDED = "attended"
    PARTIAL = "partial"
    ABSENT = "absent"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance(Record):
    """One person's mark in the register of one run or session.

    seconds and scheduled_seconds are whole seconds; basis says where seconds come from. occurred_at
    is when the session ended. registration is the UUID of the enrolment, if the source gives one.
    run: of what the session is a part, where it is one.
    """

    person: PersonRef
    course: ActivityRef
    activity: ActivityRef
    run: ActivityRef | None = None
    status: AttendanceStatus
    seconds: int | None = None
    scheduled_seconds: int | None = None
    basis: Literal["measured", "scheduled", "reported", "marked"] = "marked"
    occurred_at: datetime | None = None
    starts_at: datetime | None = None
    registration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Record):
    """An instructor's verdict on a course.

    success: True (pass), False (fail) or None (only a grade; without one: no verdict, or no longer
    one). grade_text is the grade as written;
    the score fields are filled only where the grade is unambiguously a number. scaled is 0..1.
    """

    person: PersonRef
    course: ActivityRef
    activity: ActivityRef
    success: bool | None
    grade_text: str | None = None
    raw_score: float | None = None
    min_score: float | None = None
    max_score: float | None = None
    scaled_score: float | None = None
    assessed_at: datetime | None = None
    registration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Record):
    """A certificate that was issued for a course, with its expiry if the source knows one."""

    person: PersonRef
    course: ActivityRef
    certificate: ActivityRef
    issued_at: datetime | None
    valid_until: datetime | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawStatement(Record):
    """An xAPI statement that the source already speaks."""

    statement: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Record):
    """A record that the connector could read but not understand: it is set aside, the read goes on.

    code groups rejections with the same cause; message, hint and pointer are shown to an admin.
    """

    code: str
    message: str
    hint: str = ""
    pointer: str = ""
