"""Proves each right of the service account on a known object.

A missing right mostly makes Moodle answer with fewer fields or an empty list instead of an error,
so a read that fetched less than there is would look like a success.
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import CheckResult, Grant
from connectors.errors import BadRecord, NeedsAttention
from connectors.lms.moodle_records import VERSIONS
from connectors.lms.moodle_site import MoodleSite
from connectors.lms.moodle_values import Json, listed, whole
from connectors.lms.moodle_ws import ROLES, SERVICES, NotThere

FUNCTIONS = (
    "core_completion_get_activities_completion_status",
    "core_completion_get_course_completion_status",
    "core_course_get_contents",
    "core_course_get_courses_by_field",
    "core_course_get_updates_since",
    "core_enrol_get_enrolled_users",
    "core_enrol_get_users_courses",
    "core_user_get_users_by_field",
    "core_webservice_get_site_info",
    "gradereport_user_get_grade_items",
    "mod_scorm_get_scorm_sco_tracks",
    "mod_scorm_get_scorm_scoes",
    "mod_scorm_get_scorms_by_courses",
)
COURSES_TRIED = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What the probes are tried on: some courses, and a student in one of them."""

    courses: tuple[Json, ...]
    course: Json | None = None
    users: tuple[Json, ...] = ()

    @property
    def pair(self) -> tuple[int, int] | None:
        """Course and user, if somebody is enrolled."""
        if self.course is None:
            return None
        return whole(self.course, "id"), whole(self.users[0], "id")


def _rights(*names: str) -> str:
    return f"Under {ROLES}, give the role of the service account {' and '.join(names)}."


def check(site: MoodleSite) -> CheckResult:
    """One grant per right. Raises ConnectorError when Moodle cannot be talked to at all."""
    info = site.info()
    release = str(info.get("release") or "of an unknown version").partition(" (")[0]
    system = f"{info.get('sitename') or site.names.url}, Moodle {release}"
    functions = _functions(info)
    if functions.ok is False:
        return CheckResult(system, (functions,))
    known = Known(tuple(site.courses()[:COURSES_TRIED]))
    courses = _tried(
        "Courses",
        _rights("moodle/course:view", "moodle/course:viewhiddencourses"),
        lambda: _courses(site, known),
    )
    if courses.ok is True:
        known = _known(site, known)
    return CheckResult(system, (functions, courses, *_about_people(site, known)))


def _functions(info: Json) -> Grant:
    granted = {row.get("name") for row in listed(info, "functions")}
    missing = [name for name in FUNCTIONS if name not in granted]
    return Grant(
        "Functions of the service",
        not missing,
        f"Missing: {', '.join(missing)}." if missing else f"All {len(FUNCTIONS)} are there.",
        f"Add them under {SERVICES} › Functions." if missing else "",
    )


def _tried(name: str, fix: str, probe: Callable[[], str | None]) -> Grant:
    """The grant that *probe* shows: what it found; None for nothing to try it on."""
    try:
        detail = probe()
    except NotThere as error:
        return Grant(name, None, error.message)
    except (BadRecord, NeedsAttention) as error:
        return Grant(name, False, error.message, fix)
    return Grant(name, None if detail is None else True, detail or "Nothing there to try it on.")


def _courses(site: MoodleSite, known: Known) -> str | None:
    if not known.courses:
        return None
    for row in known.courses:
        site.service.rows("core_course_get_contents", courseid=whole(row, "id"))
    return f"The first {len(known.courses)} could be opened."


def _known(site: MoodleSite, known: Known) -> Known:
    """With the students of the first course that has completion and students; else any students."""
    preferred = sorted(known.courses, key=lambda row: not row.get("enablecompletion", 1))
    for row in preferred:
        users = site.students(whole(row, "id"))
        if users:
            return Known(known.courses, row, tuple(users))
    return known


def _about_people(site: MoodleSite, known: Known) -> tuple[Grant, ...]:
    completion = bool(known.course and known.course.get("enablecompletion", 1))
    return (
        _participants(site, known),
        _field(known, "email", "E-mail addresses", none_is=False),
        _field(known, "idnumber", "ID numbers", none_is=None),
        _tried(
            "Account status",
            _rights("moodle/user:viewdetails"),
            lambda: _accounts(site, known),
        ),
        _tried(
            "SCORM results of others",
            _rights("mod/scorm:viewreport"),
            lambda: _tracks(site, known),
        ),
        _tried(
            "Completion of activities",
            _rights("report/progress:view"),
            lambda: _activities(site, known) if completion else None,
        ),
        _tried(
            "Completion of courses",
            _rights("report/completion:view"),
            lambda: _course_status(site, known) if completion else None,
        ),
        _tried(
            "Grades, to see what changed",
            _rights("gradereport/user:view", "moodle/grade:viewall"),
            lambda: _grades(site, known),
        ),
    )


def _participants(site: MoodleSite, known: Known) -> Grant:
    name = "Participants"
    if known.users:
        return Grant(name, True, f"{len(known.users)} learners in one course.")
    fix = _rights("moodle/course:viewparticipants", "moodle/user:viewdetails")
    fix += " If there are learners with another role, add its short name to the source."
    for row in known.courses:
        # The gradebook lists those enrolled without the rights that the list of participants needs.
        try:
            body = site.service.mapping(
                "gradereport_user_get_grade_items", courseid=whole(row, "id"), userid=0
            )
        except (BadRecord, NeedsAttention):
            break
        if listed(body, "usergrades"):
            detail = f"“{row.get('fullname')}” has participants, but Moodle shows no learner."
            return Grant(name, False, detail, fix)
    detail = f"No learner seen in {len(known.courses)} courses: nobody enrolled, or no right."
    return Grant(name, None, detail, fix)


def _field(known: Known, field: str, name: str, *, none_is: bool | None) -> Grant:
    if not known.users:
        return Grant(name, None, "No learner to try it on.")
    having = sum(bool(user.get(field)) for user in known.users)
    detail = f"{having} of {len(known.users)} learners have one."
    if having:
        return Grant(name, True, detail)
    fix = _rights("moodle/site:viewuseridentity", "moodle/course:useremail")
    fix += (
        f" Under Site administration › Users › Permissions › User policies, see that “{field}” is "
        "among the user identity fields."
    )
    return Grant(name, none_is, detail, fix)


def _accounts(site: MoodleSite, known: Known) -> str | None:
    if known.pair is None:
        return None
    user_id = known.pair[1]
    account = site.accounts([user_id]).get(user_id)
    if account is None or "suspended" not in account:
        raise BadRecord("Moodle does not tell whether an account is suspended.", code="no_account")
    return "Moodle tells whether an account is suspended."


def _tracks(site: MoodleSite, known: Known) -> str | None:
    if known.pair is None:
        return None
    course_id, user_id = known.pair
    for scorm in site.scorms(course_id):
        if scorm.get("version") not in VERSIONS:
            continue
        for sco in site.scos(scorm):
            listed(site.tracks(sco, user_id, 0).get("data"), "tracks")
            return "Read for one learner."
    return None


def _activities(site: MoodleSite, known: Known) -> str | None:
    if known.pair is None:
        return None
    return f"{len(site.activity_statuses(*known.pair))} activities read for one learner."


def _course_status(site: MoodleSite, known: Known) -> str | None:
    if known.pair is None:
        return None
    site.course_status(*known.pair)
    return "Read for one learner."


def _grades(site: MoodleSite, known: Known) -> str | None:
    if known.pair is None:
        return None
    body = site.service.mapping(
        "gradereport_user_get_grade_items", courseid=known.pair[0], userid=0
    )
    listed(body, "usergrades")
    return "Read for one course."
