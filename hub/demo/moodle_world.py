"""What the simulated Moodle's database holds: users, courses, SCORM activities and their tracks.

Rows only. What Moodle derives from them (completion, grades, what changed since) is derived by the
simulated site, as the real one does, and not stored here. Times are epochs in seconds (UTC).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PASSED = 2
COMPLETED = 4
"""Bits of mod_scorm's completionstatusrequired."""


@dataclass(frozen=True, slots=True)
class MoodleUser:
    """A row of the user table. Empty texts are values that nobody filled in."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str = ""
    suspended: bool = False
    firstaccess: int = 0

    @property
    def fullname(self) -> str:
        return f"{self.firstname} {self.lastname}"


@dataclass(frozen=True, slots=True)
class Sco:
    """An item of a package. type: "" the organization, "asset" untracked, "sco" tracked."""

    id: int
    identifier: str
    title: str
    type: str
    launch: str
    parent: str
    organization: str


@dataclass(frozen=True, slots=True)
class Scorm:
    """A SCORM activity's settings. grademethod 0 learning objects, 1 highest; whatgrade 0 highest
    attempt, 3 last attempt; required: bits PASSED, COMPLETED; timeclose 0 is never.
    """

    id: int
    version: str
    package: str
    manifest: str
    scoes: tuple[Sco, ...]
    required: int
    all_scos: bool = False
    grademethod: int = 1
    whatgrade: int = 0
    maxattempt: int = 0
    timeclose: int = 0

    @property
    def tracked(self) -> tuple[Sco, ...]:
        return tuple(sco for sco in self.scoes if sco.type == "sco")


@dataclass(frozen=True, slots=True)
class Module:
    """An activity in a course. completion: 0 none, 1 marked by hand, 2 by rules."""

    cmid: int
    course: int
    section: int
    modname: str
    instance: int
    name: str
    completion: int
    added: int
    idnumber: str = ""
    scorm: Scorm | None = None


@dataclass(frozen=True, slots=True)
class MoodleCourse:
    """A course and its activities; criteria: the cmids that its completion asks for (all)."""

    id: int
    shortname: str
    fullname: str
    idnumber: str
    startdate: int
    modules: tuple[Module, ...]
    criteria: tuple[int, ...]

    @property
    def enablecompletion(self) -> bool:
        return bool(self.criteria)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A student in a course. looked: last look at the course without any attempt (0: never)."""

    course: int
    user: int
    looked: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """One run-time value of one attempt at one SCO, as the content set it."""

    id: int
    sco: int
    user: int
    attempt: int
    element: str
    value: str
    modified: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An activity that somebody ticked. overrideby: who did it in the learner's place."""

    cmid: int
    user: int
    time: int
    overrideby: int | None = None


@dataclass(frozen=True, slots=True)
class MoodleWorld:
    """The whole site at one instant. User 3 is the service account; Moodle brings users 1 and 2."""

    sitename: str
    now: int
    users: tuple[MoodleUser, ...]
    courses: tuple[MoodleCourse, ...]
    enrolments: tuple[Enrolment, ...]
    tracks: tuple[Track, ...]
    marks: tuple[Mark, ...]


Row = tuple[str, str, int]
"""Element, value, epoch of the last change."""


def clock_time(seconds: int) -> str:
    """CMITimespan of SCORM 1.2, HH:MM:SS."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def iso_time(seconds: int) -> str:
    """The timeinterval of SCORM 2004, PT#M#S."""
    return f"PT{seconds // 60}M{seconds % 60}S"


def rows_1_2(status: str, start: int, seconds: int, *, score: str | None = None) -> list[Row]:
    """The rows of one SCORM 1.2 attempt that began at *start*."""
    end = start + seconds
    values: dict[str, str] = {
        "cmi.core.exit": "suspend" if status == "incomplete" else "",
        "cmi.core.lesson_location": "p3",
        "cmi.core.lesson_status": status,
        "cmi.core.session_time": clock_time(seconds),
        "cmi.core.total_time": clock_time(seconds),
        "cmi.suspend_data": "A%24nP000AA",
    }
    if score is not None:
        values |= {
            "cmi.core.score.max": "100",
            "cmi.core.score.min": "0",
            "cmi.core.score.raw": score,
        }
    return [("x.start.time", str(start), start), *_at(values, end)]


def rows_2004(
    completion: str, success: str, start: int, seconds: int, *, scaled: str | None = None
) -> list[Row]:
    """The rows of one SCORM 2004 attempt that began at *start*."""
    end = start + seconds
    values: dict[str, str] = {
        "cmi.completion_status": completion,
        "cmi.exit": "suspend" if completion == "incomplete" else "normal",
        "cmi.location": "4",
        "cmi.session_time": iso_time(seconds),
        "cmi.success_status": success,
        "cmi.total_time": iso_time(seconds),
    }
    if scaled is not None:
        values |= {
            "cmi.score.max": "100",
            "cmi.score.min": "0",
            "cmi.score.raw": f"{float(scaled) * 100:g}",
            "cmi.score.scaled": scaled,
        }
    return [("x.start.time", str(start), start), *_at(values, end)]


def _at(values: Mapping[str, str], time: int) -> Iterable[Row]:
    return ((element, value, time) for element, value in values.items())
