"""Moodle's answers as records. Pure: no request is sent here.

Activities carry the addresses that Moodle itself uses, and people the account {site, user id}, as
the plugin logstore_xapi of the same site writes them: pushed and pulled statements meet. Raises
BadRecord for what cannot be understood; an unknown status word is no such thing (scorm/ flags it).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.errors import BadRecord
from connectors.lms.moodle_values import Json, instant, listed, title, whole
from connectors.records import (
    ActivityKind,
    ActivityRef,
    Completion,
    Course,
    Identifier,
    Modality,
    Part,
    Person,
    PersonRef,
    Registration,
    RegistrationStatus,
    ScormAttempt,
)

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
LINKED_MODULE = re.compile(r"/view\.php\?id=(\d+)")
ACTIVITY_CRITERION = 4
ALL_CRITERIA = 1

Version = Literal["1.2", "2004"]
# Moodle stores what AICC packages report under the element names of SCORM 1.2.
VERSIONS: dict[str, Version] = {"SCORM_1.2": "1.2", "SCORM_1.3": "2004", "AICC": "1.2"}
# lib/completionlib.php: incomplete, complete, complete with pass, with fail, with hidden fail.
STATES: dict[int, tuple[bool | None, bool | None]] = {
    0: (None, None),
    1: (True, None),
    2: (True, True),
    3: (True, False),
    4: (True, False),
}


@dataclass(frozen=True, slots=True)
class Site:
    """The names of one Moodle. url is the site's own address, without a slash at the end.

    username_home_page: home page of accounts by user name, where the site pushes those.
    """

    url: str
    username_home_page: str | None = None

    def course(self, course: Json) -> ActivityRef:
        """The IRI and title of a course."""
        number = whole(course, "id")
        return ActivityRef(
            f"{self.url}/course/view.php?id={number}",
            ActivityKind.COURSE,
            title(course, "fullname"),
        )

    def module(self, modname: str, cmid: int, name: str | None = None) -> ActivityRef:
        """The IRI and title of a module, by the number of its place in the course."""
        return ActivityRef(
            f"{self.url}/mod/{modname}/view.php?id={cmid}", ActivityKind.MODULE, name
        )

    def person(self, user: Json) -> PersonRef:
        """All names of a user; Moodle leaves out the keys that are empty or not allowed."""
        names = [Identifier("account", str(whole(user, "id")), self.url)]
        if ADDRESS.fullmatch(mail := str(user.get("email") or "").strip()):
            names.append(Identifier("mbox", mail))
        if number := str(user.get("idnumber") or "").strip():
            names.append(Identifier("employee_id", number))
        if self.username_home_page and (username := str(user.get("username") or "")):
            names.append(Identifier("account", username, self.username_home_page))
        return PersonRef(tuple(names), title(user, "fullname"))


@dataclass(frozen=True, slots=True)
class Sco:
    """One SCO and the package that it is in."""

    scorm_id: int
    sco_id: int
    version: Version
    module: ActivityRef
    activity: ActivityRef


def scos(site: Site, scorm: Json, reply: Json) -> list[Sco]:
    """What a learner can attempt in a package: type "sco" and something to launch."""
    version = VERSIONS.get(str(scorm.get("version")))
    if version is None:
        raise BadRecord(
            f"The package “{title(scorm, 'name')}” is of a version that is not known: "
            f"“{scorm.get('version')}”.",
            code="unknown_scorm_version",
            hint="Attempts at SCORM 1.2, SCORM 2004 and AICC packages are read.",
            pointer="version",
        )
    module = site.module("scorm", whole(scorm, "coursemodule"), title(scorm, "name"))
    found = []
    for row in listed(reply, "scoes"):
        if row.get("scormtype") == "sco" and row.get("launch"):
            number = whole(row, "id")
            lesson = ActivityRef(
                f"{module.iri}#sco-{number}", ActivityKind.LESSON, title(row, "title")
            )
            found.append(Sco(whole(scorm, "id"), number, version, module, lesson))
    return found


def required_modules(status: Json | None) -> dict[int, bool | None] | None:
    """By module number, whether course completion depends on it; None if that cannot be told.

    Modules that are not in the result do not count. Where any one criterion is enough, none of
    them is required by itself.
    """
    if status is None:
        return None
    counts = True if status.get("aggregation") == ALL_CRITERIA else None
    found: dict[int, bool | None] = {}
    for criterion in listed(status, "completions"):
        details = criterion.get("details")
        link = str(details.get("criteria")) if isinstance(details, Mapping) else ""
        if criterion.get("type") == ACTIVITY_CRITERION and (match := LINKED_MODULE.search(link)):
            found[int(match[1])] = counts
    return found


def course(
    site: Site,
    row: Json,
    *,
    modules: Iterable[Json],
    lessons: Iterable[Sco],
    status: Json | None,
    id_number: str | None,
) -> Course:
    """A course with its SCORM packages, their SCOs and the other modules that count.

    status: course completion of any one student, for the criteria; None if it cannot be read. The
    code is the course's ID number, else its short name.
    """
    activity = site.course(row)
    required = required_modules(status)
    below: dict[str, list[Sco]] = {}
    for sco in lessons:
        below.setdefault(sco.module.iri, []).append(sco)
    parts: list[Part] = []
    for module in modules:
        modname = str(module.get("modname"))
        if modname != "scorm" and not module.get("completion"):
            continue
        cmid = whole(module, "id")
        place = site.module(modname, cmid, title(module, "name"))
        counts = None if required is None else required.get(cmid, False)
        parts.append(Part(place, activity.iri, counts))
        parts.extend(Part(sco.activity, place.iri) for sco in below.get(place.iri, []))
    return Course(
        key=f"course:{whole(row, 'id')}",
        raw=row,
        course=activity,
        code=id_number or title(row, "shortname"),
        modality=Modality.SELF_PACED,
        parts=tuple(parts),
        completion_tracked=(
            bool(row.get("enablecompletion", 1))
            if status is None
            else bool(listed(status, "completions"))
        ),
    )


def person(site: Site, user: Json) -> Person:
    """A user account."""
    number = whole(user, "id")
    return Person(
        key=f"user:{number}", raw=user, person=site.person(user), active=not user.get("suspended")
    )


def registration(site: Site, in_course: ActivityRef, course_id: int, user: Json) -> Registration:
    """A student of a course. Moodle's web service does not say since when."""
    return Registration(
        key=f"course:{course_id}:user:{whole(user, 'id')}",
        raw=user,
        person=site.person(user),
        course=in_course,
        activity=in_course,
        status=RegistrationStatus.REGISTERED,
    )


def module_completion(
    site: Site, in_course: ActivityRef, course_id: int, user: Json, row: Json
) -> Completion:
    """What Moodle says about one module. State 0 gives completion None, so that a reset shows."""
    state, cmid = whole(row, "state"), whole(row, "cmid")
    if state not in STATES:
        raise BadRecord(
            f"Moodle sent the completion state {state}, which is not known.",
            code="unknown_state",
            hint="Please report this with the version of Moodle.",
            pointer="state",
        )
    completion, success = STATES[state]
    changed = instant(row.get("timecompleted"), "timecompleted")
    return Completion(
        key=f"course:{course_id}:user:{whole(user, 'id')}:cm:{cmid}",
        modified_at=changed,
        raw=row,
        person=site.person(user),
        course=in_course,
        activity=site.module(str(row.get("modname")), cmid),
        completion=completion,
        success=success,
        completed_at=changed if completion else None,
        overridden=row.get("overrideby") is not None,
    )


def course_completion(
    site: Site, in_course: ActivityRef, course_id: int, user: Json, status: Json
) -> Completion | None:
    """What Moodle says about the course; None if it has no criteria to say it by.

    Moodle gives no time for the course: it was complete when its last criterion was met, or its
    first one where any is enough. It does not say when this last changed either.
    """
    criteria = listed(status, "completions")
    if not criteria:
        return None
    times = [instant(row.get("timecompleted"), "timecompleted") for row in criteria]
    met = sorted(time for time in times if time is not None)
    completed = status.get("completed") is True
    decisive = None
    if met and completed:
        decisive = met[-1] if status.get("aggregation") == ALL_CRITERIA else met[0]
    return Completion(
        key=f"course:{course_id}:user:{whole(user, 'id')}:course",
        # No modified_at: the newest criterion gets older when one of them is reset.
        raw=status,
        person=site.person(user),
        course=in_course,
        activity=in_course,
        completion=completed,
        completed_at=decisive,
    )


def attempt_number(reply: Json) -> int:
    """Which attempt an answer is about; asked for attempt 0, Moodle answers with the last one."""
    return whole(reply.get("data"), "attempt")


def attempt(
    site: Site, in_course: ActivityRef, sco: Sco, user: Json, reply: Json
) -> ScormAttempt | None:
    """One attempt at one SCO; None if the learner has not begun it."""
    rows = listed(reply.get("data"), "tracks")
    if not all("element" in row and "value" in row for row in rows):
        raise BadRecord(
            "Moodle sent a track without an element or a value.",
            code="bad_track",
            hint="Look at the raw record. A plugin or a proxy may have changed the answer.",
            pointer="tracks",
        )
    tracks = {str(row["element"]): row["value"] for row in rows if row["value"] is not None}
    if not tracks:
        return None
    number, user_id = attempt_number(reply), whole(user, "id")
    return ScormAttempt(
        key=f"scorm:{sco.scorm_id}:sco:{sco.sco_id}:user:{user_id}:attempt:{number}",
        modified_at=instant(tracks.get("timemodified"), "timemodified"),
        raw=reply,
        person=site.person(user),
        course=in_course,
        module=sco.module,
        sco=sco.activity,
        attempt=number,
        version=sco.version,
        cmi={name: str(value) for name, value in tracks.items() if name.startswith("cmi.")},
        started_at=instant(tracks.get("x.start.time"), "x.start.time"),
    )
