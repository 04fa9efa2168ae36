"""The attendance export of a training provider without an API, as a person would save it.

Semicolons, day before month, a byte order mark, the provider's own header words and marks, and one
row that nobody can understand. Written whole or not at all: somebody may be watching the folder.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from hub.demo.people import DemoPerson
from hub.demo.scenario import Scenario

HEADER = (
    "Booking Ref",
    "Delegate",
    "E-mail Address",
    "Staff No",
    "Course Ref",
    "Course Title",
    "Date",
    "Duration (hrs)",
    "Presence",
    "Result",
)
PRESENT, ABSENT, LEFT_EARLY = "Present", "No show", "Left early"
_COURSES = {"forklift": "KST-FL2", "heights": "KST-WAH"}


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One line of the export, as text; when is dd/mm/yyyy, hours has a decimal comma."""

    booking: str
    name: str
    email: str
    staff: str
    course: str
    title: str
    when: str
    hours: str
    presence: str
    result: str

    def cells(self) -> tuple[str, ...]:
        return (
            self.booking, self.name, self.email, self.staff, self.course, self.title,
            self.when, self.hours, self.presence, self.result,
        )  # fmt: skip


def attendance_rows(
    scenario: Scenario, people: Sequence[DemoPerson], *, now: datetime
) -> tuple[AttendanceRow, ...]:
    """What the provider has recorded by *now*."""
    draw = Random(f"{scenario.seed}/attendance")  # noqa: S311 - an invented world, not a secret
    rows = []
    for place, person in enumerate((people[0], people[1], *draw.sample(people[2:], 10))):
        course = "forklift" if place % 3 else "heights"
        presence = {3: ABSENT, 7: LEFT_EARLY}.get(place, PRESENT)
        rows.append(
            booking(
                scenario,
                person,
                number=7001 + place,
                course=course,
                when=(now - timedelta(days=20 + 25 * place)).date(),
                presence=presence,
                # Some lines name the person by e-mail, some by staff number only.
                by_staff_number=place % 4 == 1,
            )
        )
    bad = rows[-1]
    rows.append(
        replace(
            bad,
            booking="7099",
            when="31/02/2026",
            hours="half a day",
            presence="see notes",
            result="",
        )
    )
    rows.append(
        replace(
            rows[0],
            booking="7098",
            name="Noor Vandermeer",
            email="noor.vandermeer@example.com",
            staff="",
        )
    )
    return tuple(rows)


def booking(
    scenario: Scenario,
    person: DemoPerson,
    *,
    number: int,
    course: str,
    when: date,
    presence: str = PRESENT,
    by_staff_number: bool = False,
) -> AttendanceRow:
    """The line of one *person* in one *course* (a key of the scenario's attendance courses)."""
    results = {PRESENT: "Competent", LEFT_EARLY: "Not assessed"}
    return AttendanceRow(
        booking=str(number),
        name=f"{person.family}, {person.given}",
        email="" if by_staff_number else person.moodle_email,
        staff=f"E{1001 + person.number}" if by_staff_number else "",
        course=_COURSES[course],
        title=scenario.attendance_courses[course],
        when=f"{when:%d/%m/%Y}",
        hours={LEFT_EARLY: "2,5", ABSENT: ""}.get(presence, "6,0"),
        presence=presence,
        result=results.get(presence, ""),
    )


def attendance_csv(rows: Sequence[AttendanceRow]) -> bytes:
    """The file: UTF-8 with a byte order mark, CRLF, `;`. The same rows give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(row.cells() for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_attendance_export(rows: Sequence[AttendanceRow], path: Path) -> None:
    """Writes *rows* to *path*, replacing what was there in one step."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(attendance_csv(rows))
    unfinished.replace(path)
