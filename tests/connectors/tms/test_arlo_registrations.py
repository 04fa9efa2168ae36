"""What one registration says: each fact apart, nothing concluded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.records import (
    ActivityKind,
    Assessment,
    Attendance,
    AttendanceStatus,
    Completion,
    Identifier,
    Registration,
    RegistrationStatus,
    Rejected,
)
from connectors.tms.arlo_records import Platform
from connectors.tms.arlo_registrations import registration_records, session_attendance
from connectors.tms.arlo_xml import parse_resource

DATA = Path(__file__).parents[2] / "data" / "arlo"
ACME = Platform.at("https://acme.arlo.co")
ROOT = "https://acme.arlo.co/api/2012-02-01/auth/resources/"

CONTACT = f'<Link rel="x/related/Contact" title="Contact" href="{ROOT}contacts/71/"/>'
TEMPLATE = f'<Link title="EventTemplate" rel="t" href="{ROOT}eventtemplates/12/"/>'
EVENT = f"""<Link rel="x/related/Event" title="Event" href="{ROOT}events/301/"><Event>
  <EventID>301</EventID><Status>Active</Status>
  <StartDateTime>2026-05-20T09:00:00+12:00</StartDateTime>
  <FinishDateTime>2026-05-20T16:30:00+12:00</FinishDateTime>{TEMPLATE}</Event></Link>"""
ACTIVITY = f'<Link rel="x" title="OnlineActivity" href="{ROOT}onlineactivities/8/"/>'
COMPLETED = "<CompletedDateTime>2026-05-01T10:00:00Z</CompletedDateTime>"


def registration(body, links=CONTACT + EVENT, status="<Status>Approved</Status>"):
    return parse_resource(
        f"""<Registration><RegistrationID>5</RegistrationID>{status}{body}
        <CreatedDateTime>2026-04-02T08:15:00Z</CreatedDateTime>{links}</Registration>""".encode()
    )


def records_of(body, links=CONTACT + EVENT, status="<Status>Approved</Status>", **more):
    return registration_records(registration(body, links, status), ACME, **more)


def only(kind, records):
    found = [record for record in records if isinstance(record, kind)]
    assert len(found) == 1, records
    return found[0]


def page():
    return parse_resource((DATA / "registrations.xml").read_bytes())


def test_a_page_of_expanded_registrations_becomes_records():
    first, second = (link.resource for link in page().items("Registration"))
    made = registration_records(first, ACME)
    assert [record.key for record in made] == [
        "registration:5001",
        "registration:5001:attendance",
        "registration:5001:assessment",
    ]
    registered = only(Registration, made)
    assert registered.registration == "0d9c7c1e-54a5-4d0a-9d0c-0b1f1d1f5001"
    assert registered.activity.iri == f"{ROOT}events/301/"
    assert registered.activity.kind is ActivityKind.RUN
    assert registered.course.iri == f"{ROOT}eventtemplates/12/"
    assert registered.course.title == "Fire safety"
    assert registered.registered_at == datetime(2026, 4, 2, 8, 15, 0, 950000, UTC)
    assert registered.modified_at == datetime(2026, 5, 23, 9, 25, 9, 483000, UTC)
    assert registered.person.name == "Ines Okafor"
    assert registered.person.identifiers == (
        Identifier("account", "71", "https://acme.arlo.co"),
        Identifier("mbox", "ines.okafor@example.org"),
        Identifier("employee_id", "HR-0071"),
    )
    made = registration_records(second, ACME)
    assert [record.key for record in made] == ["registration:5002", "registration:5002:completion"]


def test_a_completed_registration_of_someone_absent_is_absence_and_no_completion():
    made = registration_records(page().items("Registration")[0].resource, ACME)
    assert only(Registration, made).status is RegistrationStatus.REGISTERED
    assert only(Attendance, made).status is AttendanceStatus.ABSENT
    assert not [record for record in made if isinstance(record, Completion)]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PendingApproval", RegistrationStatus.REQUESTED),
        ("Approved", RegistrationStatus.REGISTERED),
        ("Completed", RegistrationStatus.REGISTERED),
        ("Cancelled", RegistrationStatus.CANCELLED),
    ],
)
def test_each_documented_status_has_one_meaning(word, status):
    made = records_of("", status=f"<Status>{word}</Status>")
    assert only(Registration, made).status is status


@pytest.mark.parametrize("status", ["<Status>Waitlisted</Status>", "<Status/>", ""])
def test_an_unknown_or_missing_status_sets_the_registration_aside_and_keeps_the_mark(status):
    made = records_of("<Attendance>Attended</Attendance>", status=status)
    refused = only(Rejected, made)
    assert (refused.key, refused.code, refused.pointer) == (
        "registration:5",
        "unknown_status",
        "Status",
    )
    assert refused.raw["RegistrationID"] == "5"
    assert refused.hint
    assert only(Attendance, made).status is AttendanceStatus.ATTENDED


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("<Attendance>Attended</Attendance>", AttendanceStatus.ATTENDED),
        ("<Attendance>DidNotAttend</Attendance>", AttendanceStatus.ABSENT),
        ("<Attendance>DidNotAttended</Attendance>", AttendanceStatus.ABSENT),
        ("<Attendance>Unknown</Attendance>", AttendanceStatus.UNKNOWN),
        ("<Attendance/>", AttendanceStatus.UNKNOWN),
        ("<Attendance>  </Attendance>", AttendanceStatus.UNKNOWN),
        ("", AttendanceStatus.UNKNOWN),
    ],
)
def test_a_missing_mark_and_an_empty_one_are_unknown_not_absent(mark, status):
    assert only(Attendance, records_of(mark)).status is status


def test_an_unknown_mark_is_set_aside_and_the_registration_kept():
    made = records_of("<Attendance>Excused</Attendance>")
    refused = only(Rejected, made)
    assert (refused.key, refused.code) == ("registration:5:attendance", "unknown_attendance")
    assert "“Excused”" in refused.message
    assert only(Registration, made).status is RegistrationStatus.REGISTERED


def test_a_changed_mark_keeps_its_key_and_has_a_later_stamp():
    before = only(Attendance, records_of("<Attendance>Attended</Attendance>"))
    after = only(
        Attendance,
        records_of(
            "<Attendance>DidNotAttend</Attendance>"
            "<LastModifiedDateTime>2026-05-27T08:00:00Z</LastModifiedDateTime>"
        ),
    )
    assert before.key == after.key
    assert before.modified_at < after.modified_at


def test_a_mark_of_a_run_with_registers_per_session_is_left_to_the_sessions():
    made = records_of("<Attendance>Attended</Attendance>", marked_in_sessions=True)
    assert [type(record) for record in made] == [Registration, Assessment]


def test_attendance_happened_when_the_run_ended():
    mark = only(Attendance, records_of("<Attendance>Attended</Attendance>"))
    assert mark.occurred_at == datetime(2026, 5, 20, 4, 30, tzinfo=UTC)
    assert mark.scheduled_seconds == 7.5 * 3600
    assert (mark.seconds, mark.basis) == (None, "marked")


def test_the_nights_of_a_run_of_several_days_are_not_scheduled_time():
    mark = only(Attendance, registration_records(page().items("Registration")[0].resource, ACME))
    assert mark.scheduled_seconds is None


def test_a_session_across_the_change_of_the_clocks_lasts_as_long_as_it_lasts():
    session = parse_resource(b"""<EventSession><SessionID>9</SessionID><Name>Night</Name>
        <StartDateTime>2026-04-05T01:00:00+13:00</StartDateTime>
        <FinishDateTime>2026-04-05T04:00:00+12:00</FinishDateTime>
        <StartTimeZoneAbbr>AEST</StartTimeZoneAbbr></EventSession>""")
    event = parse_resource(f"<Event><EventID>301</EventID>{TEMPLATE}</Event>".encode())
    entry = parse_resource(
        f"""<EventSessionRegistration><RegistrationID>99</RegistrationID>
        <Attendance>Attended</Attendance><Status>Approved</Status>
        <Link rel="x" title="ParentRegistration" href="{ROOT}registrations/5/"><Registration>
        <RegistrationID>5</RegistrationID><UniqueIdentifier>u-5</UniqueIdentifier>{CONTACT}
        </Registration></Link></EventSessionRegistration>""".encode()
    )
    mark = only(Attendance, session_attendance(entry, session, event, ACME))
    assert mark.key == "sessionregistration:99"
    assert mark.scheduled_seconds == 4 * 3600
    assert mark.occurred_at == datetime(2026, 4, 4, 16, 0, tzinfo=UTC)
    assert mark.activity.iri == f"{ROOT}eventsessions/9/"
    assert mark.activity.kind is ActivityKind.SESSION
    assert mark.registration == "u-5"


def test_a_mark_in_a_session_without_its_registration_belongs_to_nobody():
    entry = parse_resource(b"<X><RegistrationID>99</RegistrationID></X>")
    session = parse_resource(b"<EventSession><SessionID>9</SessionID></EventSession>")
    event = parse_resource(f"<Event><EventID>301</EventID>{TEMPLATE}</Event>".encode())
    refused = only(Rejected, session_attendance(entry, session, event, ACME))
    assert (refused.key, refused.code) == ("sessionregistration:99", "no_learner")


@pytest.mark.parametrize(
    ("links", "code"),
    [
        (EVENT, "no_learner"),
        (CONTACT, "no_activity"),
        (CONTACT + EVENT.replace(TEMPLATE, ""), "no_course"),
    ],
)
def test_a_registration_without_what_it_needs_is_set_aside_once(links, code):
    refused = only(Rejected, records_of("<Outcome>Pass</Outcome>", links))
    assert (refused.key, refused.code) == ("registration:5", code)
    assert refused.raw["Outcome"] == "Pass"


def test_a_registration_without_its_number_is_set_aside():
    resource = parse_resource(
        b"<Registration><UniqueIdentifier>u</UniqueIdentifier></Registration>"
    )
    refused = only(Rejected, registration_records(resource, ACME))
    assert (refused.key, refused.code) == ("registration:u", "no_id")


@pytest.mark.parametrize(
    ("body", "success", "text", "scaled"),
    [
        ("<Outcome>Pass</Outcome><Grade>92%</Grade>", True, "92%", 0.92),
        ("<Outcome>Fail</Outcome>", False, None, None),
        ("<Outcome>Unknown</Outcome><Grade>A+ (92%)</Grade>", None, "A+ (92%)", None),
        ("<Grade>Merit</Grade>", None, "Merit", None),
        ("<Outcome>Pass</Outcome><Grade>-</Grade>", True, "-", None),
        ("<Grade>0%</Grade>", None, "0%", 0.0),
    ],
)
def test_outcome_and_grade_make_an_assessment(body, success, text, scaled):
    found = only(Assessment, records_of(body))
    assert (found.success, found.grade_text, found.scaled_score) == (success, text, scaled)
    assert found.assessed_at == datetime(2026, 5, 20, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("body", ["", "<Outcome>Unknown</Outcome>", "<Grade>-</Grade>", "<Grade/>"])
def test_without_outcome_and_grade_the_assessment_is_empty(body):
    found = only(Assessment, records_of(body))
    assert (found.success, found.grade_text, found.raw_score, found.scaled_score) == (None,) * 4


def test_an_online_activity_without_outcome_and_grade_has_no_assessment():
    made = records_of("", CONTACT + ACTIVITY)
    assert not [record for record in made if isinstance(record, Assessment)]


def test_an_unknown_outcome_is_set_aside():
    refused = only(Rejected, records_of("<Outcome>Distinction</Outcome>"))
    assert (refused.key, refused.code) == ("registration:5:assessment", "unknown_outcome")


@pytest.mark.parametrize(
    ("body", "completion", "progress"),
    [
        ("<ProgressPercent>75.0</ProgressPercent>", False, 0.75),
        ("<ProgressPercent>0</ProgressPercent>", False, 0.0),
        ("<ProgressPercent>100</ProgressPercent>", None, 1.0),
        (
            f"<ProgressPercent>100</ProgressPercent>{COMPLETED}",
            True,
            1.0,
        ),
        (COMPLETED, True, None),
    ],
)
def test_progress_of_an_online_activity_is_what_its_own_system_reported(body, completion, progress):
    found = only(Completion, records_of(body, CONTACT + ACTIVITY))
    assert (found.completion, found.progress) == (completion, progress)
    assert found.activity == found.course
    assert found.course.iri == f"{ROOT}onlineactivities/8/"


def test_a_completed_status_of_an_online_activity_is_no_completion():
    made = records_of("", CONTACT + ACTIVITY, "<Status>Completed</Status>")
    assert [type(record) for record in made] == [Registration]


def test_progress_beside_a_classroom_event_is_a_copy_and_completes_nothing():
    made = records_of(f"<ProgressPercent>100</ProgressPercent>{COMPLETED}")
    assert not [record for record in made if isinstance(record, Completion)]


def test_an_unreadable_date_sets_aside_only_what_needs_it():
    made = records_of("<CompletedDateTime>yesterday</CompletedDateTime>", CONTACT + ACTIVITY)
    assert only(Rejected, made).key == "registration:5:completion"
    assert only(Registration, made).key == "registration:5"


def test_a_cancellation_is_the_provider_s_where_the_run_is_cancelled_too():
    cancelled = "<Status>Cancelled</Status>"
    run_too = EVENT.replace("<Status>Active</Status>", cancelled)
    assert (
        only(Registration, records_of("", CONTACT + run_too, cancelled)).cancelled_by == "provider"
    )
    assert only(Registration, records_of("", status=cancelled)).cancelled_by is None
