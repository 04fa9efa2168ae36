"""The simulated Arlo platform behaves as documented: hypermedia, paging, filters, refusals."""

import re

import pytest

from hub.demo.arlo_history import FIRST_DUPLICATE, RECENT_LEADING_RUN
from hub.demo.arlo_site import RESOURCES_PATH, arlo_site
from hub.demo.servers import serve_at
from scorm.xml import parse
from tests.hub.demo.talking import PASSWORD, USERNAME, Arlo

RELATED = "http://schemas.arlo.co/api/2012/02/auth/related/"
STANDARD_SESSION, ADVANCED_SESSION = 3010, 3030


def _texts(page, path):
    return [one.text for one in page.findall(path)]


def _ids(arlo, **options):
    pages = arlo.pages("registrations/", expand="Registration", **options)
    return [
        int(text) for page in pages for text in _texts(page, "Link/Registration/RegistrationID")
    ]


def test_an_expanded_resource_stands_inside_its_link(arlo):
    page = arlo.xml(
        "registrations/",
        expand="Registration,Registration/Contact,Registration/Event/EventTemplate",
        top=1,
    )
    item = page.find("Link[@title='Registration']/Registration")
    assert item.find("Link[@title='Contact']").get("rel") == f"{RELATED}Contact"
    assert item.findtext("Link[@title='Contact']/Contact/ContactID")
    template = "Link[@title='Event']/Event/Link[@title='EventTemplate']/EventTemplate/Name"
    assert item.findtext(template) == "First Aid at Work"


def test_without_expand_a_collection_is_links_alone(arlo):
    page = arlo.xml("events/", top=3)
    links = page.findall("Link[@title='Event']")
    assert len(links) == 3
    assert not any(len(link) for link in links)


def test_the_paths_in_the_links_lead_to_the_resources(arlo):
    registration = arlo.xml("registrations/", top=1).find("Link[@title='Registration']")
    event = arlo.xml(registration.get("href")).find("Link[@title='Event']")
    shown = arlo.xml(event.get("href"))
    assert shown.tag == "Event"
    sessions = arlo.xml(shown.find("Link[@title='Sessions']").get("href"), expand="EventSession")
    assert _texts(sessions, "Link/EventSession/SessionType") == ["Venue"]


def test_next_links_lead_through_every_registration_once(arlo, demo_world):
    assert sorted(_ids(arlo)) == sorted(row.id for row in demo_world.arlo.registrations)


def test_the_size_of_a_page_is_the_callers_up_to_the_limit(arlo):
    assert len(arlo.xml("registrations/").findall("Link[@title='Registration']")) == 20
    assert len(arlo.xml("registrations/", top=7).findall("Link[@title='Registration']")) == 7
    assert len(_ids(arlo, top=5000)) == len(_ids(arlo))


def test_a_platform_can_have_a_smaller_limit_and_pages_all_the_same(demo_world):
    def build(url):
        return arlo_site(
            demo_world.arlo, username=USERNAME, password=PASSWORD, base_url=url, largest_page=50
        )

    with serve_at(build) as server:
        pages = list(Arlo(server.url).pages("registrations/", top=250))
    assert [len(page.findall("Link[@title='Registration']")) for page in pages[:2]] == [50, 50]


def test_rows_come_in_the_order_that_was_asked_for(arlo, demo_world):
    rows = sorted(demo_world.arlo.registrations, key=lambda row: (row.modified, row.id))
    order = "LastModifiedDateTime ASC,RegistrationID ASC"
    assert _ids(arlo, orderby=order) == [row.id for row in rows]


def test_a_filter_by_time_sees_the_digits_that_its_literal_cannot_say(arlo):
    page = arlo.xml(
        "registrations/",
        expand="Registration",
        orderby="LastModifiedDateTime DESC",
        top=1,
    )
    stamp = page.findtext("Link/Registration/LastModifiedDateTime")
    number = int(page.findtext("Link/Registration/RegistrationID"))
    assert re.fullmatch(r".*\.\d{7}Z", stamp)
    literal = f"datetime('{stamp[:23]}Z')"
    # The recipe's tie-break cannot match, and "greater than" gives the same row again.
    assert _ids(arlo, filter=f"LastModifiedDateTime eq {literal}") == []
    assert number in _ids(arlo, filter=f"LastModifiedDateTime gt {literal}")


def test_the_vendors_incremental_filter_is_understood(arlo):
    instant = "datetime('2026-10-25T00:00:00.000Z')"
    found = _ids(
        arlo,
        filter=(
            f"(CreatedDateTime gt {instant} OR LastModifiedDateTime gt {instant}) "
            f"OR (LastModifiedDateTime eq {instant} AND RegistrationID gt 4)"
        ),
        orderby="LastModifiedDateTime ASC,RegistrationID ASC",
    )
    assert found
    assert len(found) < len(_ids(arlo))


@pytest.mark.parametrize(
    "options",
    [
        {"filter": "LastModifiedDateTime gt datetime('2026-10-25T00:00:00.1234567Z')"},
        {"filter": "LastModifiedDateTime gt 4"},
        {"filter": "Shoesize gt 4"},
        {"filter": "RegistrationID near 4"},
        {"filter": "(RegistrationID gt 4"},
        {"filter": "RegistrationID gt 4 garbage"},
        {"orderby": "Shoesize ASC"},
        {"orderby": "RegistrationID UPWARDS"},
        {"expand": "Registration/Shoes"},
        {"expand": "Contact"},
        {"top": "none"},
        {"top": "0"},
        {"$filter": "RegistrationID gt 4"},
    ],
)
def test_a_query_that_cannot_be_read_is_a_400_with_a_reason(arlo, options):
    answer = arlo.get("registrations/", **options)
    assert answer.status_code == 400
    assert parse(answer.content).findtext("Message")


def test_blank_properties_are_left_out(arlo):
    contact = arlo.xml("contacts/510/")
    assert contact.find("Email") is None
    assert contact.findtext("CodePrimary") == "E1010"


def test_local_times_carry_an_offset_and_system_times_are_utc(arlo):
    event = arlo.xml("events/303/")
    assert re.fullmatch(r"2025-06-19T09:00:00\.000\+01:00", event.findtext("StartDateTime"))
    assert event.findtext("LastModifiedDateTime").endswith("Z")


def test_a_run_that_is_over_says_nothing_about_the_learner(arlo):
    page = arlo.xml("events/312/registrations/", expand="Registration")
    seen = set(
        zip(
            _texts(page, "Link/Registration/Status"),
            _texts(page, "Link/Registration/Attendance"),
            strict=True,
        )
    )
    assert ("Completed", "DidNotAttend") in seen
    assert ("Completed", "Attended") in seen


def test_only_runs_with_sessions_of_their_own_have_session_registrations(arlo):
    expand = (
        "EventSessionRegistration,EventSessionRegistration/ParentRegistration,"
        "EventSessionRegistration/ParentRegistration/Contact"
    )
    page = arlo.xml(f"eventsessions/{ADVANCED_SESSION}/registrations/", expand=expand)
    parent = "Link/EventSessionRegistration/Link[@title='ParentRegistration']/Registration"
    assert len(page.findall(f"{parent}/Link[@title='Contact']/Contact")) == 7
    assert arlo.get(f"eventsessions/{STANDARD_SESSION}/registrations/").status_code == 404


def test_a_session_registration_has_an_address_of_its_own(arlo):
    register = arlo.xml(f"eventsessions/{ADVANCED_SESSION}/registrations/", top=1)
    entry = arlo.xml(register.find("Link[@title='EventSessionRegistration']").get("href"))
    parent = entry.find("Link[@title='ParentRegistration']").get("href")
    of_parent = arlo.xml(f"{parent}sessionregistrations/", expand="EventSessionRegistration")
    numbers = _texts(of_parent, "Link/EventSessionRegistration/RegistrationID")
    assert entry.findtext("RegistrationID") in numbers
    assert len(numbers) == 2


def test_a_registration_that_lost_its_contact_has_no_link_to_one(arlo):
    page = arlo.xml("events/311/registrations/", expand="Registration")
    items = page.findall("Link/Registration")
    without = [item for item in items if item.find("Link[@title='Contact']") is None]
    assert len(without) == 1


def test_an_online_activity_has_registrations_with_progress(arlo):
    page = arlo.xml("onlineactivities/71/registrations/", expand="Registration")
    assert "75.0" in _texts(page, "Link/Registration/ProgressPercent")
    assert len(page.findall("Link/Registration/CompletedDateTime")) == 2


def test_a_merged_contact_redirects_for_ever_and_is_told_as_a_merge_request(arlo):
    answer = arlo.get(f"contacts/{FIRST_DUPLICATE}/")
    assert answer.status_code == 308
    assert arlo.xml(answer.headers["Location"]).findtext("ContactID") == "509"
    requests = arlo.xml("contactmergerequests/", expand="ContactMergeRequest")
    merged = requests.find("Link/ContactMergeRequest")
    assert merged.findtext("SourceContactInfo/ContactID") == str(FIRST_DUPLICATE)
    assert merged.findtext("DestinationContactInfo/ContactID") == "509"


def test_the_counts_of_a_run_add_up(arlo):
    counts = arlo.xml(f"events/{RECENT_LEADING_RUN}/registrationsummarycounts/")
    assert counts.findtext("NotCancelled") == counts.findtext("Completed") == "7"


@pytest.mark.parametrize("auth", [None, (USERNAME, "wrong"), ("wrong", PASSWORD)])
def test_wrong_credentials_are_a_401_that_names_the_scheme(arlo, auth):
    answer = arlo.get("contacts/", auth=auth)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert parse(answer.content).tag == "ApiException"


def test_another_format_than_xml_is_a_406(arlo):
    assert arlo.get("contacts/", headers={"Accept": "application/json"}).status_code == 406
    assert arlo.get("contacts/", headers={"Accept": "application/xml"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["contacts/1/", "contacts/x/", "shoes/", "events/301/shoes/", "", "a/b/c/d/"]
)
def test_what_is_not_there_is_a_404_with_an_exception(arlo, path):
    answer = arlo.get(path)
    assert answer.status_code == 404
    assert parse(answer.content).findtext("Code") == "NotFound"


def test_every_nth_request_is_throttled_in_json_with_a_time_to_wait(demo_world):
    def build(url):
        return arlo_site(
            demo_world.arlo, username=USERNAME, password=PASSWORD, base_url=url, throttle_every=3
        )

    with serve_at(build) as server:
        arlo = Arlo(server.url)
        answers = [arlo.get("contacts/") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].headers["Content-Type"] == "application/json"
    assert answers[2].json()["error"] == "rate_limit_exceeded"


def test_the_links_carry_the_address_that_the_platform_was_given(demo_world):
    def build(_url):
        return arlo_site(
            demo_world.arlo, username=USERNAME, password=PASSWORD, base_url="https://demo.example"
        )

    with serve_at(build) as server:
        page = Arlo(server.url).xml("contacts/", top=1)
    hrefs = {link.get("href") for link in page.findall("Link")}
    assert all(href.startswith(f"https://demo.example{RESOURCES_PATH}") for href in hrefs)
