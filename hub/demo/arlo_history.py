"""Two years of classroom runs in the simulated Arlo, with the cases that are easily got wrong.

A run that finished in the last two weeks may still lack its marks: PENDING_RUNS, in the order in
which the world enters them later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hub.demo.arlo_world import (
    DAY_TICKS,
    ArloEvent,
    ArloWorld,
    Contact,
    EventSession,
    EventTemplate,
    Merge,
    OnlineActivity,
    Registration,
    SessionRegistration,
    ticks,
)
from hub.demo.moodle_catalog import LEADING_CODE
from hub.demo.people import DemoPerson, KnownTo
from hub.demo.scenario import Scenario

FIRST_CONTACT = 501
FIRST_DUPLICATE = 901
FIRST_EVENT = 301
FIRST_REGISTRATION = 2001
FIRST_SESSION_REGISTRATION = 5001
PENDING_RUNS = (315, 316, 317)
FUTURE_RUN = 318
RECENT_LEADING_RUN = 314
LATER_MERGED = 13
"""Number of the person whose second contact is merged only later."""

_EARLY_MERGED = 8
_HOUR_TICKS = DAY_TICKS // 24
_ZONE = ZoneInfo("Europe/Dublin")
_FIRST_AID, _HANDLING, _LEADING, _CONVERSATIONS = 11, 12, 13, 14
_ONLINE = 71


@dataclass(frozen=True, slots=True)
class _Plan:
    """A run: how many days from now it is, and what becomes of it."""

    template: int
    days: int
    status: str = "Completed"
    marked: bool = True


# The place in this list decides the EventID: append only.
_PLANS = (
    _Plan(_FIRST_AID, -650),
    _Plan(_HANDLING, -560),
    _Plan(_LEADING, -500),
    _Plan(_FIRST_AID, -420),
    _Plan(_CONVERSATIONS, -380),
    _Plan(_HANDLING, -330),
    _Plan(_FIRST_AID, -280, status="Cancelled"),
    _Plan(_FIRST_AID, -240),
    _Plan(_LEADING, -200),
    _Plan(_CONVERSATIONS, -150),
    _Plan(_HANDLING, -110),
    _Plan(_FIRST_AID, -80),
    _Plan(_CONVERSATIONS, -45),
    _Plan(_LEADING, -16),
    _Plan(_FIRST_AID, -9, marked=False),
    _Plan(_LEADING, -6, marked=False),
    _Plan(_HANDLING, -3, marked=False),
    _Plan(_FIRST_AID, 40, status="Active"),
    _Plan(_LEADING, 60, status="Active"),
)


def contact_id(person: DemoPerson) -> int:
    """The Arlo id of a person."""
    return FIRST_CONTACT + person.number


def arlo_contact(person: DemoPerson, *, created: datetime) -> Contact:
    """The contact of *person*, never edited since."""
    instant = ticks(created, person.number % 10)
    return Contact(
        id=contact_id(person),
        first_name=person.given,
        last_name=person.family,
        email=person.arlo_email,
        code_primary=person.arlo_employee,
        created=instant,
        modified=instant,
    )


def arlo_past(scenario: Scenario, people: Sequence[DemoPerson], *, now: datetime) -> ArloWorld:
    """The platform at *now*, before anything moves on."""
    draw = Random(f"{scenario.seed}/arlo")  # noqa: S311 - an invented world, not a secret
    known = [person for person in people if KnownTo.ARLO in person.known_to]
    begun = now - timedelta(days=735)
    templates = _templates(scenario, begun)
    events = tuple(_event(place, plan, templates, now) for place, plan in enumerate(_PLANS))
    sessions = tuple(session for event in events for session in _sessions(event, templates))
    registrations: list[Registration] = []
    for event, plan in zip(events, _PLANS, strict=True):
        first = FIRST_REGISTRATION + len(registrations)
        registrations += [
            _registration(first + place, person, event, plan, draw)
            for place, person in enumerate(_participants(event, known, draw))
        ]
    registrations = _with_cases(registrations, now)
    registrations.extend(_online_registrations(known, now))
    duplicate = Contact(
        id=FIRST_DUPLICATE + 1,
        first_name=known[LATER_MERGED].given[:1],
        last_name=known[LATER_MERGED].family,
        email=known[LATER_MERGED].arlo_email.replace(".", "_", 1),
        code_primary="",
        created=ticks(begun, 3),
        modified=ticks(begun, 3),
    )
    return ArloWorld(
        contacts=(*(arlo_contact(person, created=begun) for person in known), duplicate),
        merges=(
            Merge(1, FIRST_DUPLICATE, FIRST_CONTACT + _EARLY_MERGED, ticks(now) - 90 * DAY_TICKS),
        ),
        templates=templates,
        events=events,
        sessions=sessions,
        online_activities=(_online_activity(begun),),
        registrations=tuple(registrations),
        session_registrations=tuple(_session_registrations(registrations, events, sessions)),
    )


def _templates(scenario: Scenario, begun: datetime) -> tuple[EventTemplate, ...]:
    names = scenario.arlo_courses
    instant = ticks(begun, 1)
    return (
        EventTemplate(_FIRST_AID, "FAW", names["first_aid"], "1 day", "Venue", instant, instant),
        EventTemplate(
            _HANDLING, "MANH", names["handling"], "Half a day", "Venue", instant, instant
        ),
        EventTemplate(
            _LEADING, LEADING_CODE, names["leading"], "2 days", "Venue", instant, instant
        ),
        EventTemplate(
            _CONVERSATIONS, "CONV", names["conversations"], "2 hours", "Online", instant, instant
        ),
    )


def _event(place: int, plan: _Plan, templates: Sequence[EventTemplate], now: datetime) -> ArloEvent:
    template = next(one for one in templates if one.id == plan.template)
    day = (now + timedelta(days=plan.days)).astimezone(_ZONE)
    start = day.replace(hour=9, minute=0, second=0, microsecond=0)
    hours = {_FIRST_AID: 7, _HANDLING: 4, _LEADING: 24 + 7, _CONVERSATIONS: 2}[plan.template]
    finish = start + timedelta(hours=hours)
    created = start - timedelta(days=75)
    changed = {
        "Completed": finish,
        "Cancelled": start - timedelta(days=4),
        "Active": min(created, now),
    }[plan.status]
    number = FIRST_EVENT + place
    return ArloEvent(
        id=number,
        template=template.id,
        code=f"{template.code}-{number}",
        name=template.name,
        start=start,
        finish=finish,
        zone=start.tzname() or "",
        location="Online" if template.session_type == "Online" else "Training centre, room 2",
        status=plan.status,
        advanced=plan.template == _LEADING,
        created=ticks(min(created, now), place % 10),
        modified=ticks(changed, 9),
    )


def _sessions(event: ArloEvent, templates: Sequence[EventTemplate]) -> Iterable[EventSession]:
    template = next(one for one in templates if one.id == event.template)
    days = 2 if event.advanced else 1
    length = event.finish - event.start - timedelta(days=days - 1)
    for day in range(days):
        start = event.start + timedelta(days=day)
        yield EventSession(
            id=10 * event.id + day,
            event=event.id,
            name=f"{event.name}, day {day + 1}" if days > 1 else event.name,
            start=start,
            finish=start + length,
            zone=event.zone,
            session_type=template.session_type,
            status=event.status,
            created=event.created,
            modified=event.modified,
        )


def _participants(event: ArloEvent, known: Sequence[DemoPerson], draw: Random) -> list[DemoPerson]:
    taken = draw.sample(known[1:], 7)
    # The first person takes every second run: one transcript with a bit of everything.
    if event.id in {FIRST_EVENT, 309, 311, RECENT_LEADING_RUN, FUTURE_RUN}:
        taken[0] = known[0]
    return taken


def _registration(
    number: int, person: DemoPerson, event: ArloEvent, plan: _Plan, draw: Random
) -> Registration:
    created = event.created + draw.randrange(1, 14 * DAY_TICKS)
    base = Registration(
        id=number,
        contact=contact_id(person),
        created=created,
        modified=created,
        status="Approved",
        event=event.id,
    )
    if plan.status == "Active":
        return base
    if plan.status == "Cancelled":
        return replace(base, status="Cancelled", modified=event.modified + number)
    # The run's end flips everybody's status in one sweep: a millisecond with many rows.
    over = replace(base, status="Completed", modified=event.modified + number % 1000)
    if not plan.marked:
        return over
    marked = ticks(event.finish + timedelta(hours=20)) + number % 9000
    if draw.random() < 0.12:
        return replace(over, attendance="DidNotAttend", modified=marked)
    if draw.random() < 0.1:
        return replace(
            over, attendance="Attended", outcome="Fail", grade="D (41%)", modified=marked
        )
    return replace(
        over,
        attendance="Attended",
        outcome="Pass",
        grade=draw.choice(("", "", "Merit", "17/20", "A+ (92%)")),
        certificate_sent=marked + _HOUR_TICKS if draw.random() < 0.5 else None,
        modified=marked + _HOUR_TICKS + 7,
    )


def _with_cases(registrations: Sequence[Registration], now: datetime) -> list[Registration]:
    """Each case takes the place of one drawn row, so that every world of this shape has it."""
    found = {row.id: row for row in registrations}

    def nth(event: int, place: int) -> Registration:
        return [row for row in registrations if row.event == event][place]

    absent = replace(nth(312, 1), attendance="DidNotAttend", outcome="", grade="")
    unknown_word = replace(nth(311, 2), attendance="PartlyAttended", outcome="", grade="")
    nobody = replace(nth(311, 3), contact=None)
    failed = replace(nth(308, 2), attendance="Attended", outcome="Fail", grade="D (38%)")
    waiting = replace(nth(FUTURE_RUN, 1), status="PendingApproval")
    withdrawn = replace(
        nth(FUTURE_RUN, 2), status="Cancelled", modified=ticks(now - timedelta(days=2), 4)
    )
    unmarked = replace(nth(305, 1), attendance="Unknown", outcome="", grade="")
    for case in (absent, unknown_word, nobody, failed, waiting, withdrawn, unmarked):
        certificate = case.certificate_sent if case.outcome == "Pass" else None
        found[case.id] = replace(case, certificate_sent=certificate)
    # The later merged person's second contact holds a place of its own.
    second = nth(310, 4)
    found[second.id] = replace(second, contact=FIRST_DUPLICATE + 1)
    attended = nth(RECENT_LEADING_RUN, 0)
    found[attended.id] = replace(attended, attendance="Attended", outcome="Pass", grade="Merit")
    return list(found.values())


def _session_registrations(
    registrations: Sequence[Registration],
    events: Sequence[ArloEvent],
    sessions: Sequence[EventSession],
) -> Iterable[SessionRegistration]:
    advanced = {event.id for event in events if event.advanced}
    number = FIRST_SESSION_REGISTRATION
    for row in registrations:
        if row.event not in advanced:
            continue
        for place, session in enumerate(one for one in sessions if one.event == row.event):
            attendance = row.attendance
            if row.attendance == "Attended" and row.id % 5 == 4 and place == 1:
                attendance = "DidNotAttend"  # came on the first day only
            yield SessionRegistration(
                id=number,
                parent=row.id,
                session=session.id,
                attendance=attendance,
                status=row.status,
                created=row.created,
                modified=row.modified,
            )
            number += 1


def _online_activity(begun: datetime) -> OnlineActivity:
    return OnlineActivity(
        _ONLINE, "MANH-REF", "Manual Handling, refresher", "Active",
        ticks(begun), ticks(begun),
    )  # fmt: skip


def _online_registrations(known: Sequence[DemoPerson], now: datetime) -> Iterable[Registration]:
    """Self-paced places whose progress another system writes into Arlo."""
    for place, percent in enumerate(("100.0", "75.0", "100.0", "0.0")):
        created = ticks(now - timedelta(days=50 + place), place)
        done = ticks(now - timedelta(days=30 + place), place) if percent == "100.0" else None
        yield Registration(
            id=FIRST_REGISTRATION + 900 + place,
            contact=contact_id(known[14 + place]),
            created=created,
            modified=done or ticks(now - timedelta(days=35), place),
            status="Approved",
            online_activity=_ONLINE,
            progress_percent=percent,
            progress_status="Completed" if done else "In progress",
            completed=done,
        )
