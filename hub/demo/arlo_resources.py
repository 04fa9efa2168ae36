"""Arlo's resources as the simulated platform shows them: elements, links, queryable properties.

Element names and link titles are those of developer.arlo.co (Auth API 2012-02-01). Blank properties
are left out, not empty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.demo.arlo_world import (
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
    unique_identifier,
)

Element = tuple[str, "str | Sequence[Element]"]
"""Name and text, or name and inner elements. A blank text leaves the element out."""


@dataclass(frozen=True, slots=True)
class Link:
    """A related resource: title, path under the resources root; kind, key: what expand inlines."""

    title: str
    path: str
    kind: str = ""
    key: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of resource. relations: link titles that expand accepts, held or not."""

    name: str
    collection: str
    path: Callable[[Any], str]
    elements: Callable[[Any], Sequence[Element]]
    properties: Callable[[Any], Mapping[str, Any]]
    links: Callable[[Any], Sequence[Link]] = lambda _row: ()
    relations: frozenset[str] = frozenset()


def utc_text(instant: int | None) -> str:
    """DateTime: UTC with Z and up to seven digits, as many as there are."""
    if instant is None:
        return ""
    seconds, fraction = divmod(instant, 10_000_000)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:07}".rstrip("0")
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def offset_text(instant: datetime) -> str:
    """DateTimeOffset: local time with a numeric offset."""
    return instant.isoformat(timespec="milliseconds")


def rows_by_kind(world: ArloWorld) -> dict[str, dict[int, Any]]:
    """Resource name -> id -> row."""
    return {
        "Contact": {row.id: row for row in world.contacts},
        "ContactMergeRequest": {row.number: row for row in world.merges},
        "Event": {row.id: row for row in world.events},
        "EventSession": {row.id: row for row in world.sessions},
        "EventSessionRegistration": {row.id: row for row in world.session_registrations},
        "EventTemplate": {row.id: row for row in world.templates},
        "OnlineActivity": {row.id: row for row in world.online_activities},
        "Registration": {row.id: row for row in world.registrations},
    }


def _named(name: str, number: int) -> list[Element]:
    return [("UniqueIdentifier", unique_identifier(name, number))]


def _edited(row: Any) -> list[Element]:
    return [
        ("CreatedDateTime", utc_text(row.created)),
        ("LastModifiedDateTime", utc_text(row.modified)),
    ]


def _edited_properties(row: Any) -> dict[str, Any]:
    return {"CreatedDateTime": row.created, "LastModifiedDateTime": row.modified}


def _times(row: ArloEvent | EventSession) -> list[Element]:
    return [
        ("StartDateTime", offset_text(row.start)),
        ("FinishDateTime", offset_text(row.finish)),
        ("StartTimeZoneAbbr", row.zone),
        ("FinishTimeZoneAbbr", row.zone),
    ]


def _time_properties(row: ArloEvent | EventSession) -> dict[str, Any]:
    return {
        "StartDateTime": ticks(row.start.astimezone(UTC)),
        "FinishDateTime": ticks(row.finish.astimezone(UTC)),
        "Status": row.status,
    }


def _contact(row: Contact) -> list[Element]:
    return [
        ("ContactID", str(row.id)),
        *_named("contact", row.id),
        ("FirstName", row.first_name),
        ("LastName", row.last_name),
        ("Email", row.email),
        ("CodePrimary", row.code_primary),
        ("Status", "Active"),
        *_edited(row),
    ]


def _merge(row: Merge) -> list[Element]:
    def info(contact: int) -> list[Element]:
        return [("ContactID", str(contact)), *_named("contact", contact)]

    return [
        ("RequestID", unique_identifier("merge", row.number)),
        ("SourceContactInfo", info(row.source)),
        ("DestinationContactInfo", info(row.destination)),
        ("CreatedDateTime", utc_text(row.created)),
    ]


def _template(row: EventTemplate) -> list[Element]:
    return [
        ("TemplateID", str(row.id)),
        *_named("template", row.id),
        ("Code", row.code),
        ("Name", row.name),
        ("AdvertisedDuration", row.advertised_duration),
        ("DefaultEventSessionType", row.session_type),
        ("IsPrivate", "false"),
        ("PublishOnWebsite", "true"),
        ("Status", "Active"),
        *_edited(row),
    ]


def _event(row: ArloEvent) -> list[Element]:
    return [
        ("EventID", str(row.id)),
        *_named("event", row.id),
        ("Code", row.code),
        ("Name", row.name),
        *_times(row),
        ("LocationName", row.location),
        ("Status", row.status),
        *_edited(row),
    ]


def _session(row: EventSession) -> list[Element]:
    return [
        ("SessionID", str(row.id)),
        *_named("session", row.id),
        ("Name", row.name),
        *_times(row),
        ("SessionType", row.session_type),
        ("Status", row.status),
        *_edited(row),
    ]


def _online_activity(row: OnlineActivity) -> list[Element]:
    return [
        ("OnlineActivityID", str(row.id)),
        *_named("onlineactivity", row.id),
        ("Code", row.code),
        ("Name", row.name),
        ("DeliveryDescription", "Self-paced"),
        ("Status", row.status),
        *_edited(row),
    ]


def _registration(row: Registration) -> list[Element]:
    return [
        ("RegistrationID", str(row.id)),
        *_named("registration", row.id),
        ("Attendance", row.attendance),
        ("Outcome", row.outcome),
        ("Grade", row.grade),
        ("ProgressPercent", row.progress_percent),
        ("ProgressStatus", row.progress_status),
        ("Status", row.status),
        ("CompletedDateTime", utc_text(row.completed)),
        ("CertificateSentDateTime", utc_text(row.certificate_sent)),
        *_edited(row),
    ]


def _registration_links(row: Registration) -> list[Link]:
    links = []
    if row.contact is not None:
        links.append(Link("Contact", f"contacts/{row.contact}/", "Contact", row.contact))
    if row.event is not None:
        links.append(Link("Event", f"events/{row.event}/", "Event", row.event))
    if row.online_activity is not None:
        path = f"onlineactivities/{row.online_activity}/"
        links.append(Link("OnlineActivity", path, "OnlineActivity", row.online_activity))
    return links


def _session_registration(row: SessionRegistration) -> list[Element]:
    return [
        ("RegistrationID", str(row.id)),
        *_named("sessionregistration", row.id),
        ("Attendance", row.attendance),
        ("Status", row.status),
        *_edited(row),
    ]


def _with(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {name: row.id, **_edited_properties(row)}


RESOURCES = {
    one.name: one
    for one in (
        Resource(
            "Contact",
            "Contacts",
            lambda row: f"contacts/{row.id}/",
            _contact,
            lambda row: {"ContactID": row.id, "Email": row.email, **_edited_properties(row)},
            relations=frozenset({"Employment", "Registrations", "CustomFields"}),
        ),
        Resource(
            "ContactMergeRequest",
            "ContactMergeRequests",
            lambda row: f"contactmergerequests/{unique_identifier('merge', row.number)}/",
            _merge,
            lambda row: {"CreatedDateTime": row.created},
        ),
        Resource(
            "EventTemplate",
            "EventTemplates",
            lambda row: f"eventtemplates/{row.id}/",
            _template,
            lambda row: {"TemplateID": row.id, "Code": row.code, **_edited_properties(row)},
        ),
        Resource(
            "Event",
            "Events",
            lambda row: f"events/{row.id}/",
            _event,
            lambda row: {
                "EventID": row.id,
                "Code": row.code,
                **_time_properties(row),
                **_edited_properties(row),
            },
            lambda row: [
                Link(
                    "EventTemplate",
                    f"eventtemplates/{row.template}/",
                    "EventTemplate",
                    row.template,
                ),
                Link("Sessions", f"events/{row.id}/sessions/"),
                Link("Registrations", f"events/{row.id}/registrations/"),
            ],
            frozenset({"EventTemplate"}),
        ),
        Resource(
            "EventSession",
            "EventSessions",
            lambda row: f"eventsessions/{row.id}/",
            _session,
            lambda row: {
                "SessionID": row.id,
                **_time_properties(row),
                **_edited_properties(row),
            },
            lambda row: [Link("Event", f"events/{row.event}/", "Event", row.event)],
            frozenset({"Event", "CustomFields", "VenueDetails", "OnlineDetails", "Presenters"}),
        ),
        Resource(
            "OnlineActivity",
            "OnlineActivities",
            lambda row: f"onlineactivities/{row.id}/",
            _online_activity,
            _with("OnlineActivityID"),
            lambda row: [Link("Registrations", f"onlineactivities/{row.id}/registrations/")],
        ),
        Resource(
            "Registration",
            "Registrations",
            lambda row: f"registrations/{row.id}/",
            _registration,
            lambda row: {
                "RegistrationID": row.id,
                "Status": row.status,
                **_edited_properties(row),
            },
            _registration_links,
            frozenset({"Contact", "Event", "OnlineActivity", "CustomFields"}),
        ),
        Resource(
            "EventSessionRegistration",
            "EventSessionRegistrations",
            lambda row: f"eventsessions/{row.session}/registrations/{row.id}/",
            _session_registration,
            _with("RegistrationID"),
            lambda row: [
                Link(
                    "ParentRegistration",
                    f"registrations/{row.parent}/",
                    "Registration",
                    row.parent,
                )
            ],
            frozenset({"ParentRegistration"}),
        ),
    )
}
LINKED_KIND = {"ParentRegistration": "Registration"}
"""Link titles that are not the name of the resource behind them."""
