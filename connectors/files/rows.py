"""One row becomes records. States only what the row says: a mark is not a completion.

Keys are made of the row's own ids (learner, course, session), never of file names or line numbers,
so that the same row in the next export is the same record and a changed mark is a correction.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from connectors.files.cells import Row, text_of
from connectors.files.mapping import Columns
from connectors.files.presets import COURSE_FIELDS, LEARNER_FIELDS, PERSON_FIELDS, Field
from connectors.files.rowcells import RowCells, Rules
from connectors.files.values import Moment, parse_score
from connectors.records import (
    ActivityKind,
    ActivityRef,
    Assessment,
    Attendance,
    AttendanceStatus,
    Certificate,
    Course,
    Identifier,
    Modality,
    Person,
    PersonRef,
    Record,
    Registration,
    RegistrationStatus,
    Rejected,
    Session,
)

ONE_DAY = 24 * 3600
LONG = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """What one row says. key names the row by its learner, course and session."""

    key: str
    catalogue: tuple[Record, ...]
    """Course, session and person."""
    facts: tuple[Record, ...]
    """Registration, attendance, assessment and certificate, or the row as Rejected."""


def understand(row: Row, columns: Columns, rules: Rules, place: str) -> Understood:
    """The records of *row*; *place* is the file and line that a rejection points to."""
    cells = RowCells.of(row, columns, rules)
    if row.fault:
        cells.fault(
            "broken_line", f"The line cannot be split into cells: {row.fault}.",
            "A quotation mark is missing or doubled; correct the line or export again.",
        )  # fmt: skip
        return _set_aside(cells, "", place)
    extra = [text_of(cell) for cell in row.cells[len(columns.headers) :] if text_of(cell).strip()]
    if extra:
        cells.fault(
            "too_many_cells",
            f"The line has more cells than the header, beginning with “{extra[0][:80]}”, so the "
            f"columns may have slipped.",
            "A delimiter inside a value needs quotation marks around the value.",
        )
    learner = _learner(cells)
    course = _course(cells)
    if learner is None or course is None:
        return _set_aside(cells, "", place)
    learner_key, person = learner
    course_key, code, course_ref = course
    start, end = cells.moment(Field.SESSION_START), cells.moment(Field.SESSION_END)
    session_key, session = _session(cells, course_ref, start, end)
    key = "/".join(part for part in (learner_key, course_key, session_key) if part)
    activity = session.activity if session else course_ref
    owner = f"{learner_key}/{course_key}"
    about = _About(key, owner, person, course_ref, activity, start, end)
    facts = _facts(cells, about)
    if cells.faults:
        return _set_aside(cells, key, place)
    raw = cells.raw
    catalogue: list[Record] = [
        Course(
            key=f"course/{course_key}", raw=raw, course=course_ref, code=code,
            modality=Modality.INSTRUCTOR_LED, completion_tracked=False,
        ),
        Person(key=f"person/{learner_key}", raw=cells.raw_of(*PERSON_FIELDS), person=person),
    ]  # fmt: skip
    if session:
        catalogue.insert(1, session)
    return Understood(key, tuple(catalogue), tuple(facts))


@dataclass(frozen=True, slots=True)
class _About:
    """Whom and what a row is about."""

    key: str
    owner: str
    """Key of learner and course, for what does not belong to one session."""
    person: PersonRef
    course: ActivityRef
    activity: ActivityRef
    start: Moment | None
    end: Moment | None

    @property
    def over(self) -> Moment | None:
        return self.end or self.start


def _set_aside(cells: RowCells, key: str, place: str) -> Understood:
    first = cells.faults[0]
    raw = cells.raw
    why = " ".join(
        f"Column {fault.column}: {fault.message}" if fault.column else fault.message
        for fault in cells.faults
    )
    name = key or hashlib.sha256(repr(sorted(raw.items())).encode()).hexdigest()
    where = f"{place}, column {first.column}" if first.column else place
    rejected = Rejected(
        key=f"row/{name}", raw=raw, code=first.code, hint=first.hint, pointer=where,
        message=f"{place} was not read: {why}",
    )  # fmt: skip
    return Understood(name, (), (rejected,))


def _part(text: str) -> str:
    """A name as part of a key or IRI; a very long one by its hash, since both are indexed."""
    part = quote(text, safe="")
    return part if len(part) <= LONG else "~" + hashlib.sha256(text.encode()).hexdigest()[:32]


def _learner(cells: RowCells) -> tuple[str, PersonRef] | None:
    home = cells.rules.home_page
    learner_id = cells.text(Field.LEARNER_ID)
    employee_id = cells.text(Field.EMPLOYEE_ID)
    email = cells.email()
    identifiers: list[Identifier] = []
    # An account comes first, since a statement's actor should outlive a changed e-mail address.
    if learner_id:
        identifiers.append(Identifier("account", learner_id, home))
    elif employee_id:
        identifiers.append(Identifier("account", employee_id, f"{home}/employees"))
    if email:
        identifiers.append(Identifier("mbox", email))
    if employee_id:
        identifiers.append(Identifier("employee_id", employee_id))
    name = " ".join(
        part for part in (cells.text(Field.FIRST_NAME), cells.text(Field.LAST_NAME)) if part
    )
    name = name or cells.text(Field.FULL_NAME) or ""
    if not identifiers:
        if not cells.has(*LEARNER_FIELDS):
            cells.fault(
                "no_learner",
                "The line names no learner: learner id, employee id and e-mail are empty.",
                "Add one of them at the source.",
            )
        return None
    for kind, value in (("id", learner_id), ("employee", employee_id), ("mail", email)):
        if value:
            return f"{kind}:{_part(value)}", PersonRef(tuple(identifiers), name or None)
    return None


def _course(cells: RowCells) -> tuple[str, str | None, ActivityRef] | None:
    code, title = cells.text(Field.COURSE_CODE), cells.text(Field.COURSE_TITLE)
    name = code or title
    if name is None:
        if not cells.has(*COURSE_FIELDS):
            cells.fault(
                "no_course", "The line names no course: code and title are empty.",
                "Add one of them at the source.",
            )  # fmt: skip
        return None
    key = _part(name)
    iri = f"{cells.rules.home_page}/courses/{key}"
    return key, code, ActivityRef(iri, ActivityKind.COURSE, title or code)


def _session(
    cells: RowCells, course: ActivityRef, start: Moment | None, end: Moment | None
) -> tuple[str, Session | None]:
    """The session by its id, else by when it starts, else by its title."""
    title = cells.text(Field.SESSION_TITLE)
    name = cells.text(Field.SESSION_ID) or (start.label if start else None) or title
    if name is None:
        return "", None
    if start and end and _before(end, start):
        cells.fault(
            "end_before_start",
            f"The session ends ({end.label}) before it starts ({start.label}).",
            "Correct the dates at the source, or the date format of the source.",
        )
    key = _part(name)
    named = title or f"{course.title}, {name}"
    activity = ActivityRef(f"{course.iri}/sessions/{key}", cells.rules.session_kind, named)
    return key, Session(
        key=f"session/{course.iri.rsplit('/', 1)[1]}/{key}", raw=cells.raw, activity=activity,
        course=course, parent=course.iri, starts_at=start.at if start else None,
        ends_at=end.at if end else None,
    )  # fmt: skip


def _before(end: Moment, start: Moment) -> bool:
    if end.has_time and start.has_time:
        return end.at < start.at
    # A date without a time is any moment of that day.
    return (end.at - start.at).total_seconds() <= -ONE_DAY


def _facts(cells: RowCells, about: _About) -> list[Record]:
    statuses = cells.statuses()
    made = (
        _registration(cells, about, statuses.get(Field.REGISTRATION_STATUS)),
        _attendance(cells, about, statuses.get(Field.ATTENDANCE)),
        _assessment(cells, about, statuses.get(Field.OUTCOME)),
        _certificate(cells, about),
    )
    facts: list[Record] = [fact for fact in made if fact is not None]
    if not facts and not cells.faults:
        cells.fault(
            "nothing_said",
            "The line says nothing about the learner: no session, status, attendance, outcome or "
            "certificate.",
        )
    return facts


def _registration(cells: RowCells, about: _About, status: str | None) -> Registration | None:
    # Who stands in the register of a session is registered for it.
    if status is None and about.activity is about.course and not cells.has(Field.ATTENDANCE):
        return None
    return Registration(
        key=f"registration/{about.key}", raw=cells.raw, person=about.person,
        course=about.course, activity=about.activity,
        status=RegistrationStatus(status or "registered"),
        starts_at=about.start.at if about.start else None,
        ends_at=about.end.at if about.end else None,
    )  # fmt: skip


def _attendance(cells: RowCells, about: _About, status: str | None) -> Attendance | None:
    seconds = cells.seconds()
    if status is None and seconds is None:
        return None
    start, end = about.start, about.end
    scheduled = None
    # Longer than a day is several meetings, whose length the row does not say.
    if start and end and start.has_time and end.has_time:
        length = int((end.at - start.at).total_seconds())
        scheduled = length if 0 < length <= ONE_DAY else None
    return Attendance(
        key=f"attendance/{about.key}", raw=cells.raw, person=about.person,
        course=about.course, activity=about.activity,
        status=AttendanceStatus(status or "unknown"), seconds=seconds, scheduled_seconds=scheduled,
        basis="marked" if seconds is None else "reported",
        occurred_at=about.over.at if about.over else None, starts_at=start.at if start else None,
    )  # fmt: skip


def _assessment(cells: RowCells, about: _About, outcome: str | None) -> Assessment | None:
    grade = cells.text(Field.GRADE)
    if grade is None and outcome in {None, "none"}:
        return None
    success = {"passed": True, "failed": False}.get(outcome or "")
    score = parse_score(grade, decimal_comma=cells.rules.decimal_comma) if grade else None
    return Assessment(
        key=f"assessment/{about.key}", raw=cells.raw, person=about.person,
        course=about.course, activity=about.course, success=success, grade_text=grade,
        raw_score=score.raw if score else None, min_score=score.min if score else None,
        max_score=score.max if score else None, scaled_score=score.scaled if score else None,
        assessed_at=about.over.at if about.over else None,
    )  # fmt: skip


def _certificate(cells: RowCells, about: _About) -> Certificate | None:
    number = cells.text(Field.CERTIFICATE_NUMBER)
    issued, expiry = cells.moment(Field.CERTIFICATE_DATE), cells.expiry()
    if number is None and issued is None and expiry is None:
        return None
    home = cells.rules.home_page
    if number:
        iri = f"{home}/certificates/{_part(number)}"
        key = f"{about.owner}/number:{_part(number)}"
    else:
        iri = f"{about.course.iri}/certificate"
        key = f"{about.owner}/{issued.label if issued else 'undated'}"
    return Certificate(
        key=f"certificate/{key}", raw=cells.raw, person=about.person, course=about.course,
        certificate=ActivityRef(iri, ActivityKind.CERTIFICATE),
        issued_at=issued.at if issued else None, valid_until=expiry.at if expiry else None,
        number=number,
    )  # fmt: skip
