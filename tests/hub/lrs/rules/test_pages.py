"""Order, ends and pages of what a query finds (xAPI Communication 2.1.3, Data 4.2)."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import agent, bystander, person, referring
from tests.hub.lrs.speaking import COMPLETED, CONSISTENT, VERSION, refusal, statement, voiding
from xapi.multipart import Part, build, parse

COURSE = "https://lms.example.org/course/1"


def pages(vendor, between=lambda: None, **query):
    """The ids of every page of a query."""
    found = []
    answer = vendor.get(**query).json
    while True:
        found.append([one["id"] for one in answer["statements"]])
        if not answer["more"]:
            return found
        between()
        answer = vendor.get(answer["more"]).json


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_a_batch_that_shares_one_instant_is_paged_without_loss_and_twice(vendor, ascending):
    batch = vendor.store(*[statement() for _ in range(7)])
    assert len({vendor.one(one)["stored"] for one in batch}) == 1

    found = pages(
        vendor, lambda: vendor.store(statement(), statement()), limit=3, ascending=ascending
    )

    order = batch if ascending == "true" else batch[::-1]
    assert found == [order[:3], order[3:6], order[6:]]


def test_since_leaves_out_and_until_takes_in_a_batch_as_a_whole(vendor):
    before = vendor.store(statement())
    batch = vendor.store(*[statement() for _ in range(4)])
    after = vendor.store(statement())
    stored = vendor.one(batch[0])["stored"]

    assert vendor.find(since=stored, ascending="true") == after
    assert vendor.find(until=stored, ascending="true") == before + batch
    assert pages(vendor, until=stored, limit=3) == [batch[:0:-1], [batch[0], *before]]


def test_an_instant_may_be_written_in_any_zone_and_precision(vendor):
    first, second = vendor.store(statement()) + vendor.store(statement())
    instant = datetime.fromisoformat(vendor.one(first)["stored"])
    elsewhere = instant.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat()
    finer = vendor.one(first)["stored"].replace("Z", "000Z")

    for written in (elsewhere, finer, instant.astimezone(UTC).isoformat()):
        assert vendor.find(since=written) == [second]
        assert vendor.find(until=written) == [first]
    whole = instant.replace(microsecond=0)
    assert vendor.find(since=whole.isoformat()) == [second, first]
    assert vendor.find(until=(whole + timedelta(minutes=1)).isoformat()) == [second, first]


def test_since_after_until_is_empty_and_no_error(vendor):
    stored = vendor.one(vendor.store(statement())[0])["stored"]

    assert vendor.find(since=stored, until=stored) == []
    assert vendor.find(since="9999-12-31T23:59:59Z") == []
    assert vendor.find(until="0001-01-01T00:00:00Z") == []
    assert len(vendor.find(since="0001-01-01T00:00:00Z", until="9999-12-31T23:59:59Z")) == 1


def test_more_carries_every_filter_and_widening_and_order(vendor):
    registration = str(uuid4())
    whole = {
        "verb": {"id": COMPLETED},
        "context": {
            "registration": registration,
            "instructor": person("bo"),
            "contextActivities": {"parent": [{"id": COURSE}]},
        },
    }

    def add():
        vendor.store(*(bystander(**{k: v for k, v in whole.items() if k != n}) for n in whole))
        return vendor.store(bystander(**whole))[0]

    ids = [add() for _ in range(6)]
    query = {
        "verb": COMPLETED,
        "registration": registration.upper(),
        "agent": agent("bo"),
        "related_agents": "true",
        "activity": COURSE,
        "related_activities": "true",
        "since": vendor.one(ids[0])["stored"],
        "until": vendor.one(ids[4])["stored"],
        "limit": 2,
    }

    assert pages(vendor, add, **query) == [ids[4:2:-1], ids[2:0:-1]]
    assert pages(vendor, add, **query, ascending="true") == [ids[1:3], ids[3:5]]


def test_more_carries_the_format_and_the_languages(vendor):
    names = {"de": "Feuer", "en": "Fire"}
    vendor.store(*[statement(object={"id": COURSE, "definition": {"name": names}})] * 2)

    ids = vendor.get(limit=1, format="ids").json
    assert "definition" not in vendor.get(ids["more"]).json["statements"][0]["object"]
    german = vendor.ask(
        "GET",
        query_string={"limit": 1, "format": "canonical"},
        headers={"Accept-Language": "de"},
    ).json
    (found,) = vendor.get(german["more"]).json["statements"]
    assert found["object"]["definition"]["name"] == {"de": "Feuer"}


def test_more_carries_attachments(vendor):
    content = b"\x00\xff"
    digest = sha256(content).hexdigest()
    attachment = {
        "usageType": "https://x.org/u",
        "display": {"en": "x"},
        "contentType": "application/octet-stream",
        "length": 2,
        "sha2": digest,
    }
    body, content_type = build(
        json.dumps([statement(attachments=[attachment])] * 2).encode(),
        [Part(digest, "application/octet-stream", content, {})],
    )
    assert vendor.ask("POST", data=body, content_type=content_type).status_code == 200

    first = vendor.get(limit=1, attachments="true")
    more = json.loads(parse(first.data, first.content_type).statements)["more"]
    rest = vendor.get(more)

    assert [part.content for part in parse(rest.data, rest.content_type).parts] == [content]


def test_more_carries_the_restriction_of_the_credential(vendor, new_vendor):
    own = new_vendor("statements/write", "statements/read/mine")

    def add():
        vendor.store(statement())
        (stored,) = own.store(statement())
        vendor.store(referring(stored))
        return stored

    mine = [add() for _ in range(4)]

    assert pages(own, add, limit=3) == [mine[:0:-1], [mine[0]]]
    assert own.find(until="9999-12-31T23:59:59Z", verb=COMPLETED)[-4:] == mine[::-1]


def test_more_stays_where_it_is_and_can_be_asked_again(vendor):
    ids = vendor.store(*[statement() for _ in range(5)])
    first = vendor.get(limit=2).json
    second = vendor.get(first["more"]).json
    vendor.store(statement(), statement())

    assert vendor.get(first["more"]).json == second
    assert [one["id"] for one in second["statements"]] == ids[2:0:-1]


def test_what_is_voided_between_pages_is_on_none_and_moves_nothing(vendor):
    ids = vendor.store(*[statement() for _ in range(5)])
    first = vendor.get(limit=2).json
    vendor.store(voiding(ids[0]), voiding(ids[4]))

    rest = vendor.get(first["more"]).json

    assert [one["id"] for one in rest["statements"]] == [ids[2], ids[1]]
    assert rest["more"] == ""


def test_a_match_that_comes_to_be_between_pages_stands_in_its_place_and_moves_nothing(vendor):
    late = bystander(verb={"id": COMPLETED})
    (early,) = vendor.store(referring(late["id"]))
    ids = vendor.store(*[statement() for _ in range(4)])
    arriving = iter([[late], [bystander()]])

    found = pages(vendor, lambda: vendor.store(*next(arriving)), verb=COMPLETED, limit=2)

    assert found == [ids[:1:-1], ids[1::-1], [early]]


def test_a_more_link_is_a_whole_path_on_this_host(vendor):
    vendor.store(statement(), statement())

    more = urlsplit(vendor.get(limit=1).json["more"])

    assert (more.scheme, more.netloc) == ("", "")
    assert more.path.startswith("/xapi/statements")


def test_a_more_link_is_answered_with_the_headers_of_the_resource(vendor):
    vendor.store(statement(), statement())
    more = vendor.get(limit=1).json["more"]

    answer = vendor.get(more)
    head = vendor.ask("HEAD", more)

    for name in (CONSISTENT, VERSION, "Last-Modified", "Content-Length", "Content-Type"):
        assert answer.headers[name]
        if name != CONSISTENT:
            assert head.headers[name] == answer.headers[name]
    assert head.data == b""


def test_limit_0_and_no_limit_are_the_number_that_the_store_gives(vendor):
    vendor.store(*[statement() for _ in range(101)])

    for query in ({}, {"limit": 0}):
        answer = vendor.get(**query).json
        assert len(answer["statements"]) == 100
        assert len(vendor.get(answer["more"]).json["statements"]) == 1
    assert len(vendor.find(limit=101)) == 101


def test_a_limit_that_is_no_whole_number_is_refused(vendor):
    for limit in ("-1", "1.5", "ten", "", "1e2", "0x10", "+5", " 5", "٣", "²", "NaN"):
        assert "limit" in refusal(vendor.get(limit=limit), 400), limit


def test_names_of_parameters_have_their_case(vendor):
    for name, value in {"Limit": "1", "Verb": COMPLETED, "statementid": str(uuid4())}.items():
        assert name in refusal(vendor.get(**{name: value}), 400)
