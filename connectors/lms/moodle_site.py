"""Asks one Moodle for courses, students, packages and what has changed. Remembers what is small."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import BadRecord, NeedsAttention, Unavailable
from connectors.lms.moodle_records import Sco, Site, scos
from connectors.lms.moodle_values import Json, instant, is_student, listed, whole
from connectors.lms.moodle_ws import MoodleWebService, NoRight, NotThere

SITE_COURSE = 1
SEPARATE_GROUPS = 1
IDS_PER_CALL = 200  # PHP's max_input_vars is often 1000
USER_FIELDS = "id,username,fullname,email,idnumber,roles,lastcourseaccess"
UPDATE_OVERLAP = timedelta(seconds=2)  # updates_since compares with ">", in whole seconds
ACCESS_OVERLAP = timedelta(seconds=62)  # the last access to a course is noted once a minute


@dataclass(frozen=True, slots=True)
class Changes:
    """What has moved in a course since an instant.

    users: whom to read. modules: numbers of the modules with new tracks. None: all of them.
    """

    users: frozenset[int] | None = None
    modules: frozenset[int] | None = None


EVERYTHING = Changes()


def batches(ids: Iterable[int]) -> list[list[int]]:
    """The ids in ascending order, as many at a time as one call may carry."""
    ordered = sorted(ids)
    return [ordered[at : at + IDS_PER_CALL] for at in range(0, len(ordered), IDS_PER_CALL)]


class MoodleSite:
    """The calls behind the streams."""

    def __init__(self, service: MoodleWebService, config: Mapping[str, Any]) -> None:
        self.service = service
        self._config = config
        self._names: Site | None = None
        self._scorms: dict[int, list[Json]] = {}
        self._denied: set[int] = set()
        self._scos: dict[int, list[Sco]] = {}
        self._id_numbers: dict[int, str] = {}

    def info(self) -> dict[str, Any]:
        """Who and what answers."""
        try:
            info = self.service.mapping("core_webservice_get_site_info")
        except BadRecord as error:
            raise NeedsAttention(error.message, hint=error.hint) from error
        if not isinstance(info.get("siteurl"), str) or not info["siteurl"]:
            raise Unavailable(
                "Moodle did not say its own address (siteurl).",
                hint="Check that the address is that of a Moodle site.",
            )
        return info

    @property
    def names(self) -> Site:
        """How this site names people and activities. siteurl, since base_url may be an alias."""
        if self._names is None:
            home = self._config["username_home_page"]
            self._names = Site(self.info()["siteurl"].rstrip("/"), home)
        return self._names

    def courses(self) -> list[Json]:
        """The courses to read, by number; without the site's own page."""
        try:
            body = self.service.mapping("core_course_get_courses_by_field")
            rows = [row for row in listed(body, "courses") if whole(row, "id") != SITE_COURSE]
        except BadRecord as error:
            raise NeedsAttention(
                f"The list of courses was not read. {error.message}", hint=error.hint
            ) from error
        left_out = set(self._config["leave_out_courses"])
        hidden_too = self._config["include_hidden"]
        return sorted(
            (
                row
                for row in rows
                if whole(row, "id") not in left_out and (hidden_too or row.get("visible", 1))
            ),
            key=lambda row: whole(row, "id"),
        )

    def enrolled(self, course_id: int) -> list[Json]:
        """Everybody with one of the student roles in a course, as Moodle sends them."""
        size = self._config["page_size"]
        rows: list[Json] = []
        while True:
            options = {
                "userfields": USER_FIELDS,
                "limitfrom": len(rows),
                "limitnumber": size,
                "sortby": "id",
            }
            page = self.service.rows(
                "core_enrol_get_enrolled_users",
                courseid=course_id,
                options=[{"name": name, "value": value} for name, value in options.items()],
            )
            rows += page
            if len(page) < size:
                break
        roles = self._config["student_roles"]
        return [row for row in rows if is_student(row, roles)]

    def students(self, course_id: int) -> list[Json]:
        """Those of enrolled() that have a user id, by user id, each once."""
        found: dict[int, Json] = {}
        for row in self.enrolled(course_id):
            try:
                found[whole(row, "id")] = row
            except BadRecord:
                continue  # the stream "registrations" sets it aside with its raw payload
        return [found[number] for number in sorted(found)]

    def accounts(self, ids: Iterable[int]) -> dict[int, Json]:
        """User accounts by id, with ``suspended``; those that Moodle does not show are missing."""
        found: dict[int, Json] = {}
        for batch in batches(ids):
            rows = self.service.rows("core_user_get_users_by_field", field="id", values=batch)
            found |= {whole(row, "id"): row for row in rows}
        return found

    def load_scorms(self, course_ids: Iterable[int]) -> None:
        """Fetch the packages of many courses at once."""
        for batch in batches(set(course_ids) - self._scorms.keys()):
            body = self.service.mapping("mod_scorm_get_scorms_by_courses", courseids=batch)
            self._scorms |= {course_id: [] for course_id in batch}
            for row in listed(body, "scorms"):
                self._scorms.setdefault(whole(row, "course"), []).append(row)
            # A course without access is not an error here, only a warning.
            self._denied |= {
                whole(warning, "itemid")
                for warning in listed({"warnings": [], **body}, "warnings")
                if warning.get("item") == "course"
            }

    def scorms(self, course_id: int) -> list[Json]:
        """The packages of a course. Raises NoRight where Moodle hides them."""
        self.load_scorms([course_id])
        if course_id in self._denied:
            raise NoRight(
                "Moodle does not show its SCORM packages to the service account.",
                code="errorcoursecontextnotvalid",
                hint="Its role needs moodle/course:view and moodle/course:viewhiddencourses at "
                "system level.",
            )
        return sorted(self._scorms[course_id], key=lambda row: whole(row, "id"))

    def scos(self, scorm: Json) -> list[Sco]:
        """The SCOs of a package. Raises BadRecord for a package of an unknown version."""
        number = whole(scorm, "id")
        if number not in self._scos:
            reply = self.service.mapping("mod_scorm_get_scorm_scoes", scormid=number)
            self._scos[number] = scos(self.names, scorm, reply)
        return self._scos[number]

    def id_number(self, course_id: int, student_id: int) -> str | None:
        """The course's ID number, which Moodle tells only through somebody enrolled in it."""
        if course_id not in self._id_numbers:
            try:
                rows = self.service.rows("core_enrol_get_users_courses", userid=student_id)
            except (NoRight, NotThere):
                rows = []
            self._id_numbers |= {whole(row, "id"): str(row.get("idnumber") or "") for row in rows}
        return self._id_numbers.get(course_id) or None

    def course_status(self, course_id: int, user_id: int) -> Json:
        """Course completion of one student. Without criteria: an empty list of them."""
        try:
            body = self.service.mapping(
                "core_completion_get_course_completion_status", courseid=course_id, userid=user_id
            )
        except NotThere as error:
            if error.code == "nocriteriaset":
                return {"completed": False, "completions": []}
            raise
        status = body.get("completionstatus")
        if not isinstance(status, Mapping):
            raise BadRecord(
                "Moodle sent a course completion without its status.",
                code="missing_completionstatus",
                pointer="completionstatus",
            )
        return status

    def activity_statuses(self, course_id: int, user_id: int) -> list[Json]:
        """Completion of the tracked modules of a course for one student."""
        body = self.service.mapping(
            "core_completion_get_activities_completion_status", courseid=course_id, userid=user_id
        )
        return [row for row in listed(body, "statuses") if row.get("tracking") != 0]

    def tracks(self, sco: Sco, user_id: int, number: int) -> Json:
        """The stored data of one attempt; 0 is the last one."""
        return self.service.mapping(
            "mod_scorm_get_scorm_sco_tracks", scoid=sco.sco_id, userid=user_id, attempt=number
        )

    def changes(self, course: Json, students: Iterable[Json], since: datetime | None) -> Changes:
        """What to read again. Everything on a first load, and in separate groups.

        A service account that is in no group is not told about tracks in separate groups, even with
        the right to see all groups. What shows in no list of changes (a mark that a teacher set by
        hand, a deleted attempt) is found by the next full read.
        """
        if since is None or course.get("groupmode") == SEPARATE_GROUPS:
            return EVERYTHING
        course_id, moved_since = whole(course, "id"), since - UPDATE_OVERLAP
        body = self.service.mapping(
            "core_course_get_updates_since",
            courseid=course_id,
            since=int(moved_since.timestamp()),
        )
        instances = listed(body, "instances")
        moved = frozenset(
            whole(instance, "id")
            for instance in instances
            if any(update.get("name") == "usertracks" for update in listed(instance, "updates"))
        )
        active = {
            whole(user, "id")
            for user in students
            if _since(user, "lastcourseaccess", since - ACCESS_OVERLAP)
        }
        if instances:
            active |= self._graded(course_id, moved_since)
        return Changes(frozenset(active), moved)

    def _graded(self, course_id: int, since: datetime) -> set[int]:
        """Students of whom a grade was written since then."""
        body = self.service.mapping(
            "gradereport_user_get_grade_items", courseid=course_id, userid=0
        )
        return {
            whole(row, "userid")
            for row in listed(body, "usergrades")
            for item in listed(row, "gradeitems")
            if _since(item, "gradedategraded", since)
        }


def _since(row: Json, name: str, since: datetime) -> bool:
    moment = instant(row.get(name), name)
    return moment is not None and moment >= since
