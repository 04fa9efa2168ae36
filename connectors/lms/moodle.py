"""Moodle: courses, people, completions and SCORM attempts through the REST web service.

Reads only. Times of enrolment and grades are not read: Moodle tells the first nowhere, and its
gradebook shows 0 for a package that never sent a score.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import CheckResult, Connector, Kind, Page, Stream, Tier
from connectors.errors import BadRecord
from connectors.http import HttpSession
from connectors.lms import moodle_records as records
from connectors.lms.moodle_check import check
from connectors.lms.moodle_config import MoodleConfig
from connectors.lms.moodle_records import Sco
from connectors.lms.moodle_site import Changes, MoodleSite
from connectors.lms.moodle_steps import Step, course_left, done, pages, set_aside
from connectors.lms.moodle_values import Json, listed, whole
from connectors.lms.moodle_ws import MoodleWebService, NoRight, NotThere
from connectors.records import ActivityRef, Record, ScormAttempt


class Moodle(Connector):
    """Moodle 4.1 and newer."""

    key = "moodle"
    title = "Moodle"
    kind = Kind.LMS
    tier = Tier.DOCUMENTED
    about = (
        "Reads courses, SCORM attempts and completions through Moodle's REST web service. "
        "Needs a token of a service account; writes nothing."
    )
    Config = MoodleConfig
    streams = (
        Stream("courses", "Courses", snapshot=True),
        Stream("people", "People", snapshot=True),
        Stream("registrations", "Registrations", snapshot=True),
        Stream("completions", "Completions", look_back=timedelta(minutes=5)),
        Stream("scorm_attempts", "SCORM attempts", look_back=timedelta(minutes=5)),
    )

    def __init__(self, config: Mapping[str, Any], http: HttpSession) -> None:
        super().__init__(config, http)
        self._site = MoodleSite(MoodleWebService(http, config["token"]), config)
        self._uncounted: set[int] = set()

    def check(self) -> CheckResult:
        """Ask for one known object per right. Raises ConnectorError."""
        return check(self._site)

    def read(self, stream: str, since: datetime | None, resume: Any) -> Iterator[Page]:
        """Yield pages of about 200 records, by course and user. See Connector.read.

        resume: {"course": id, "user": id} or {"user": id} is the last that is done; {"course": id}
        is a course that is done. A page may be empty where a long stretch held nothing.
        """
        steps: dict[str, Callable[[], Iterator[Step]]] = {
            "courses": lambda: self._courses(resume),
            "people": lambda: self._people(resume),
            "registrations": lambda: self._by_course(stream, resume, self._registrations),
            "completions": lambda: self._by_course(
                stream, resume, lambda row, left: self._completions(row, left, since)
            ),
            "scorm_attempts": lambda: self._by_course(
                stream, resume, lambda row, left: self._attempts(row, left, since)
            ),
        }
        yield from pages(steps[stream]())

    def _courses(self, resume: Any) -> Iterator[Step]:
        rows = [row for row in self._site.courses() if not done(row, resume)]
        self._site.load_scorms(whole(row, "id") for row in rows)
        for row in rows:
            number = whole(row, "id")
            try:
                found: Sequence[Record] = self._course(row)
            except BadRecord as error:
                found = () if isinstance(error, NotThere) else (course_left(row, "courses", error),)
            yield {"course": number}, found

    def _course(self, row: Json) -> list[Record]:
        site, number = self._site, whole(row, "id")
        sections = site.service.rows("core_course_get_contents", courseid=number)
        modules = [module for section in sections for module in listed(section, "modules")]
        rejected: list[Record] = []
        lessons: list[Sco] = []
        for scorm in site.scorms(number):
            try:
                lessons += site.scos(scorm)
            except NoRight:
                raise
            except BadRecord as error:
                rejected.append(set_aside(f"scorm:{whole(scorm, 'id')}", scorm, error))
        student = next((whole(user, "id") for user in site.students(number)), None)
        status = None
        if row.get("enablecompletion", 1) and student is not None:
            try:
                status = site.course_status(number, student)
            except (NoRight, NotThere):
                status = None
        found = records.course(
            site.names,
            row,
            modules=modules,
            lessons=lessons,
            status=status,
            id_number=None if student is None else site.id_number(number, student),
        )
        return [found, *rejected]

    def _people(self, resume: Any) -> Iterator[Step]:
        after = resume["user"] if resume else 0
        users: dict[int, Json] = {}
        for row in self._site.courses():
            try:
                users |= {whole(user, "id"): user for user in self._site.students(whole(row, "id"))}
            except BadRecord:
                continue  # the stream "registrations" says which course could not be read
        left = sorted(number for number in users if number > after)
        accounts = self._site.accounts(left)
        for number in left:
            account = {**users[number], **accounts.get(number, {})}
            yield {"user": number}, [records.person(self._site.names, account)]

    def _by_course(
        self,
        stream: str,
        resume: Any,
        read: Callable[[Json, int], Iterator[Step]],
    ) -> Iterator[Step]:
        """The steps of *read*(course, last user done) for every course that is not done."""
        for row in self._site.courses():
            if done(row, resume):
                continue
            number = whole(row, "id")
            after = resume["user"] if resume and resume["course"] == number else 0
            try:
                yield from read(row, after)
            except NotThere:
                yield {"course": number}, ()
            except BadRecord as error:
                yield {"course": number}, [course_left(row, stream, error)]

    def _registrations(self, row: Json, after: int) -> Iterator[Step]:
        number = whole(row, "id")
        activity = self._site.names.course(row)
        users: dict[int, Json] = {}
        rejected: list[Record] = []
        for position, user in enumerate(self._site.enrolled(number)):
            try:
                users[whole(user, "id")] = user
            except BadRecord as error:
                key = f"course:{number}:user:unknown-{position}"
                rejected.append(set_aside(key, user, error))
        if rejected and not after:
            yield {"course": number, "user": 0}, rejected
        for user_id in sorted(user_id for user_id in users if user_id > after):
            found = records.registration(self._site.names, activity, number, users[user_id])
            yield {"course": number, "user": user_id}, [found]

    def _to_read(
        self, row: Json, after: int, since: datetime | None
    ) -> tuple[Changes, Iterator[tuple[int, Json]]]:
        students = self._site.students(whole(row, "id"))
        changes = self._site.changes(row, students, since)
        left = (
            (number, user)
            for user in students
            if (number := whole(user, "id")) > after
            and (changes.users is None or number in changes.users)
        )
        return changes, left

    def _completions(self, row: Json, after: int, since: datetime | None) -> Iterator[Step]:
        if not row.get("enablecompletion", 1):
            return
        course_id = whole(row, "id")
        _, users = self._to_read(row, after, since)
        for number, user in users:
            found: list[Record] = []
            for ask in (self._module_completions, self._course_completion):
                try:
                    found += ask(row, user)
                except NotThere:
                    continue
                except NoRight:
                    raise
                except BadRecord as error:
                    key = f"course:{course_id}:user:{number}:{ask.__name__.strip('_')}"
                    found.append(set_aside(key, user, error))
            yield {"course": course_id, "user": number}, found

    def _module_completions(self, row: Json, user: Json) -> list[Record]:
        names, course_id = self._site.names, whole(row, "id")
        activity = names.course(row)
        found: list[Record] = []
        for status in self._site.activity_statuses(course_id, whole(user, "id")):
            try:
                found.append(records.module_completion(names, activity, course_id, user, status))
            except BadRecord as error:
                key = f"course:{course_id}:user:{whole(user, 'id')}:cm:{status.get('cmid')}"
                found.append(set_aside(key, status, error))
        return found

    def _course_completion(self, row: Json, user: Json) -> list[Record]:
        names, course_id = self._site.names, whole(row, "id")
        if course_id in self._uncounted:
            return []
        status = self._site.course_status(course_id, whole(user, "id"))
        found = records.course_completion(names, names.course(row), course_id, user, status)
        if found is None:
            self._uncounted.add(course_id)
            return []
        return [found]

    def _attempts(self, row: Json, after: int, since: datetime | None) -> Iterator[Step]:
        course_id = whole(row, "id")
        scorms = self._site.scorms(course_id)
        if not scorms:
            return
        changes, users = self._to_read(row, after, since)
        lessons: list[Sco] = []
        for scorm in scorms:
            if changes.modules is None or whole(scorm, "coursemodule") in changes.modules:
                lessons += self._lessons(scorm)
        if not lessons:
            return
        activity = self._site.names.course(row)
        for number, user in users:
            found: list[Record] = []
            for sco in lessons:
                found += self._attempts_at(sco, activity, user, since)
            yield {"course": course_id, "user": number}, found

    def _lessons(self, scorm: Json) -> list[Sco]:
        try:
            return self._site.scos(scorm)
        except NoRight:
            raise
        except BadRecord:
            return []  # the stream "courses" sets the package aside with its raw payload

    def _attempts_at(
        self, sco: Sco, activity: ActivityRef, user: Json, since: datetime | None
    ) -> list[Record]:
        """The attempts of one user, oldest first: from the last one down to what is known."""
        user_id = whole(user, "id")
        found: list[Record] = []
        number, lowest = 0, False  # Moodle answers 0 with the last one
        while not lowest:
            raw: Json = {}
            try:
                raw = self._site.tracks(sco, user_id, number)
                number = records.attempt_number(raw)
                attempt = records.attempt(self._site.names, activity, sco, user, raw)
            except NotThere:
                break
            except NoRight:
                raise
            except BadRecord as error:
                key = f"scorm:{sco.scorm_id}:sco:{sco.sco_id}:user:{user_id}:attempt:{number}"
                found.append(set_aside(key, raw, error))
            else:
                if attempt is not None and _known(attempt, since):
                    break
                found += [attempt] if attempt else []
            number, lowest = number - 1, number <= 1
        return found[::-1]


def _known(attempt: ScormAttempt, since: datetime | None) -> bool:
    """Whether an attempt was last written before *since* and was therefore read before."""
    if since is None or attempt.modified_at is None:
        return False
    return attempt.modified_at < since - timedelta(seconds=2)
