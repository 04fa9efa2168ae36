"""Pages on which an admin finds statements, reads one, and voids one."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from hub.accounts.models import AuditEntry
from hub.accounts.vendors import create_vendor
from hub.catalog.models import Activity
from hub.learners.models import Learner, Link
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from tests.hub.lrs.speaking import COMPLETED, VOIDED, Door, mbox, statement, voiding

ATTEMPTED = "http://adlnet.gov/expapi/verbs/attempted"
FIRE = {
    "id": "https://lms.example.org/fire-safety",
    "definition": {"name": {"en": "Fire safety basics"}},
}
PAGE = "/admin/statements"


@pytest.fixture
def new_door(hub, web_app):
    def make(name):
        with hub.database.transaction() as session:
            return Door(web_app, *create_vendor(session, hub.keyring, name, ["all"]))

    return make


@pytest.fixture
def acme(new_door):
    return new_door("Acme LMS")


@pytest.fixture
def ann(acme):
    """The id of a statement: Ann completed Fire safety basics."""
    (made,) = acme.store(
        statement(
            actor=mbox(name="Ann Example"),
            object=FIRE,
            result={"score": {"raw": 87, "max": 100}, "duration": "PT25M"},
            timestamp="2026-03-18T17:00:00Z",
        )
    )
    return made


def said(answer):
    """The sentences of a list, in its order."""
    assert answer.status_code == 200, answer.text
    found = re.findall(r'<p class="said">(.*?)</p>', answer.text, re.DOTALL)
    return [html.unescape(" ".join(re.sub("<[^>]+>", "", text).split())) for text in found]


def find(admin, **filters):
    return said(admin.get(f"{PAGE}?{'&'.join(f'{k}={quote(str(v))}' for k, v in filters.items())}"))


ANN = "Ann Example completed Fire safety basics, score 87 of 100, took 25 min"


def test_a_statement_reads_as_a_sentence_with_its_time_and_on_whose_word_it_is(admin, ann):
    page = admin.get(PAGE)

    assert said(page) == [ANN]
    assert "18 March 2026, 17:00 UTC" in page.text
    assert "stated by Acme LMS" in page.text


def test_without_statements_the_page_says_where_they_come_from(admin):
    assert "They come with the first pull" in admin.get(PAGE).text


def test_newest_stored_come_first_whenever_they_happened(admin, acme):
    for number, year in (("1", 2024), ("2", 2019), ("3", 2021)):
        course = {"id": f"https://lms.example.org/{number}", "definition": {"name": {"en": number}}}
        acme.store(statement(object=course, timestamp=f"{year}-01-01T00:00:00Z"))

    assert [text.rpartition(" ")[2] for text in find(admin)] == ["3", "2", "1"]


def test_pages_stay_as_they_are_while_statements_arrive(admin, acme):
    acme.store(*[statement(object={"id": f"https://lms.example.org/n{n}"}) for n in range(120)])
    first = admin.get(PAGE)
    older = html.unescape(re.search(r'rel="next" href="([^"]+)"', first.text)[1])
    acme.store(*[statement(object={"id": f"https://lms.example.org/late{n}"}) for n in range(9)])

    second = admin.get(older)
    third = admin.get(html.unescape(re.search(r'rel="next" href="([^"]+)"', second.text)[1]))

    pages = [*said(first), *said(second), *said(third)]
    assert [int(text.rpartition("N")[2]) for text in pages] == list(range(119, -1, -1))
    assert "These are the oldest" in third.text
    assert 'rel="next"' not in third.text


@pytest.mark.parametrize("text", ["Ann Example", "example", "ANN@example.org", "ann@"])
def test_a_learner_is_found_by_name_or_email(admin, acme, ann, text):
    acme.store(statement(actor=mbox("bo@x.org", name="Bo Lind")))

    assert find(admin, learner=text) == [ANN]


def test_everything_that_a_learner_is_known_by_counts(admin, acme, ann, hub):
    account = {"account": {"homePage": "https://m.example", "name": "7"}}
    acme.store(statement(actor=account, object=FIRE))
    with hub.database.transaction() as session:
        learner = session.scalars(select(Learner.id).where(Learner.name == "Ann Example")).one()
        session.execute(update(Link).values(learner_id=learner))

    assert len(find(admin, learner="ann@example.org")) == 2


def test_when_several_learners_fit_they_are_offered_and_none_is_guessed(admin, acme, ann):
    acme.store(statement(actor=mbox("anna@x.org", name="Anna Other"), object=FIRE))

    assert find(admin, learner="anna other") == ["Anna Other completed Fire safety basics"]
    page = admin.get(f"{PAGE}?learner=ann&verb=completed")

    assert said(page) == []
    assert "Which learner?" in page.text
    links = re.findall(r'<th scope="row">\s*<a href="([^"]+)">([^<]+)</a>', page.text)
    assert [name for _, name in links] == ["Ann Example", "Anna Other"]
    assert said(admin.get(html.unescape(links[0][0]))) == [ANN]


def test_what_is_typed_over_a_chosen_name_is_what_counts(admin, acme, ann, hub):
    acme.store(statement(actor=mbox("bo@x.org", name="Bo Lind"), object=FIRE))
    with hub.database.reading() as session:
        chosen = session.scalars(select(Learner.id).where(Learner.name == "Ann Example")).one()

    assert find(admin, learner_id=chosen) == [ANN]
    assert find(admin, learner_id=chosen, learner="Ann Example") == [ANN]
    assert find(admin, learner_id=chosen, learner="Bo Lind") == [
        "Bo Lind completed Fire safety basics"
    ]
    assert len(find(admin, learner_id=chosen, learner="")) == 2


@pytest.mark.parametrize(
    "text", ["done", "Erledigt", "finished", "http://verbs.example/finished", COMPLETED]
)
def test_a_verb_is_found_by_every_word_for_it_and_by_its_iri(admin, acme, ann, text):
    finished = {"id": "http://verbs.example/finished", "display": {"en": "done", "de": "erledigt"}}
    acme.store(statement(verb=finished, object=FIRE), statement(verb={"id": ATTEMPTED}))

    wanted = [ANN] if text == COMPLETED else ["Ann Example done Fire safety basics"]
    assert find(admin, verb=text) == wanted


def test_one_word_stands_for_every_verb_that_reads_so(admin, acme, ann):
    other = "https://w3id.org/xapi/tla/verbs/completed"
    acme.store(statement(verb={"id": other}, object=FIRE), statement(verb={"id": ATTEMPTED}))

    assert find(admin, verb="completed") == ["Ann Example completed Fire safety basics", ANN]


@pytest.mark.parametrize("text", ["Fire safety", "fire SAFETY basics", FIRE["id"]])
def test_an_activity_is_found_by_its_title_or_its_iri(admin, acme, ann, text):
    acme.store(statement())

    assert find(admin, activity=text) == [ANN]


def test_several_activities_are_offered(admin, acme, ann):
    second = {"id": "https://o.example/fire", "definition": {"name": {"en": "Fire drill"}}}
    acme.store(statement(object=second))

    assert find(admin, activity="Fire drill") == ["Ann Example completed Fire drill"]
    page = admin.get(f"{PAGE}?activity=fire")

    assert "Which activity?" in page.text
    assert "https://o.example/fire" in page.text


def test_what_only_mentions_an_activity_is_found_on_request(admin, acme, ann):
    part = {"id": "https://lms.example.org/part", "definition": {"name": {"en": "A part"}}}
    acme.store(
        statement(object=part, context={"contextActivities": {"parent": [{"id": FIRE["id"]}]}})
    )

    assert find(admin, activity=FIRE["id"]) == [ANN]
    assert find(admin, activity=FIRE["id"], mentions="y") == ["Ann Example completed A part", ANN]


def test_a_course_stands_for_all_its_activities(admin, acme, ann, hub):
    part = {"id": "https://lms.example.org/part", "definition": {"name": {"en": "A part"}}}
    course = {**FIRE, "definition": {"type": "http://adlnet.gov/expapi/activities/course"}}
    acme.store(
        statement(object=part, context={"contextActivities": {"grouping": [course]}}), statement()
    )
    with hub.database.reading() as session:
        course_id = session.scalars(
            select(Activity.course_id).where(Activity.iri == part["id"])
        ).one()

    assert find(admin, course=course_id) == ["Ann Example completed A part", ANN]
    assert "Only about the course" in admin.get(f"{PAGE}?course={course_id}").text


def test_only_what_one_vendor_stored_is_shown(admin, acme, ann, new_door):
    other = new_door("Other LMS")
    other.store(statement(object=FIRE))

    assert find(admin, by=f"vendor:{acme.vendor.id}") == [ANN]
    both = find(admin, by=f"vendor:{other.vendor.id}", learner="ann@example.org", verb="completed")
    assert both == ["Ann Example completed Fire safety basics"]


def test_the_time_is_that_of_storing_and_both_days_count(admin, ann):
    today = datetime.now(UTC).date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)

    assert find(admin, since=today, until=today) == [ANN]
    assert find(admin, since=tomorrow) == []
    assert find(admin, until=yesterday) == []


def test_voided_ones_show_on_request_and_say_so(admin, acme, ann):
    acme.store(voiding(ann))

    assert find(admin, learner="ann@example.org") == []
    page = admin.get(f"{PAGE}?learner=ann@example.org&voided=y")
    assert said(page) == [ANN]
    assert "Voided</span>" in " ".join(page.text.split())


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("learner=nobody", "Learner", "No learner has a name or an identifier that holds “nobody”"),
        ("verb=nothing", "Verb", "No statement has a verb that reads “nothing”"),
        ("activity=nowhere", "Activity", "No activity has a title or an IRI that holds “nowhere”"),
        ("since=soon", "Stored from", "Not a valid date"),
        ("since=2026-02-02&until=2026-02-01", "Stored until", "It lies before Stored from"),
        ("by=vendor:gone", "Stated by", "Not a valid choice"),
        ("course=x", "course", "There is no such course"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin, ann, query, field, words):
    answer = admin.get(f"{PAGE}?{query}")

    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert field in answer.text
    assert said_nothing(answer)


def said_nothing(answer):
    return 'class="said"' not in answer.text


@pytest.mark.parametrize("odd", ["after=x&newest=y", "_external=1&endpoint=x&_anchor=%22", "%00=1"])
def test_an_address_that_somebody_bent_breaks_nothing(admin, ann, odd):
    assert admin.get(f"{PAGE}?{odd}").status_code == 200


def test_a_statement_has_its_facts_its_json_and_its_learner(admin, ann, hub):
    page = html.unescape(admin.get(f"{PAGE}/{ann}").text)

    for words in ("Ann Example completed Fire safety basics", "raw 87, highest 100", "25 min",
                  FIRE["id"], COMPLETED, "ann@example.org", "vendor: Acme LMS", "1.0.0",
                  f'"id": "{ann}"', "18 March 2026, 17:00 UTC", "It counts for"):  # fmt: skip
        assert words in page
    assert admin.get(f"{PAGE}/{ann}.json").json["id"] == ann


def test_what_senders_write_stays_text(admin, acme):
    evil = "<script>alert(1)</script>"
    (made,) = acme.store(
        statement(
            actor=mbox(name=evil),
            object={
                **FIRE,
                "definition": {"name": {"en": evil}, "moreInfo": "javascript:alert(1)"},
            },
            result={"response": evil, "extensions": {"http://x.example/e": {"a": evil}}},
        )
    )

    for path in (PAGE, f"{PAGE}/{made}", f"{PAGE}/{made}/void"):
        assert evil not in admin.get(path).text
        assert 'href="javascript' not in admin.get(path).text


def test_an_attachment_is_named_with_its_size_and_where_it_is(admin, acme):
    content = b"x" * 1200
    sha2 = sha256(content).hexdigest()
    usage = {"usageType": "http://x.example/c", "contentType": "text/plain"}
    here = {**usage, "display": {"en": "Certificate"}, "length": 1200, "sha2": sha2}
    there = {**usage, "display": {"en": "Video"}, "length": 5, "sha2": "0" * 64,
             "fileUrl": "https://cdn.example/v"}  # fmt: skip
    body = (
        b"--b\r\nContent-Type: application/json\r\n\r\n"
        + json.dumps(statement(attachments=[here, there])).encode()
        + b"\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n"
        + f"X-Experience-API-Hash: {sha2}\r\n\r\n".encode() + content + b"\r\n--b--\r\n"
    )  # fmt: skip
    answer = acme.ask("POST", data=body, headers={"Content-Type": "multipart/mixed; boundary=b"})
    assert answer.status_code == 200, answer.text

    page = " ".join(admin.get(f"{PAGE}/{answer.json[0]}").text.split())

    assert "Certificate" in page
    assert "1.2 kB" in page
    assert "no; it lies at <code>https://cdn.example/v</code>" in page


def test_statements_that_refer_to_each_other_are_linked_both_ways(admin, acme, ann):
    comment = {"id": "http://adlnet.gov/expapi/verbs/commented"}
    (made,) = acme.store(
        statement(
            verb=comment, object={"objectType": "StatementRef", "id": ann}, actor=mbox("b@x.y")
        )
    )

    assert "It refers to" in admin.get(f"{PAGE}/{made}").text
    assert said(admin.get(f"{PAGE}/{made}")) == [ANN]
    assert "What refers to it" in admin.get(f"{PAGE}/{ann}").text
    assert said(admin.get(f"{PAGE}/{ann}")) == ["b@x.y commented a statement"]


def test_voiding_asks_first_and_says_what_will_change(admin, ann, hub):
    page = admin.get(f"{PAGE}/{ann}/void").text

    assert "record of Fire safety basics" in page
    assert "cannot be undone" in page
    assert "voided" not in admin.get(f"{PAGE}/{ann}.json").text


def test_a_statement_is_voided_with_a_reason_and_the_audit_log_says_who(admin, ann, hub):
    answer = admin.post(f"{PAGE}/{ann}/void", {"reason": "a test account"})

    assert answer.status_code == 302
    page = html.unescape(admin.get(f"{PAGE}/{ann}").text)
    assert "It no longer counts" in page
    assert "“a test account”" in page
    assert "Void…" not in page
    with hub.database.reading() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "statement.void")
        ).one()
    assert (entry.actor[:5], entry.target) == ("user:", ann)
    assert entry.detail["reason"] == "a test account"
    catch_up(hub.database)
    with hub.database.reading() as session:
        assert session.query(Progress).all() == []
    assert find(admin) == ["Learning Record Hub voided a statement, reason: a test account"]
    assert find(admin, by="hub") == find(admin)


def test_without_a_reason_nothing_is_voided(admin, ann):
    answer = admin.post(f"{PAGE}/{ann}/void", {"reason": " "})

    assert answer.status_code == 422
    assert "there is no reason" in answer.text
    assert find(admin) == [ANN]


def test_nothing_is_voided_without_the_mark_of_the_form(admin, ann):
    assert admin.client.post(f"{PAGE}/{ann}/void", data={"reason": "x"}).status_code == 400
    assert find(admin) == [ANN]


def test_what_cannot_be_voided_says_why(admin, acme, ann):
    (made,) = acme.store(voiding(ann))

    assert "voided already" in admin.get(f"{PAGE}/{ann}/void").text
    assert "cannot be taken back" in admin.get(f"{PAGE}/{made}/void").text
    assert admin.get(f"{PAGE}/{uuid4()}/void").status_code == 404
    assert acme.one(made)["verb"]["id"] == VOIDED


def test_an_unknown_id_is_said_to_be_none(admin):
    answer = admin.get(f"{PAGE}/{uuid4()}")

    assert answer.status_code == 404
    assert "There is no statement with the id" in answer.text


@pytest.mark.parametrize("role", ["reporting", "learner"])
@pytest.mark.parametrize("path", ["", "/{}", "/{}.json", "/{}/void"])
def test_only_admins_read_statements(signed_in, ann, role, path):
    assert signed_in(role).get(PAGE + path.format(ann)).status_code == 403


def test_the_pages_of_learner_and_vendor_lead_to_their_statements(admin, acme, ann, hub):
    catch_up(hub.database)
    with hub.database.reading() as session:
        learner = session.scalars(select(Learner.id)).one()
    transcript = admin.get(f"/admin/learners/{learner}").text
    links = re.findall(rf'href="({PAGE}\?[^"]+)"', transcript)

    assert len(links) == 2
    assert all(said(admin.get(html.unescape(link))) == [ANN] for link in links)
    vendor = admin.get(f"/admin/vendors/{acme.vendor.id}").text
    (link,) = re.findall(rf'href="({PAGE}\?[^"]+)"', vendor)
    assert said(admin.get(html.unescape(link))) == [ANN]
