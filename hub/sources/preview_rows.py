"""The rows of a dry run, in the columns of a transcript. Pure."""

from dataclasses import dataclass
from datetime import datetime

from connectors.files.preview import Preview
from connectors.records import (
    Assessment,
    Attendance,
    AttendanceStatus,
    Certificate,
    PersonRef,
    Record,
    Registration,
    RegistrationStatus,
)

_ATTENDANCE = {
    AttendanceStatus.ATTENDED: "attended",
    AttendanceStatus.PARTIAL: "attended in part",
    AttendanceStatus.ABSENT: "did not attend",
    AttendanceStatus.EXCUSED: "excused",
    AttendanceStatus.UNKNOWN: "attendance not known",
}


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """What one line of a file says about one person and one course."""

    line: int
    learner: str
    course: str
    says: str
    at: datetime | None
    seconds: int | None


def rows_of(found: Preview) -> list[TranscriptRow]:
    """One row per line that says something about a learner."""
    rows = []
    for row in found.rows:
        told = [record for record in row.records if _words(record)]
        if not told:
            continue
        first = told[0]
        if len(told) > 1:  # a mark in the register says that the person was registered
            told = [record for record in told if _words(record) != RegistrationStatus.REGISTERED]
        attended = next((record for record in told if isinstance(record, Attendance)), None)
        rows.append(
            TranscriptRow(
                line=row.line,
                learner=_name(first.person),  # type: ignore[attr-defined] # _words saw to it
                course=first.course.title or first.course.iri,  # type: ignore[attr-defined]
                says=", ".join(_words(record) for record in told),
                at=attended.occurred_at if attended else None,
                seconds=attended.seconds if attended else None,
            )
        )
    return rows


def _words(record: Record) -> str:
    match record:
        case Attendance(status=status):
            return _ATTENDANCE[status]
        case Registration(status=status):
            return str(status)
        case Assessment():
            verdicts = {True: "passed", False: "failed", None: f"grade {record.grade_text or '?'}"}
            return verdicts[record.success]
        case Certificate():
            return "certificate"
        case _:
            return ""


def _name(person: PersonRef) -> str:
    return person.name or person.identifiers[0].value
