"""The demo's whole world at one instant, and how it moves on by steps.

world(scenario, now=, step=n + 1) is world(step=n) plus a few changes with later modified times, so
that an incremental pull has something to find. It stands still after LAST_STEP. Pure: the same
arguments give the same world. Nothing in here says what a hub should conclude.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hub.demo.arlo_history import (
    FIRST_DUPLICATE,
    FIRST_REGISTRATION,
    FUTURE_RUN,
    LATER_MERGED,
    PENDING_RUNS,
    RECENT_LEADING_RUN,
    arlo_contact,
    arlo_past,
    contact_id,
)
from hub.demo.arlo_world import ArloWorld, Merge, Registration, ticks
from hub.demo.attendance_export import AttendanceRow, attendance_rows, booking
from hub.demo.moodle_catalog import EXTINGUISHER, FIRE, SECURITY
from hub.demo.moodle_history import History, moodle_past, moodle_user, user_id
from hub.demo.moodle_world import MoodleWorld, rows_1_2
from hub.demo.people import Cast, DemoPerson
from hub.demo.scenario import Scenario

LAST_STEP = 12
_EXTINGUISHER_SCO = 2


@dataclass(frozen=True, slots=True)
class World:
    """The invented organisation as its systems hold it. people: who they are, whatever the system.

    now is the instant of the last step, aware, UTC.
    """

    scenario: Scenario
    now: datetime
    step: int
    people: tuple[DemoPerson, ...]
    moodle: MoodleWorld
    arlo: ArloWorld
    attendance: tuple[AttendanceRow, ...]


def world(
    scenario: Scenario, *, now: datetime, step: int = 0, moved_at: Sequence[datetime] = ()
) -> World:
    """The world after *step* steps (0 is the start; more than LAST_STEP is LAST_STEP).

    now: the reference instant up to which the first two years reach; keep it for ever. moved_at:
    the instant of step 1, 2, ..., rising and later than *now*; a step without one happens an hour
    after the one before. Raises ValueError for a negative step or a naive or falling instant.
    """
    if step < 0:
        raise ValueError(f"A step is 0 or more, not {step}")
    instants = [now, *moved_at]
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("The instants of a world are aware")
    if instants != sorted(instants):
        raise ValueError("The instants of a world's steps rise")
    now = now.astimezone(UTC).replace(microsecond=0)
    cast = Cast(scenario.seed, scenario.people)
    people = cast.first()
    current = World(
        scenario=scenario,
        now=now,
        step=0,
        people=tuple(people),
        moodle=moodle_past(scenario, people, now=int(now.timestamp())),
        arlo=arlo_past(scenario, people, now=now),
        attendance=attendance_rows(scenario, people, now=now),
    )
    for number in range(1, min(step, LAST_STEP) + 1):
        given = moved_at[number - 1] if number <= len(moved_at) else None
        at = given.astimezone(UTC) if given else current.now + timedelta(hours=1)
        current = _moved_on(current, cast.newcomer(number), number, at)
    return current


def _moved_on(before: World, newcomer: DemoPerson, step: int, at: datetime) -> World:
    attended = booking(
        before.scenario, newcomer, number=7100 + step, course="forklift", when=at.date()
    )
    return World(
        scenario=before.scenario,
        now=at,
        step=step,
        people=(*before.people, newcomer),
        moodle=_moodle_moved(before.moodle, newcomer, int(at.timestamp())),
        arlo=_arlo_moved(before.arlo, newcomer, step, at),
        attendance=(*before.attendance, attended),
    )


def _moodle_moved(before: MoodleWorld, newcomer: DemoPerson, at: int) -> MoodleWorld:
    """A newcomer passes the first activity; a colleague who had not passed it does so now."""
    history = History(before.courses, now=at)
    joined = user_id(newcomer)
    history.enrol(FIRE, joined)
    history.enrol(SECURITY, joined)
    history.attempt(EXTINGUISHER, joined, rows_1_2("passed", at - 320, 320, score="88"))
    stuck = _not_yet_passed(before)
    if stuck is not None:
        user, attempts = stuck
        rows = rows_1_2("passed", at - 410, 410, score="79")
        history.attempt(EXTINGUISHER, user, rows, number=attempts + 1)
    return replace(
        before,
        now=at,
        users=(*before.users, moodle_user(newcomer, firstaccess=at - 400)),
        enrolments=(*before.enrolments, *history.enrolments.values()),
        tracks=(*before.tracks, *history.tracks(first_id=before.tracks[-1].id + 1)),
    )


def _not_yet_passed(before: MoodleWorld) -> tuple[int, int] | None:
    """The first user who only failed the extinguisher activity, and how often; None: nobody."""
    attempts: dict[int, int] = {}
    done: set[int] = set()
    for track in before.tracks:
        if track.sco == _EXTINGUISHER_SCO and track.element == "cmi.core.lesson_status":
            attempts[track.user] = max(track.attempt, attempts.get(track.user, 0))
            if track.value in {"passed", "completed"}:
                done.add(track.user)
    return next(((user, tries) for user, tries in attempts.items() if user not in done), None)


def _arlo_moved(before: ArloWorld, newcomer: DemoPerson, step: int, at: datetime) -> ArloWorld:
    """A newcomer books; marks of a run are entered; one old mark is corrected; contacts merge."""
    instant = ticks(at, step % 10)
    rows = {row.id: row for row in before.registrations}
    parts = {part.id: part for part in before.session_registrations}
    merges = before.merges
    if step <= len(PENDING_RUNS):
        for row in [row for row in rows.values() if row.event == PENDING_RUNS[step - 1]]:
            rows[row.id] = _marked(row, instant)
    for part in [part for part in parts.values() if rows[part.parent].modified >= instant]:
        mark = rows[part.parent].attendance
        parts[part.id] = replace(part, attendance=mark, modified=instant + part.id % 1000)
    _correct_a_mark(rows, step, instant)
    if step == 2:
        # Corrected on the session alone: the registration above it does not change.
        part = next(
            part
            for part in parts.values()
            if rows[part.parent].event == RECENT_LEADING_RUN and part.attendance == "Attended"
        )
        parts[part.id] = replace(part, attendance="DidNotAttend", modified=instant + 1)
    contacts = (*before.contacts, arlo_contact(newcomer, created=at))
    if step == 3:
        gone, kept = FIRST_DUPLICATE + 1, before.contacts[LATER_MERGED].id
        merges = (*merges, Merge(2, gone, kept, instant))
        contacts = tuple(contact for contact in contacts if contact.id != gone)
        for row in [row for row in rows.values() if row.contact == gone]:
            rows[row.id] = replace(row, contact=kept, modified=instant + 2)
    booked = Registration(
        id=FIRST_REGISTRATION + 1000 + step,
        contact=contact_id(newcomer),
        created=instant,
        modified=instant,
        status="Approved",
        event=FUTURE_RUN,
    )
    return replace(
        before,
        contacts=contacts,
        merges=merges,
        registrations=(*rows.values(), booked),
        session_registrations=tuple(parts.values()),
    )


def _marked(row: Registration, instant: int) -> Registration:
    absent = row.id % 6 == 5
    return replace(
        row,
        attendance="DidNotAttend" if absent else "Attended",
        outcome="" if absent else "Pass",
        modified=instant + row.id % 1000,
    )


def _correct_a_mark(rows: dict[int, Registration], step: int, instant: int) -> None:
    """Somebody was ticked as present by mistake, in a run without separate sessions."""
    present = [
        row
        for row in rows.values()
        if row.attendance == "Attended"
        and row.event in {304, 306, 308}
        and not row.certificate_sent
    ]
    if present:
        row = present[(5 * step) % len(present)]
        rows[row.id] = replace(
            row, attendance="DidNotAttend", outcome="", grade="", modified=instant + 3
        )
