"""Reading Arlo over HTTP: pages, the cursor and its precision, sessions, merges, and the check.

The little Arlo here knows filter, orderby, top, skip and expand as far as the connector uses them.
Like the real one it compares stamps with seven digits, and sorts rows without a stamp first.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import NeedsAttention, Unavailable
from connectors.http import HttpSession
from connectors.records import Attendance, AttendanceStatus, Person, Registration, Rejected, Session
from connectors.tms.arlo import Arlo
from connectors.tms.arlo_api import ArloApi, Collection
from connectors.tms.arlo_config import ArloConfig
from tests.connectors.simulator import LOOPBACK, Answer, serve

API = "/api/2012-02-01/auth/resources/"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
BASE = datetime(2026, 5, 1, tzinfo=UTC)
SECOND = 10_000_000  # ticks of 100 ns


def stamp(ticks):
    """An instant, in ticks after BASE, as Arlo writes it."""
    seconds, rest = divmod(ticks, SECOND)
    return f"{BASE + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:07d}Z"


def ticks_of(text):
    whole, fraction, offset = re.fullmatch(r"(.{19})(?:\.(\d+))?(Z|.\d\d:\d\d)", text).groups()
    seconds = (datetime.fromisoformat(whole + offset) - BASE).total_seconds()
    return int(seconds) * SECOND + int((fraction or "0")[:7].ljust(7, "0"))


@dataclass
class LittleArlo:
    """Rows by collection path; a row is (fields, xml of its links). Other paths answer 404."""

    rows: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    ignores_expand: bool = False
    before_answer: object = None

    def __call__(self, asked):
        if self.before_answer:
            self.before_answer(asked)
        path = asked.path.removeprefix(API)
        if path in self.answers:
            return self.answers[path]
        if path in self.rows:
            return Answer(200, self.page(path, asked.form).encode())
        collection, _, number = path.rstrip("/").rpartition("/")
        for fields, links in self.rows.get(f"{collection}/", ()):
            if number == next(iter(fields.values())):
                return Answer(200, self.item(collection, fields, links).encode())
        return Answer(404, b"<ApiException><Message>Not found</Message></ApiException>")

    def item(self, path, fields, links):
        name = NAMES[path.strip("/").rpartition("/")[2]]
        if path.startswith("eventsessions/"):
            name = "EventSessionRegistration"
        inside = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
        return f"<{name}>{inside}{links}</{name}>"

    def page(self, path, form):
        found = [row for row in self.rows[path] if matches(form.get("filter"), row[0])]
        for order in reversed(form.get("orderby", "").split(",") if "orderby" in form else []):
            column, _, direction = order.partition(" ")
            assert direction == "ASC"
            found.sort(key=lambda row, column=column: sort_key(row[0].get(column)))
        skip, top = int(form.get("skip", 0)), int(form.get("top", 100))
        links = []
        for fields, inner in found[skip : skip + top]:
            item = self.item(path, fields, inner)
            name = re.match(r"<(\w+)", item)[1]
            number = next(iter(fields.values()))
            expanded = name in form.get("expand", "").split(",") and not self.ignores_expand
            links.append(
                f'<Link rel="http://schemas.arlo.co/api/2012/02/auth/{name}" title="{name}" '
                f'href="{path}{number}/">{item if expanded else ""}</Link>'
            )
        if skip + top < len(found):
            following = urlencode({**form, "skip": skip + top}).replace("&", "&amp;")
            links.append(f'<Link rel="next" href="{path}?{following}"/>')
        return f"<Collection>{''.join(links)}</Collection>"


NAMES = {
    "eventtemplates": "EventTemplate",
    "onlineactivities": "OnlineActivity",
    "events": "Event",
    "sessions": "EventSession",
    "contacts": "Contact",
    "contactmergerequests": "ContactMergeRequest",
    "registrations": "Registration",
}


def sort_key(value):
    if value is None:
        return (0, 0)
    return (1, int(value) if value.isdigit() else ticks_of(value))


def matches(condition, row):
    """Evaluate a filter: comparisons joined by AND and OR. A blank value compares as false."""

    def compare(found):
        value, literal = row.get(found[1]), found[4] or found[3]
        if value is None:
            return " False "
        number = int if literal.isdigit() else ticks_of
        assert found[2] == "gt" or found[2] == "lt"
        left, right = number(value), number(literal)
        return f" {left > right if found[2] == 'gt' else left < right} "

    if condition is None:
        return True
    literal = r"(datetime(?:offset)?\('([^']+)'\)|\d+)"
    text = re.sub(rf"(\w+) (\w\w) {literal}", compare, condition)
    assert re.fullmatch(r"[()\s]*((True|False|AND|OR)[()\s]*)+", text), condition
    return eval(text.replace("AND", "and").replace("OR", "or"))


def source(site, **more):
    entered = {"base_url": site.base_url, "username": "hub", "password": "secret", "pause": 0}
    http = HttpSession(site.base_url, allow_networks=LOOPBACK, sleep=lambda _: None)
    return Arlo(ArloConfig().load(entered | more), http, now=lambda: NOW)


def read(connector, stream, since=None, resume=None):
    return list(connector.read(stream, since, resume))


def records_of(pages):
    return [record for page in pages for record in page.records]


def keys(pages):
    return [record.key for record in records_of(pages)]


# --- the cursor ---------------------------------------------------------------------------------

THINGS = Collection("contacts/", "Contact", "ContactID")

rows_strategy = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 45_000)), st.integers(0, 45_000)), max_size=20
)


def contact_rows(stamps):
    rows = []
    for number, (modified, created) in enumerate(stamps, start=1):
        fields = {"ContactID": str(number), "CreatedDateTime": stamp(created)}
        if modified is not None:
            fields["LastModifiedDateTime"] = stamp(modified)
        rows.append((fields, ""))
    return rows


@pytest.fixture(scope="module")
def little():
    arlo = LittleArlo()
    with serve(arlo) as site:
        yield arlo, site


def api(site, page_size):
    http = HttpSession(site.base_url, allow_networks=LOOPBACK)
    return ArloApi(http, f"{site.base_url}{API}", ("u", "p"), page_size=page_size, pause=0)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stamps=rows_strategy, page_size=st.integers(1, 7))
def test_rows_crowded_on_one_millisecond_come_once_each_from_any_page(little, stamps, page_size):
    arlo, site = little
    arlo.rows = {"contacts/": contact_rows(stamps)}
    pages = list(api(site, page_size).changed(THINGS, None, None))
    numbers = [item.text("ContactID") for items, _ in pages for item in items]
    assert sorted(numbers, key=int) == [str(n) for n in range(1, len(stamps) + 1)]
    for index, (_, at) in enumerate(pages[:-1]):
        rest = api(site, page_size).changed(THINGS, None, json.loads(json.dumps(at)))
        found = [item.text("ContactID") for items, _ in rest for item in items]
        assert found == [
            item.text("ContactID") for items, _ in pages[index + 1 :] for item in items
        ]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stamps=rows_strategy, since=st.integers(0, 45_000))
def test_a_read_since_an_instant_misses_nothing_from_that_instant_on(little, stamps, since):
    arlo, site = little
    arlo.rows = {"contacts/": contact_rows(stamps)}
    instant = BASE + timedelta(microseconds=since // 10)
    pages = api(site, 3).changed(THINGS, instant, None)
    found = [item.text("ContactID") for items, _ in pages for item in items]
    due = [str(n) for n, (lm, made) in enumerate(stamps, 1) if max(lm or 0, made) >= since]
    assert set(due) <= set(found)
    assert len(found) == len(set(found))


def test_rows_are_handed_over_oldest_first():
    arlo = LittleArlo({"contacts/": contact_rows([(900, 0), (100, 0), (500, 0)])})
    arlo.rows["contactmergerequests/"] = []
    with serve(arlo) as site:
        assert keys(read(source(site), "people")) == ["contact:2", "contact:3", "contact:1"]


def test_a_row_that_is_edited_while_we_read_comes_again_and_hides_no_other():
    rows = contact_rows([(n * 20_000, 0) for n in range(10)])
    arlo = LittleArlo({"contacts/": rows})
    asked_before = []

    def edit(asked):
        asked_before.append(asked)
        if len(asked_before) == 2:
            rows[0][0]["LastModifiedDateTime"] = stamp(9_000_000)

    arlo.before_answer = edit
    with serve(arlo) as site:
        pages = list(api(site, 4).changed(THINGS, None, None))
    found = [item.text("ContactID") for items, _ in pages for item in items]
    assert found == [*(str(n) for n in range(1, 11)), "1"]


def test_a_pause_is_kept_between_requests_and_none_before_the_first():
    slept = []
    arlo = LittleArlo({"contacts/": contact_rows([(n * 20_000, 0) for n in range(3)])})
    with serve(arlo) as site:
        http = HttpSession(site.base_url, allow_networks=LOOPBACK)
        paced = ArloApi(
            http, f"{site.base_url}{API}", ("u", "p"), page_size=2, pause=0.3, sleep=slept.append
        )
        list(paced.changed(THINGS, None, None))
    assert slept == [0.3] * (len(site.asked) - 1) != []


def test_a_list_that_promises_more_and_sends_the_same_is_not_read_for_ever():
    page = b"""<Events><Link title="Event" href="events/1/"><Event><EventID>1</EventID></Event></Link>
        <Link rel="next" href="events/?skip=1"/></Events>"""
    arlo = LittleArlo(answers={"events/": Answer(200, page)})
    with serve(arlo) as site, pytest.raises(Unavailable):
        read(source(site), "session_registrations")


def test_items_that_were_not_expanded_are_fetched_one_by_one():
    arlo = LittleArlo({"contacts/": contact_rows([(1, 0), (2, 0)])}, ignores_expand=True)
    arlo.rows["contactmergerequests/"] = []
    with serve(arlo) as site:
        assert keys(read(source(site), "people")) == ["contact:1", "contact:2"]


# --- people -------------------------------------------------------------------------------------


def test_a_merged_contact_is_followed_to_the_survivor_and_both_accounts_are_joined():
    merge = (
        {
            "RequestID": "r-1",
            "SourceContactInfo": "<ContactID>60</ContactID>",
            "DestinationContactInfo": "<ContactID>71</ContactID>",
            "CreatedDateTime": stamp(5),
        },
        "",
    )
    moved = Answer(308, b"", {"Location": f"{API}contacts/80/"})
    survivor = ({"ContactID": "80", "Email": "x@example.org", "CreatedDateTime": stamp(1)}, "")
    arlo = LittleArlo(
        {"contacts/": [survivor], "contactmergerequests/": [merge]}, {"contacts/71/": moved}
    )
    with serve(arlo) as site:
        people = [
            one for one in records_of(read(source(site), "people")) if isinstance(one, Person)
        ]
    joined = people[-1]
    assert joined.key == "merge:r-1"
    accounts = [one.value for one in joined.person.identifiers if one.kind == "account"]
    assert accounts == ["80", "71", "60"]


# --- runs, registrations and registers ------------------------------------------------------------


def link(name, path):
    return f'<Link rel="http://schemas.arlo.co/related/{name}" title="{name}" href="{path}"/>'


def event_row(number, start="2026-05-20T09:00:00+12:00", finish="2026-05-21T16:00:00+12:00"):
    fields = {
        "EventID": str(number),
        "StartDateTime": start,
        "FinishDateTime": finish,
        "Status": "Completed",
        "CreatedDateTime": stamp(number),
    }
    return fields, link("EventTemplate", "eventtemplates/12/")


def session_row(number, kind="Venue"):
    return {"SessionID": str(number), "SessionType": kind}, ""


def registration_row(number, event, mark):
    fields = {
        "RegistrationID": str(number),
        "UniqueIdentifier": f"u-{number}",
        "Attendance": mark,
        "Status": "Completed",
        "CreatedDateTime": stamp(number),
    }
    held = "".join(f"<{k}>{v}</{k}>" for k, v in event_row(event)[0].items())
    event_link = link("Event", f"events/{event}/")
    expanded = event_link[:-2] + f"><Event>{held}{event_row(event)[1]}</Event></Link>"
    return fields, link("Contact", f"contacts/{number}/") + expanded


def entry_row(number, registration, mark):
    parent = link("ParentRegistration", f"registrations/{registration}/")[:-2]
    inside = (
        f"><Registration><RegistrationID>{registration}</RegistrationID><UniqueIdentifier>"
        f"u-{registration}</UniqueIdentifier>{link('Contact', 'contacts/71/')}</Registration></Link>"
    )
    fields = {
        "RegistrationID": str(number),
        "Attendance": mark,
        "Status": "Approved",
        "CreatedDateTime": stamp(number),
    }
    return fields, parent + inside


@pytest.fixture
def world():
    """Event 1 is advanced: registrations per session; event 2 is a standard one."""
    return LittleArlo(
        {
            "eventtemplates/": [({"TemplateID": "12", "Name": "Fire safety"}, "")],
            "onlineactivities/": [({"OnlineActivityID": "8", "Name": "GDPR"}, "")],
            "events/": [event_row(1), event_row(2)],
            "events/1/sessions": [session_row(11), session_row(12, "Online")],
            "events/2/sessions": [session_row(21, "Online")],
            "contacts/": contact_rows([(1, 0)]),
            "contactmergerequests/": [],
            "registrations/": [
                registration_row(101, 1, "Attended"),
                registration_row(102, 1, "Attended"),
                registration_row(103, 2, "DidNotAttend"),
                registration_row(104, 2, "Unknown"),
            ],
            "eventsessions/11/registrations": [entry_row(901, 101, "Attended")],
            "eventsessions/12/registrations": [entry_row(902, 101, "DidNotAttend")],
        }
    )


def test_courses_are_templates_and_then_online_activities(world):
    with serve(world) as site:
        pages = read(source(site), "courses")
        assert keys(pages) == ["eventtemplate:12", "onlineactivity:8"]
        assert keys(read(source(site), "courses", resume=pages[0].resume)) == ["onlineactivity:8"]
        assert read(source(site), "courses", resume=pages[1].resume) == []


def test_only_sessions_with_registers_of_their_own_are_parts_of_their_run(world):
    with serve(world) as site:
        made = records_of(read(source(site), "sessions"))
    assert [one.key for one in made] == ["event:1", "eventsession:11", "eventsession:12", "event:2"]
    run, first = made[0], made[1]
    assert isinstance(run, Session)
    assert first.parent == run.activity.iri
    assert first.course.iri == run.course.iri == f"{site.base_url}{API}eventtemplates/12/"
    assert made[3].modality == "virtual"


def test_who_has_registrations_per_session_is_marked_there_and_everybody_else_in_the_run(world):
    with serve(world) as site:
        made = records_of(read(source(site), "registrations"))
    marks = {one.key: one.status for one in made if isinstance(one, Attendance)}
    assert marks == {
        "registration:102:attendance": AttendanceStatus.ATTENDED,
        "registration:103:attendance": AttendanceStatus.ABSENT,
        "registration:104:attendance": AttendanceStatus.UNKNOWN,
    }
    assert len([one for one in made if isinstance(one, Registration)]) == 4
    assert not [one for one in made if isinstance(one, Rejected)]


def test_the_register_of_each_event_is_asked_for_once_however_many_took_part(world):
    many = [registration_row(n, 1, "Attended") for n in range(101, 131)]
    world.rows["registrations/"] = many
    with serve(world) as site:
        read(source(site), "registrations")
    paths = [asked.path.removeprefix(API) for asked in site.asked]
    assert paths.count("events/1/sessions") == 1
    assert paths.count("eventsessions/12/registrations") == 1


def test_marks_in_sessions_name_the_session_and_the_registration(world):
    with serve(world) as site:
        made = records_of(read(source(site), "session_registrations"))
    assert [(one.key, one.status, one.registration) for one in made] == [
        ("sessionregistration:901", AttendanceStatus.ATTENDED, "u-101"),
        ("sessionregistration:902", AttendanceStatus.ABSENT, "u-101"),
    ]
    assert made[0].activity.iri == f"{site.base_url}{API}eventsessions/11/"


@pytest.mark.parametrize(
    ("start", "finish", "read_again"),
    [
        ("2026-05-20T09:00:00+12:00", "2026-05-21T16:00:00+12:00", True),
        ("2026-04-01T09:00:00+12:00", "2026-04-02T16:00:00+12:00", False),
        ("2026-06-02T09:00:00+00:00", "2026-06-02T16:00:00+00:00", True),
        ("2026-07-01T09:00:00+00:00", "2026-07-02T16:00:00+00:00", False),
    ],
)
def test_later_reads_look_again_at_runs_that_may_still_be_corrected(
    world, start, finish, read_again
):
    world.rows["events/"] = [event_row(1, start, finish)]
    with serve(world) as site:
        connector = source(site, attendance_days=30)
        pages = read(connector, "session_registrations", NOW - timedelta(days=1))
    assert bool(records_of(pages)) is read_again


def test_a_broken_read_of_the_registers_goes_on_after_the_last_run(world):
    world.rows["events/"] = [event_row(n) for n in range(1, 4)]
    with serve(world) as site:
        pages = read(source(site), "session_registrations")
        assert len(pages) == 3
        rest = read(source(site), "session_registrations", resume=pages[0].resume)
    assert keys(rest) == keys(pages[1:])


@pytest.mark.parametrize("stream", [stream.name for stream in Arlo.streams])
def test_the_same_read_twice_gives_the_same_and_each_key_once(world, stream):
    with serve(world) as site:
        first, second = read(source(site), stream), read(source(site), stream)
    assert records_of(first) == records_of(second)
    assert len(set(keys(first))) == len(keys(first)) > 0
    assert json.loads(json.dumps([page.resume for page in first])) == [p.resume for p in first]


# --- the check ----------------------------------------------------------------------------------


def grants(site):
    return {grant.name: grant for grant in source(site).check().grants}


def test_a_check_says_for_each_right_that_it_works(world):
    with serve(world) as site:
        found = source(site).check()
    assert found.ok
    assert found.system.startswith("Arlo, 127.0.0.1")
    assert [(grant.name, grant.ok) for grant in found.grants] == [
        ("sign-in", True),
        ("contacts", True),
        ("event templates", True),
        ("events", True),
        ("registrations", True),
        ("session registrations", True),
    ]


def test_a_check_names_the_right_that_is_missing_with_arlo_s_words(world):
    body = b"<ApiException><Message>Presenters see no contacts</Message></ApiException>"
    world.answers = {"contacts/": Answer(403, body)}
    with serve(world) as site:
        found = grants(site)
    assert (found["contacts"].ok, found["events"].ok) == (False, True)
    assert found["contacts"].detail == "Presenters see no contacts"
    assert "“API User”" in found["contacts"].fix


def test_a_check_of_a_user_who_may_read_nothing_is_an_error(world):
    with serve(lambda asked: Answer(403)) as site, pytest.raises(NeedsAttention) as caught:
        source(site).check()
    assert caught.value.field == "username"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update({"events/": []}),
        lambda rows: rows.update({"events/1/sessions": []}),
        lambda rows: rows.pop("eventsessions/11/registrations"),
    ],
)
def test_a_check_does_not_guess_a_right_that_it_cannot_try(world, change):
    change(world.rows)
    with serve(world) as site:
        found = grants(site)["session registrations"]
    assert found.ok is None
    assert found.detail


def test_a_check_only_reads(world):
    with serve(world) as site:
        source(site).check()
    assert {asked.method for asked in site.asked} == {"GET"}
