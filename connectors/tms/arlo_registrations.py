"""What one registration at Arlo says, fact by fact. Pure.

Registration, attendance, outcome and progress are separate facts with keys of their own: one that
is not understood is set aside without the others. A registration whose Status is "Completed"
completes nothing: its event has ended, whoever was there (developer.arlo.co, "Registrations").
"""

from datetime import datetime

from connectors.errors import BadRecord
from connectors.records import (
    ActivityRef,
    Assessment,
    Attendance,
    AttendanceStatus,
    Completion,
    PersonRef,
    Record,
    Registration,
    RegistrationStatus,
)
from connectors.tms.arlo_records import (
    Platform,
    course_of_event,
    instant,
    modified,
    number,
    online_activity_ref,
    person_ref,
    rejected,
    run_ref,
    session_ref,
    set_aside,
)
from connectors.tms.arlo_values import Grade, parse_grade, parse_progress
from connectors.tms.arlo_xml import Resource

STATUSES = {
    "PendingApproval": RegistrationStatus.REQUESTED,
    "Approved": RegistrationStatus.REGISTERED,
    "Completed": RegistrationStatus.REGISTERED,
    "Cancelled": RegistrationStatus.CANCELLED,
}
MARKS = {
    "Attended": AttendanceStatus.ATTENDED,
    "DidNotAttend": AttendanceStatus.ABSENT,
    "DidNotAttended": AttendanceStatus.ABSENT,  # as Arlo's own Moodle plugin spells it
    "Unknown": AttendanceStatus.UNKNOWN,
    None: AttendanceStatus.UNKNOWN,
}
OUTCOMES = {"Pass": True, "Fail": False, "Unknown": None, None: None}


def registration_records(
    resource: Resource, platform: Platform, *, marked_in_sessions: bool = False
) -> list[Record]:
    """All facts of a Registration with its expanded Contact, Event (or OnlineActivity).

    marked_in_sessions: it has registrations for single sessions, so that the register of the run
    says nothing of its own.
    """
    uid = resource.text("UniqueIdentifier")
    try:
        registration_id = number(resource, "RegistrationID")
    except BadRecord as error:
        return [rejected(error, f"registration:{uid}", resource)]
    key = f"registration:{registration_id}"
    try:
        facts = _Facts(resource, key, platform)
    except BadRecord as error:
        return [rejected(error, key, resource)]
    records = set_aside(facts.registration, key, resource)
    if facts.event_link and not marked_in_sessions:
        records += set_aside(facts.attendance, f"{key}:attendance", resource)
    records += set_aside(facts.assessment, f"{key}:assessment", resource)
    if not facts.event_link:
        records += set_aside(facts.completion, f"{key}:completion", resource)
    return records


def session_attendance(
    resource: Resource, session: Resource, event: Resource, platform: Platform
) -> list[Record]:
    """The mark of an EventSessionRegistration with its expanded ParentRegistration and Contact."""
    try:
        key = f"sessionregistration:{number(resource, 'RegistrationID')}"
    except BadRecord as error:
        uid = resource.text("UniqueIdentifier")
        return [rejected(error, f"sessionregistration:{uid}", resource)]

    def build() -> Attendance:
        parent = resource.linked("ParentRegistration")
        return _attendance(
            resource,
            key,
            held=session,
            person=_learner(parent, platform),
            course=course_of_event(event, platform),
            activity=session_ref(session, platform),
            run=run_ref(number(event, "EventID"), event, platform),
            registration=parent.text("UniqueIdentifier") if parent else None,
        )

    return set_aside(build, key, resource)


class _Facts:
    """One registration, its learner and what it is for; raises BadRecord where one is missing."""

    def __init__(self, resource: Resource, key: str, platform: Platform) -> None:
        self.resource = resource
        self.raw = resource.as_dict()
        self.key = key
        self.person = _learner(resource, platform)
        self.uid = resource.text("UniqueIdentifier")
        self.event_link = resource.link("Event")
        self.event = resource.linked("Event")
        online = resource.link("OnlineActivity")
        self.course: ActivityRef
        self.activity: ActivityRef
        if self.event_link:
            self.course = course_of_event(self.event, platform)
            self.activity = run_ref(self.event_link.id, self.event, platform)
        elif online:
            self.course = self.activity = online_activity_ref(online, platform)
        else:
            raise BadRecord(
                "Arlo sent a registration that is for no event and no online activity.",
                code="no_activity",
                hint="Open the registration in Arlo and check what it is for.",
                pointer="Registration/Event",
            )

    def registration(self) -> Registration:
        status = _status(self.resource)
        by_provider = (
            status is RegistrationStatus.CANCELLED
            and self.event is not None
            and self.event.text("Status") == "Cancelled"
        )
        return Registration(
            key=self.key,
            modified_at=modified(self.resource),
            raw=self.raw,
            person=self.person,
            course=self.course,
            activity=self.activity,
            status=status,
            registered_at=instant(self.resource, "CreatedDateTime"),
            cancelled_by="provider" if by_provider else None,
            registration=self.uid,
            starts_at=instant(self.event, "StartDateTime") if self.event else None,
            ends_at=instant(self.event, "FinishDateTime") if self.event else None,
        )

    def attendance(self) -> Attendance:
        return _attendance(
            self.resource,
            f"{self.key}:attendance",
            held=self.event,
            person=self.person,
            course=self.course,
            activity=self.activity,
            registration=self.uid,
        )

    def assessment(self) -> Assessment | None:
        """Of an event also without outcome and grade, so that one which was taken back is seen.

        Arlo does not say when it was given.
        """
        outcome, text = self.resource.text("Outcome"), self.resource.text("Grade")
        if outcome not in OUTCOMES:
            raise _unknown("outcome", "Outcome", outcome)
        grade = parse_grade(text) if text else Grade("")
        given = OUTCOMES[outcome] is not None or grade.says_something
        if self.event is None and not given:
            return None
        return Assessment(
            key=f"{self.key}:assessment",
            modified_at=modified(self.resource),
            raw=self.raw,
            person=self.person,
            course=self.course,
            activity=self.course,
            success=OUTCOMES[outcome],
            grade_text=text if given else None,
            raw_score=grade.raw,
            min_score=grade.min,
            max_score=grade.max,
            scaled_score=grade.scaled,
            assessed_at=instant(self.event, "FinishDateTime")
            if self.event
            else instant(self.resource, "CompletedDateTime"),
            registration=self.uid,
        )

    def completion(self) -> Completion | None:
        """What the system that runs the online activity has told Arlo; None if it told nothing.

        A hundred per cent without a CompletedDateTime is no completion, and no denial of one.
        """
        text = self.resource.text("ProgressPercent")
        progress = None if text is None else parse_progress(text)
        completed_at = instant(self.resource, "CompletedDateTime")
        if progress is None and completed_at is None:
            return None
        unfinished = False if progress is not None and progress < 1 else None
        return Completion(
            key=f"{self.key}:completion",
            modified_at=modified(self.resource),
            raw=self.raw,
            person=self.person,
            course=self.course,
            activity=self.activity,
            completion=True if completed_at else unfinished,
            progress=progress,
            completed_at=completed_at,
            registration=self.uid,
        )


def _attendance(
    resource: Resource,
    key: str,
    *,
    held: Resource | None,
    person: PersonRef,
    course: ActivityRef,
    activity: ActivityRef,
    registration: str | None,
    run: ActivityRef | None = None,
) -> Attendance:
    """A mark in the register of what was *held*: an Event or an EventSession.

    A blank mark is a record too: the register may have been marked before, and corrected.
    """
    mark = resource.text("Attendance")
    if mark not in MARKS:
        raise _unknown("attendance", "Attendance", mark)
    starts_at = instant(held, "StartDateTime") if held else None
    ends_at = instant(held, "FinishDateTime") if held else None
    return Attendance(
        key=key,
        modified_at=modified(resource),
        raw=resource.as_dict(),
        person=person,
        course=course,
        activity=activity,
        run=run,
        status=MARKS[mark],
        scheduled_seconds=_scheduled_seconds(resource, starts_at, ends_at),
        basis="marked",
        occurred_at=ends_at,
        starts_at=starts_at,
        registration=registration,
    )


def _scheduled_seconds(
    resource: Resource, starts_at: datetime | None, ends_at: datetime | None
) -> int | None:
    """How long a session, or a run on one day, lasts. A run of several days has nights in it."""
    if starts_at is None or ends_at is None or ends_at < starts_at:
        return None
    if resource.tag == "Registration" and starts_at.date() != ends_at.date():
        return None
    return int((ends_at - starts_at).total_seconds())


def _learner(registration: Resource | None, platform: Platform) -> PersonRef:
    contact = registration.link("Contact") if registration else None
    known = contact.resource.text("ContactID") if contact and contact.resource else None
    contact_id = known or (contact.id if contact else "")
    if contact is None or not contact_id:
        raise BadRecord(
            "Arlo sent a registration without a contact, so nobody knows whose it is.",
            code="no_learner",
            hint="Open the registration in Arlo and set its contact.",
            pointer="Registration/Contact",
        )
    return person_ref(contact_id, contact.resource, platform)


def _status(resource: Resource) -> RegistrationStatus:
    word = resource.text("Status")
    if word not in STATUSES:
        raise _unknown("status", "Status", word)
    return STATUSES[word]


def _unknown(what: str, pointer: str, word: str | None) -> BadRecord:
    said = f"says “{word}”" if word else "says nothing"
    return BadRecord(
        f"Arlo {said} where the {what} of the registration belongs, which the hub does not know.",
        code=f"unknown_{what}",
        hint=f"Correct the {what} in Arlo. If the word is new there, update the hub.",
        pointer=pointer,
    )
