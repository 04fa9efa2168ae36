"""Arlo's courses, runs, sessions and contacts, and the names they get."""

from datetime import UTC, datetime

import pytest

from connectors.errors import BadRecord
from connectors.records import ActivityKind, Identifier, Modality
from connectors.tms.arlo_records import (
    Platform,
    course,
    merged_person,
    person,
    run,
    session,
    set_aside,
)
from connectors.tms.arlo_xml import parse_resource

HOME = "https://acme.arlo.co"
ROOT = f"{HOME}/api/2012-02-01/auth/resources/"
ACME = Platform.at(HOME)
TEMPLATE = f'<Link title="EventTemplate" rel="t" href="{ROOT}eventtemplates/12/"/>'


def xml(text):
    return parse_resource(text.encode())


def event(status="Active"):
    return xml(
        f"""<Event><EventID>301</EventID><Code>FIRE-003</Code><LocationName>Leeds</LocationName>
        <StartDateTime>2026-05-20T09:00:00+12:00</StartDateTime>
        <FinishDateTime>2026-05-21T16:30:00+12:00</FinishDateTime><Status>{status}</Status>
        <CreatedDateTime>2026-01-02T03:04:05Z</CreatedDateTime>{TEMPLATE}</Event>"""
    )


def held(kind, number="9", status="Active"):
    return xml(
        f"""<EventSession><SessionID>{number}</SessionID><Name>Day 1</Name>
        <SessionType>{kind}</SessionType><Status>{status}</Status></EventSession>"""
    )


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("https://acme.arlo.co", HOME),
        ("https://ACME.arlo.co/", HOME),
        ("https://acme.arlo.co/api/2012-02-01/auth/resources/", HOME),
        ("https://acme.arlo.co/api/2012-02-01", HOME),
        ("https://api.arlo.co/acme/api/2012-02-01/auth/resources", "https://api.arlo.co/acme"),
        ("http://127.0.0.1:8070", "http://127.0.0.1:8070"),
    ],
)
def test_the_address_may_hold_the_path_of_the_api_or_not(address, home):
    platform = Platform.at(address)
    assert platform.home == home
    assert platform.root == f"{home}/api/2012-02-01/auth/resources/"


def test_a_template_is_an_instructor_led_course_under_its_own_address():
    made = course(
        xml("<EventTemplate><TemplateID>12</TemplateID><Code>F</Code></EventTemplate>"), ACME
    )
    assert made.key == "eventtemplate:12"
    assert made.course.iri == f"{ROOT}eventtemplates/12/"
    assert made.course.title == "F"
    assert (made.modality, made.completion_tracked) == (Modality.INSTRUCTOR_LED, False)


def test_an_online_activity_is_a_self_paced_course_whose_completion_is_reported():
    text = (
        "<OnlineActivity><OnlineActivityID>8</OnlineActivityID><Name>GDPR</Name></OnlineActivity>"
    )
    made = course(xml(text), ACME)
    assert (made.key, made.course.iri) == ("onlineactivity:8", f"{ROOT}onlineactivities/8/")
    assert (made.modality, made.completion_tracked) == (Modality.SELF_PACED, True)


@pytest.mark.parametrize(
    ("kinds", "modality"),
    [
        (["Venue"], Modality.INSTRUCTOR_LED),
        (["Online", "Online"], Modality.VIRTUAL),
        (["Online", "Venue"], Modality.BLENDED),
        ([], Modality.INSTRUCTOR_LED),
    ],
)
def test_a_run_is_as_virtual_as_its_sessions(kinds, modality):
    made = run(event(), [held(kind) for kind in kinds], ACME)
    assert made.modality is modality
    assert made.activity.kind is ActivityKind.RUN
    assert made.parent == made.course.iri == f"{ROOT}eventtemplates/12/"
    assert made.ends_at == datetime(2026, 5, 21, 4, 30, tzinfo=UTC)
    assert made.modified_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (made.location, made.cancelled) == ("Leeds", False)


def test_a_session_hangs_below_its_run():
    made = session(held("Online"), event(), ACME)
    assert made.activity.iri == f"{ROOT}eventsessions/9/"
    assert made.activity.title == "Day 1"
    assert made.parent == f"{ROOT}events/301/"
    assert made.course.iri == f"{ROOT}eventtemplates/12/"
    assert made.modality is Modality.VIRTUAL


def test_a_cancelled_run_cancels_its_sessions():
    assert run(event("Cancelled"), [], ACME).cancelled
    assert session(held("Venue"), event("Cancelled"), ACME).cancelled
    assert session(held("Venue", status="Cancelled"), event(), ACME).cancelled


def test_a_contact_is_known_by_its_number_its_address_and_its_code():
    contact = xml(
        """<Contact><ContactID>71</ContactID><UniqueIdentifier>g</UniqueIdentifier>
        <LastName>Okafor</LastName><Email>ines@example.org</Email><CodePrimary>H1</CodePrimary>
        <Status>Inactive</Status></Contact>"""
    )
    made = person(contact, ACME)
    assert made.person.identifiers == (
        Identifier("account", "71", HOME),
        Identifier("mbox", "ines@example.org"),
        Identifier("employee_id", "H1"),
    )
    assert (made.person.name, made.active) == ("Okafor", False)


@pytest.mark.parametrize("email", ["<Email/>", "<Email>none</Email>", ""])
def test_a_contact_without_an_e_mail_address_is_still_somebody(email):
    made = person(xml(f"<Contact><ContactID>71</ContactID>{email}</Contact>"), ACME)
    assert made.person.identifiers == (Identifier("account", "71", HOME),)
    assert made.active


MERGE = """<ContactMergeRequest><RequestID>r-1</RequestID>
    <SourceContactInfo><ContactID>60</ContactID></SourceContactInfo>
    <DestinationContactInfo><ContactID>71</ContactID></DestinationContactInfo>
    <CreatedDateTime>2026-05-28T17:51:51.941+12:00</CreatedDateTime></ContactMergeRequest>"""


def accounts(made):
    return [one.value for one in made.person.identifiers if one.kind == "account"]


def test_a_merge_joins_both_accounts_the_surviving_one_first():
    survivor = xml("<Contact><ContactID>71</ContactID><Status>Inactive</Status></Contact>")
    made = merged_person(xml(MERGE), survivor, ACME)
    assert (made.key, accounts(made), made.active) == ("merge:r-1", ["71", "60"], False)


def test_a_chain_of_merges_joins_all_three():
    survivor = xml("<Contact><ContactID>99</ContactID></Contact>")
    assert accounts(merged_person(xml(MERGE), survivor, ACME)) == ["99", "71", "60"]


def test_a_merge_into_someone_who_is_gone_still_joins():
    assert accounts(merged_person(xml(MERGE), None, ACME)) == ["71", "60"]


def test_a_merge_that_names_only_one_is_refused():
    half = xml("<ContactMergeRequest><RequestID>r-2</RequestID></ContactMergeRequest>")
    with pytest.raises(BadRecord) as refused:
        merged_person(half, None, ACME)
    assert refused.value.code == "no_id"


def test_a_number_that_is_missing_is_taken_from_the_resource_s_own_address():
    own = f'<Contact><Link rel="self" href="{ROOT}contacts/71/"/></Contact>'
    assert person(xml(own), ACME).key == "contact:71"


def test_what_cannot_be_read_is_set_aside_under_its_key_with_all_that_was_sent():
    bad = xml("<Contact><Email>a@example.org</Email></Contact>")
    (refused,) = set_aside(lambda: person(bad, ACME), "contact:None", bad)
    assert (refused.code, refused.pointer) == ("no_id", "Contact/ContactID")
    assert refused.raw == {"Email": "a@example.org"}
