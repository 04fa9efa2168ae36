"""Two years of self-paced learning in the simulated Moodle, with cases that are easily got wrong.

The first nine people carry one case each (see _CASES); everybody else is drawn from the seed.
"""

from collections.abc import Callable, Sequence
from random import Random

from hub.demo.moodle_catalog import (
    ARCHIVED,
    EVACUATION,
    EXTINGUISHER,
    FEEDBACK,
    FIRE,
    FIRE_PLAN,
    LEADING,
    NUTSHELL,
    PASSWORDS,
    PRIVACY,
    SECURITY,
    TOUR,
    WELCOME,
    catalog,
)
from hub.demo.moodle_world import (
    Enrolment,
    Mark,
    MoodleCourse,
    MoodleUser,
    MoodleWorld,
    Row,
    Track,
    rows_1_2,
    rows_2004,
)
from hub.demo.people import DemoPerson, KnownTo
from hub.demo.scenario import Scenario

FIRST_USER = 4
_DAY = 86_400
_SUSPENDED = 3


def user_id(person: DemoPerson) -> int:
    """The Moodle id of a person."""
    return FIRST_USER + person.number


class History:
    """Collects enrolments and attempts; rows get their ids in the order of writing."""

    def __init__(self, courses: Sequence[MoodleCourse], *, now: int) -> None:
        self.now = now
        self.enrolments: dict[tuple[int, int], Enrolment] = {}
        self.marks: list[Mark] = []
        self._tracked = {
            module.cmid: module.scorm.tracked
            for course in courses
            for module in course.modules
            if module.scorm is not None
        }
        self._rows: list[tuple[int, int, int, Row]] = []

    def enrol(self, course: int, user: int, *, looked: int = 0) -> None:
        self.enrolments.setdefault((course, user), Enrolment(course, user, looked))

    def attempt(
        self, cmid: int, user: int, rows: Sequence[Row], *, number: int = 1, part: int = 0
    ) -> None:
        """Attempt *number* of *user* at the *part*-th SCO of the activity *cmid*."""
        sco = self._tracked[cmid][part].id
        self._rows.extend((sco, user, number, row) for row in rows)

    def tracks(self, first_id: int = 1) -> tuple[Track, ...]:
        written = sorted(self._rows, key=lambda entry: entry[3][2])
        return tuple(
            Track(first_id + place, sco, user, number, *row)
            for place, (sco, user, number, row) in enumerate(written)
        )


def moodle_past(scenario: Scenario, people: Sequence[DemoPerson], *, now: int) -> MoodleWorld:
    """The site at *now* (epoch seconds), before anything moves on."""
    courses = catalog(scenario, now=now)
    history = History(courses, now=now)
    draw = Random(f"{scenario.seed}/moodle")  # noqa: S311 - an invented world, not a secret
    known = [person for person in people if KnownTo.MOODLE in person.known_to]
    for person in known:
        case = _CASES.get(person.number)
        if case is not None:
            case(history, user_id(person))
        else:
            _ordinary(history, user_id(person), draw)
    return MoodleWorld(
        sitename=scenario.moodle_site_name,
        now=now,
        users=(
            *_staff(scenario),
            *(moodle_user(person, firstaccess=now - 700 * _DAY) for person in known),
        ),
        courses=courses,
        enrolments=tuple(history.enrolments.values()),
        tracks=history.tracks(),
        marks=tuple(history.marks),
    )


def moodle_user(person: DemoPerson, *, firstaccess: int) -> MoodleUser:
    """The account of *person*."""
    return MoodleUser(
        id=user_id(person),
        username=person.username,
        firstname=person.given,
        lastname=person.family,
        email=person.moodle_email,
        idnumber=person.moodle_employee,
        suspended=person.number == _SUSPENDED,
        firstaccess=firstaccess,
    )


def _staff(scenario: Scenario) -> tuple[MoodleUser, ...]:
    service = scenario.moodle_username
    return (
        MoodleUser(1, "guest", "Guest user", " ", "root@localhost"),
        MoodleUser(2, "admin", "Admin", "User", "admin@example.org"),
        MoodleUser(3, service, "LR", "Hub", f"{service}@example.org"),
    )


def _everything_done(history: History, user: int) -> None:
    """Passed everything, last year and this."""
    now = history.now
    for course in (FIRE, PRIVACY, SECURITY, LEADING, WELCOME):
        history.enrol(course, user)
    began = now - 330 * _DAY
    history.attempt(EXTINGUISHER, user, rows_1_2("passed", began, 312, score="92"))
    history.attempt(
        EVACUATION, user, rows_2004("completed", "passed", began + 900, 450, scaled="0.85")
    )
    for part in range(5):
        rows = rows_1_2("completed", began + _DAY + 400 * part, 150 + 20 * part)
        history.attempt(NUTSHELL, user, rows, part=part)
    rows = rows_2004("completed", "passed", now - 60 * _DAY, 1260, scaled="0.9")
    history.attempt(PASSWORDS, user, rows)
    rows = rows_2004("completed", "passed", now - 75 * _DAY, 1980, scaled="0.95")
    history.attempt(FEEDBACK, user, rows)
    history.attempt(TOUR, user, rows_1_2("completed", now - 600 * _DAY, 240))


def _failed_then_passed(history: History, user: int) -> None:
    began = history.now - 40 * _DAY
    history.enrol(FIRE, user)
    for number, (status, score) in enumerate(
        [("failed", "40"), ("failed", "55.5"), ("passed", "81")], start=1
    ):
        rows = rows_1_2(status, began + number * _DAY, 280, score=score)
        history.attempt(EXTINGUISHER, user, rows, number=number)
    for number, (success, scaled) in enumerate([("failed", "0.3"), ("passed", "0.9")], start=1):
        rows = rows_2004("completed", success, began + (5 + number) * _DAY, 390, scaled=scaled)
        history.attempt(EVACUATION, user, rows, number=number)


def _ticked_by_an_admin(history: History, user: int) -> None:
    """Never launched anything; an admin ticked the page."""
    history.enrol(FIRE, user)
    history.marks.append(Mark(FIRE_PLAN, user, history.now - 20 * _DAY, overrideby=2))


def _suspended(history: History, user: int) -> None:
    history.enrol(FIRE, user)
    rows = rows_1_2("passed", history.now - 410 * _DAY, 350, score="77")
    history.attempt(EXTINGUISHER, user, rows)


def _score_of_zero(history: History, user: int) -> None:
    """A real nought: tried, answered everything wrong."""
    history.enrol(FIRE, user)
    rows = rows_1_2("failed", history.now - 33 * _DAY, 95, score="0")
    history.attempt(EXTINGUISHER, user, rows)


def _no_score(history: History, user: int) -> None:
    """Completed, and the content never sent a score."""
    history.enrol(FIRE, user)
    history.attempt(EXTINGUISHER, user, rows_1_2("completed", history.now - 31 * _DAY, 333))
    rows = rows_2004("incomplete", "unknown", history.now - 30 * _DAY, 120)
    history.attempt(EVACUATION, user, rows)


def _some_parts(history: History, user: int) -> None:
    """Four of five parts touched, with the two words that are easily taken for done."""
    history.enrol(PRIVACY, user)
    began = history.now - 25 * _DAY
    for part, status in enumerate(("completed", "passed", "browsed", "not attempted")):
        history.attempt(NUTSHELL, user, rows_1_2(status, began + 600 * part, 200), part=part)


def _closed(history: History, user: int) -> None:
    """Completed an activity that is closed by now; old content left two values only."""
    history.enrol(PRIVACY, user)
    end = history.now - 300 * _DAY
    rows = [("cmi.core.lesson_status", "completed", end), ("cmi.core.score.raw", "61", end)]
    history.attempt(ARCHIVED, user, rows)


def _completed_and_failed(history: History, user: int) -> None:
    """SCORM 2004: went through all of it and failed."""
    history.enrol(SECURITY, user)
    rows = rows_2004("completed", "failed", history.now - 15 * _DAY, 1500, scaled="0.45")
    history.attempt(PASSWORDS, user, rows)


_CASES: dict[int, Callable[[History, int], None]] = {
    0: _everything_done,
    1: _failed_then_passed,
    2: _ticked_by_an_admin,
    _SUSPENDED: _suspended,
    4: _score_of_zero,
    5: _no_score,
    6: _some_parts,
    7: _closed,
    8: _completed_and_failed,
}


def _ordinary(history: History, user: int, draw: Random) -> None:
    """A colleague who does what colleagues do: most of it, sometimes at the second try."""
    now = history.now
    history.enrol(FIRE, user, looked=now - draw.randrange(3, 200) * _DAY)
    if draw.random() < 0.85:
        began = now - draw.randrange(20, 700) * _DAY + draw.randrange(_DAY)
        number = 1
        if draw.random() < 0.25:
            score = str(draw.randrange(20, 70))
            rows = rows_1_2("failed", began, draw.randrange(90, 400), score=score)
            history.attempt(EXTINGUISHER, user, rows)
            number, began = 2, began + 2 * _DAY
        if number == 1 or draw.random() < 0.6:
            score = str(draw.randrange(70, 101))
            rows = rows_1_2("passed", began, draw.randrange(200, 900), score=score)
            history.attempt(EXTINGUISHER, user, rows, number=number)
        if draw.random() < 0.8:
            scaled = f"{draw.randrange(70, 100) / 100:g}"
            rows = rows_2004("completed", "passed", began + 3600, 480, scaled=scaled)
            history.attempt(EVACUATION, user, rows)
    if draw.random() < 0.35:
        history.enrol(PRIVACY, user)
        began = now - draw.randrange(20, 500) * _DAY
        for part in range(draw.choice((0, 2, 5, 5, 5))):
            rows = rows_1_2("completed", began + 300 * part, 180)
            history.attempt(NUTSHELL, user, rows, part=part)
    if draw.random() < 0.5:
        history.enrol(SECURITY, user)
        scaled = f"{draw.randrange(50, 100) / 100:g}"
        success = "passed" if float(scaled) >= 0.7 else "failed"
        began = now - draw.randrange(10, 300) * _DAY
        history.attempt(PASSWORDS, user, rows_2004("completed", success, began, 900, scaled=scaled))
    if draw.random() < 0.3:
        history.enrol(LEADING, user)
        began = now - draw.randrange(20, 90) * _DAY
        if draw.random() < 0.8:
            rows = rows_2004("completed", "unknown", began, 1700)
        else:
            rows = rows_2004("incomplete", "unknown", began, 300)
        history.attempt(FEEDBACK, user, rows)
    if draw.random() < 0.4:
        history.enrol(WELCOME, user)
        began = now - draw.randrange(100, 700) * _DAY
        history.attempt(TOUR, user, rows_1_2("completed", began, 240))
