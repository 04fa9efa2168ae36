"""Arlo's courses, runs, sessions and contacts as records. Pure.

Activities are named by their own addresses below the configured one, built from their numbers: a
link may be written with another host. A person is named by the ContactID, since that is what every
link to a contact carries; the GUID beside it is not always at hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from connectors.errors import BadRecord
from connectors.records import (
    ActivityKind,
    ActivityRef,
    Course,
    Identifier,
    Modality,
    Person,
    PersonRef,
    Record,
    Rejected,
    Session,
)
from connectors.tms.arlo_values import parse_instant
from connectors.tms.arlo_xml import Link, Resource

RESOURCES = "/api/2012-02-01/auth/resources/"


@dataclass(frozen=True, slots=True)
class Platform:
    """The names that one Arlo platform gives: home is its address without the API's path."""

    home: str

    @classmethod
    def at(cls, base_url: str) -> "Platform":
        """The platform at "https://acme.arlo.co", also if the API's path is written after it."""
        parts = urlsplit(base_url)
        path = parts.path.partition("/api/2012-02-01")[0].rstrip("/")
        return cls(f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}")

    @property
    def root(self) -> str:
        return self.home + RESOURCES

    def iri(self, collection: str, number: str) -> str:
        return f"{self.root}{collection}/{number}/"

    def account(self, contact_id: str) -> Identifier:
        return Identifier("account", contact_id, scope=self.home)


def set_aside(build: Callable[[], Record | None], key: str, resource: Resource) -> list[Record]:
    """The record, if there is one to make, or its rejection under the same key."""
    try:
        record = build()
    except BadRecord as error:
        return [rejected(error, key, resource)]
    return [] if record is None else [record]


def rejected(error: BadRecord, key: str, resource: Resource) -> Rejected:
    """A record that was read and not understood, with everything that Arlo sent."""
    try:
        modified_at = modified(resource)
    except BadRecord:
        modified_at = None
    return Rejected(
        key=key,
        modified_at=modified_at,
        raw=resource.as_dict(),
        code=error.code,
        message=error.message,
        hint=error.hint,
        pointer=error.pointer,
    )


def instant(resource: Resource, name: str) -> datetime | None:
    """A property that is an instant, None where it is blank. Raises BadRecord."""
    text = resource.text(name)
    return None if text is None else parse_instant(text, f"{resource.tag}/{name}")


def modified(resource: Resource) -> datetime | None:
    """When Arlo last changed it; a row that nobody edited yet may only say when it was made."""
    return instant(resource, "LastModifiedDateTime") or instant(resource, "CreatedDateTime")


def number(resource: Resource, name: str) -> str:
    """The number of a resource: its own property, else the end of its own address.

    Raises BadRecord ("no_id").
    """
    own = next((link for link in resource.links if link.rel == "self"), None)
    found = resource.text(name) or (own.id if own else "")
    if not found:
        raise BadRecord(
            f"Arlo sent this {resource.tag} without its number.",
            code="no_id",
            hint="Look for it in Arlo; without its number the hub cannot tell it from others.",
            pointer=f"{resource.tag}/{name}",
        )
    return found


def course(resource: Resource, platform: Platform) -> Course:
    """An EventTemplate or an OnlineActivity.

    Arlo decides about completion of neither. That of an online activity is reported to it by the
    system where the learning takes place; for classroom courses there is none.
    """
    online = resource.tag == "OnlineActivity"
    collection, name = (
        ("onlineactivities", "OnlineActivityID") if online else ("eventtemplates", "TemplateID")
    )
    course_id = number(resource, name)
    return Course(
        key=f"{resource.tag.lower()}:{course_id}",
        modified_at=modified(resource),
        raw=resource.as_dict(),
        course=ActivityRef(
            platform.iri(collection, course_id), ActivityKind.COURSE, _title(resource)
        ),
        code=resource.text("Code"),
        modality=Modality.SELF_PACED if online else Modality.INSTRUCTOR_LED,
        completion_tracked=online,
    )


def online_activity_ref(link: Link, platform: Platform) -> ActivityRef:
    """An OnlineActivity by a link to it. It is a course and its only part."""
    title = _title(link.resource) if link.resource else None
    return ActivityRef(platform.iri("onlineactivities", link.id), ActivityKind.COURSE, title)


def course_of_event(event: Resource | None, platform: Platform) -> ActivityRef:
    """The course of an event, by its link to the template. Raises BadRecord ("no_course")."""
    template = event.link("EventTemplate") if event else None
    if template is None or not template.id:
        raise BadRecord(
            "Arlo sent the event without the course (event template) that it belongs to.",
            code="no_course",
            hint="Open the event in Arlo and check its template.",
            pointer="Event/EventTemplate",
        )
    title = _title(template.resource) if template.resource else None
    return ActivityRef(platform.iri("eventtemplates", template.id), ActivityKind.COURSE, title)


def run_ref(event_id: str, event: Resource | None, platform: Platform) -> ActivityRef:
    """An event as an activity."""
    title = _title(event) if event else None
    return ActivityRef(platform.iri("events", event_id), ActivityKind.RUN, title)


def session_ref(session: Resource, platform: Platform) -> ActivityRef:
    """An event session as an activity. Raises BadRecord ("no_id")."""
    session_id = number(session, "SessionID")
    return ActivityRef(
        platform.iri("eventsessions", session_id), ActivityKind.SESSION, _title(session)
    )


def run(event: Resource, sessions: Sequence[Resource], platform: Platform) -> Session:
    """An event. It is virtual if all its sessions are, blended if only some are."""
    event_id = number(event, "EventID")
    parent = course_of_event(event, platform)
    online = [session.text("SessionType") == "Online" for session in sessions]
    modality = Modality.BLENDED if any(online) else Modality.INSTRUCTOR_LED
    return Session(
        key=f"event:{event_id}",
        modified_at=modified(event),
        raw=event.as_dict(),
        activity=run_ref(event_id, event, platform),
        course=parent,
        parent=parent.iri,
        modality=Modality.VIRTUAL if online and all(online) else modality,
        starts_at=instant(event, "StartDateTime"),
        ends_at=instant(event, "FinishDateTime"),
        location=event.text("LocationName"),
        cancelled=event.text("Status") == "Cancelled",
    )


def session(resource: Resource, event: Resource, platform: Platform) -> Session:
    """One session of an event. modified_at is the event's: a session has no stamps of its own."""
    activity = session_ref(resource, platform)
    return Session(
        key=f"eventsession:{number(resource, 'SessionID')}",
        modified_at=modified(resource) or modified(event),
        raw=resource.as_dict(),
        activity=activity,
        course=course_of_event(event, platform),
        parent=platform.iri("events", number(event, "EventID")),
        modality=Modality.VIRTUAL
        if resource.text("SessionType") == "Online"
        else Modality.INSTRUCTOR_LED,
        starts_at=instant(resource, "StartDateTime"),
        ends_at=instant(resource, "FinishDateTime"),
        cancelled="Cancelled" in (resource.text("Status"), event.text("Status")),
    )


def person_ref(contact_id: str, contact: Resource | None, platform: Platform) -> PersonRef:
    """A contact with all its names; only its number where Arlo did not send more."""
    identifiers = [platform.account(contact_id)]
    if contact is None:
        return PersonRef(tuple(identifiers))
    if (email := contact.text("Email")) and "@" in email:
        identifiers.append(Identifier("mbox", email))
    if code := contact.text("CodePrimary"):
        identifiers.append(Identifier("employee_id", code))
    names = (contact.text("FirstName"), contact.text("LastName"))
    return PersonRef(tuple(identifiers), " ".join(filter(None, names)) or None)


def person(contact: Resource, platform: Platform) -> Person:
    """A contact. Arlo keeps presenters and bookers as contacts too."""
    contact_id = number(contact, "ContactID")
    return Person(
        key=f"contact:{contact_id}",
        modified_at=modified(contact),
        raw=contact.as_dict(),
        person=person_ref(contact_id, contact, platform),
        active=contact.text("Status") != "Inactive",
    )


def merged_person(request: Resource, survivor: Resource | None, platform: Platform) -> Person:
    """Two contacts that Arlo has merged into one: the surviving names first, then the old ones.

    *survivor* is what Arlo answers for the destination, which may have been merged again since;
    None if it is gone. Raises BadRecord ("no_id").
    """
    request_id = number(request, "RequestID")
    merged = [
        number(request.parts[part], "ContactID")
        for part in ("DestinationContactInfo", "SourceContactInfo")
        if part in request.parts
    ]
    contact_id = number(survivor, "ContactID") if survivor else merged[0] if merged else ""
    if len(merged) != 2:
        raise BadRecord(
            "Arlo says that two contacts were merged, and does not say which.",
            code="no_id",
            hint="Look at the merged contacts in Arlo and merge the learners here by hand.",
            pointer="ContactMergeRequest/SourceContactInfo",
        )
    found = person_ref(contact_id, survivor, platform)
    others = [platform.account(old) for old in merged if old != contact_id]
    return Person(
        key=f"merge:{request_id}",
        modified_at=instant(request, "CreatedDateTime"),
        raw=request.as_dict(),
        person=PersonRef((*found.identifiers, *others), found.name),
        active=survivor is None or survivor.text("Status") != "Inactive",
    )


def _title(resource: Resource) -> str | None:
    names = ("Name", "Description", "Code") if resource.tag == "EventSession" else ("Name", "Code")
    return next((text for name in names if (text := resource.text(name))), None)
