"""GET: filters, order, pages, and headers that a reader can rely on."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hub.lrs.prepare import prepare
from hub.lrs.store import Authority, put
from tests.hub.lrs.speaking import COMPLETED, CONSISTENT, VERSION, mbox, refusal, statement

FAILED = "http://adlnet.gov/expapi/verbs/failed"
COURSE = "https://lms.example.org/course/1"


def about(target, **parts):
    return statement(object={"objectType": "StatementRef", "id": target}, **parts)


def agent(**ifi):
    return json.dumps(ifi)

    return json.dumps(ifi)


def test_the_newest_stored_comes_first_whatever_its_timestamp(vendor):
    first = vendor.store(statement(timestamp="2026-03-01T00:00:00Z"))
    second = vendor.store(statement(timestamp="2020-03-01T00:00:00Z"))

    assert vendor.find() == second + first
    assert vendor.find(ascending="true") == first + second


def test_one_statement_is_returned_alone_and_not_in_a_list(vendor):
    (stored,) = vendor.store(statement())

    answer = vendor.get(statementId=stored)

    assert answer.json["id"] == stored
    assert "statements" not in answer.json


def test_nothing_found_is_an_empty_list_without_more(vendor):
    assert vendor.get(verb=FAILED).json == {"statements": [], "more": ""}


def test_an_unknown_id_is_not_found(vendor):
    refusal(vendor.get(statementId=str(uuid4())), 404)


@pytest.mark.parametrize("query", [{}, {"statementId": True}])
def test_head_is_get_without_the_body(vendor, query):
    (stored,) = vendor.store(statement())
    query = dict.fromkeys(query, stored)

    answer = vendor.ask("HEAD", query_string=query)

    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers[CONSISTENT]
    assert answer.headers[VERSION] == "1.0.3"
    assert answer.headers["Content-Length"] == str(len(vendor.get(**query).data))


def test_head_of_what_is_not_there_is_not_found(vendor):
    assert vendor.ask("HEAD", query_string={"statementId": str(uuid4())}).status_code == 404


def test_filters_find_what_they_name_and_nothing_else(vendor):
    registration = str(uuid4())
    (wanted,) = vendor.store(
        statement(
            actor=mbox("bob@example.org"),
            verb={"id": FAILED},
            object={"id": COURSE + "0"},
            context={"registration": registration},
        )
    )
    vendor.store(statement())

    assert vendor.find(agent=agent(mbox="mailto:bob@example.org")) == [wanted]
    assert vendor.find(verb=FAILED) == [wanted]
    assert vendor.find(activity=COURSE + "0") == [wanted]
    assert vendor.find(registration=registration.upper()) == [wanted]
    assert vendor.find(verb=FAILED, activity=COURSE) == []


def test_an_agent_is_found_by_its_mbox_in_other_case(vendor):
    (stored,) = vendor.store(statement(actor=mbox("Ann.Lee@Example.ORG")))

    assert vendor.find(agent=agent(mbox="mailto:ann.lee@example.org")) == [stored]
    assert vendor.find(agent=agent(mbox="mailto:ANN.LEE@EXAMPLE.ORG")) == [stored]
    assert vendor.one(stored)["actor"]["mbox"] == "mailto:Ann.Lee@Example.ORG"


def test_an_account_is_found_by_its_exact_name_only(vendor):
    account = {"homePage": "https://lms.example.org", "name": "Ann"}
    (stored,) = vendor.store(statement(actor={"account": account}))

    assert vendor.find(agent=agent(account=account)) == [stored]
    assert vendor.find(agent=agent(account=account | {"name": "ann"})) == []


def test_an_agent_is_found_as_object_and_as_member_of_a_group(vendor):
    team = {"objectType": "Group", "member": [mbox("bob@example.org"), mbox("cy@example.org")]}
    as_object = vendor.store(statement(object={"objectType": "Agent", **mbox("bob@example.org")}))
    as_member = vendor.store(statement(actor=team))
    in_object = vendor.store(statement(object=team))
    vendor.store(statement(context={"instructor": mbox("bob@example.org")}))

    found = vendor.find(agent=agent(mbox="mailto:bob@example.org"))

    assert found == in_object + as_member + as_object


def test_an_identified_group_is_found_by_its_identifier(vendor):
    group = {"objectType": "Group", **mbox("team@example.org")}
    (stored,) = vendor.store(statement(actor=group))

    assert vendor.find(agent=agent(objectType="Group", mbox="mailto:team@example.org")) == [stored]


def test_what_refers_to_a_match_is_a_match_however_often_removed(vendor):
    (target,) = vendor.store(statement(verb={"id": FAILED}))
    (first,) = vendor.store(about(target, actor=mbox("bob@example.org")))
    (second,) = vendor.store(about(first, actor=mbox("cy@example.org")))

    assert vendor.find(verb=FAILED) == [second, first, target]


def test_what_refers_to_a_match_is_one_also_when_the_match_arrives_later(vendor):
    late = str(uuid4())
    (early,) = vendor.store(about(late, actor=mbox("bob@example.org")))
    vendor.store(statement(id=late, verb={"id": FAILED}))

    assert vendor.find(verb=FAILED) == [late, early]


def test_since_and_until_ask_for_the_reference_and_not_for_its_target(vendor):
    (target,) = vendor.store(statement(verb={"id": FAILED}))
    (referring,) = vendor.store(about(target))

    since = vendor.one(target)["stored"]

    assert vendor.find(verb=FAILED, since=since) == [referring]


def test_statements_that_refer_in_a_circle_are_found_once(vendor):
    one, two = str(uuid4()), str(uuid4())
    vendor.store(about(two, id=one, verb={"id": FAILED}), about(one, id=two))

    assert sorted(vendor.find(verb=FAILED)) == sorted([one, two])


def test_since_is_exclusive_and_until_inclusive_to_the_last_digit(vendor):
    ids = [vendor.store(statement())[0] for _ in range(3)]
    stored = [vendor.one(found)["stored"] for found in ids]

    assert len(set(stored)) == 3
    for place, moment in enumerate(stored):
        assert vendor.find(since=moment, ascending="true") == ids[place + 1 :]
        assert vendor.find(until=moment, ascending="true") == ids[: place + 1]
        before = (datetime.fromisoformat(moment) - timedelta(microseconds=1)).isoformat()
        assert vendor.find(since=before, ascending="true") == ids[place:]
        assert vendor.find(until=before, ascending="true") == ids[:place]


def test_a_later_write_is_stored_later_so_that_who_reads_on_misses_nothing(vendor):
    stamps = [vendor.one(vendor.store(statement())[0])["stored"] for _ in range(20)]

    assert stamps == sorted(set(stamps))


def test_reading_is_complete_up_to_what_was_stored_and_never_beyond_now(vendor):
    before = vendor.get().headers[CONSISTENT]
    (stored,) = vendor.store(statement())

    assert before < vendor.one(stored)["stored"] <= vendor.get().headers[CONSISTENT]
    assert datetime.fromisoformat(vendor.get().headers[CONSISTENT]) <= datetime.now(UTC)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_reading_is_never_called_complete_beyond_a_write_that_is_on_its_way(vendor, hub):
    authority = Authority("source:any", mbox("source@example.org"))
    item = prepare(statement(), new_id=uuid4(), version="1.0.3")
    with hub.database.transaction() as session:
        on_its_way = put(session, [item], authority=authority)
        promised = vendor.get().headers[CONSISTENT]

    assert datetime.fromisoformat(promised) < on_its_way.at


def test_a_store_at_rest_is_complete_up_to_now(vendor):
    vendor.store(statement())
    asked = datetime.now(UTC)

    assert datetime.fromisoformat(vendor.get().headers[CONSISTENT]) >= asked


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_pages_have_every_statement_once_while_new_ones_arrive(vendor, ascending):
    before = vendor.store(*[statement() for _ in range(7)])
    answer = vendor.get(limit=3, ascending=ascending).json
    seen = [found["id"] for found in answer["statements"]]
    while answer["more"]:
        assert answer["more"].startswith("/xapi/statements/more/")
        vendor.store(statement())
        answer = vendor.get(answer["more"]).json
        seen += [found["id"] for found in answer["statements"]]

    assert seen == (before if ascending == "true" else before[::-1])


def test_a_more_link_keeps_every_filter(vendor):
    course = {"id": COURSE}
    one = [vendor.store(statement(verb={"id": FAILED}, object=course))[0] for _ in range(4)]
    vendor.store(statement(), statement(verb={"id": FAILED}, actor=mbox("bob@example.org")))
    query = {
        "verb": FAILED,
        "activity": COURSE,
        "agent": agent(mbox="mailto:ann@example.org"),
        "since": vendor.one(one[0])["stored"],
        "until": vendor.one(one[3])["stored"],
        "limit": 2,
        "ascending": "true",
    }
    first = vendor.get(**query).json

    rest = vendor.get(first["more"]).json

    assert [found["id"] for found in first["statements"] + rest["statements"]] == one[1:]
    assert rest["more"] == ""


def test_a_page_that_is_exactly_full_has_no_more(vendor):
    vendor.store(statement(), statement())

    assert vendor.get(limit=2).json["more"] == ""


def test_limit_0_is_as_many_as_the_store_gives(vendor):
    vendor.store(*[statement() for _ in range(3)])

    assert len(vendor.find(limit=0)) == 3
    assert len(vendor.find(limit=10**17)) == 3


BAD_QUERIES = {
    "unknown": {"verbs": COMPLETED},
    "Limit": {"Limit": "1"},
    "limit": {"limit": "-1"},
    "limit ": {"limit": "9" * 5000},
    "ascending": {"ascending": "yes"},
    "since": {"since": "2026-03-18"},
    "until": {"until": "2026-03-18T17:00:00 01:00"},
    "registration": {"registration": ""},
    "verb": {"verb": "completed"},
    "activity": {"activity": "https://x.org/\0"},
    "agent": {"agent": "ann@example.org"},
    "agent ": {"agent": "{}"},
    "agent  ": {"agent": '{"mbox": 5}'},
    "agent   ": {"agent": '{"account": {}}'},
    "agent    ": {"agent": "[" * 9999},
    "agent     ": {"agent": '{"mbox": "mailto:a@b.org", "openid": "https://x.org/a"}'},
    "agent      ": {"agent": '{"objectType": "Group", "member": [{"mbox": "mailto:a@b.org"}]}'},
    "statementId": {"statementId": "1"},
    "voidedStatementId": {"voidedStatementId": "urn:uuid:" + str(uuid4())},
    "format": {"format": "pretty"},
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_a_query_that_means_nothing_is_refused_by_the_name_of_its_parameter(vendor, name):
    message = refusal(vendor.get(**BAD_QUERIES[name]), 400)

    assert next(iter(BAD_QUERIES[name])) in message


def test_an_id_is_not_combined_with_filters(vendor):
    wanted = str(uuid4())

    assert "verb" in refusal(vendor.get(statementId=wanted, verb=COMPLETED), 400)
    refusal(vendor.get(statementId=wanted, voidedStatementId=wanted), 400)


def test_a_parameter_given_twice_is_refused(vendor):
    answer = vendor.ask("GET", query_string=[("verb", COMPLETED), ("verb", FAILED)])

    assert "verb is given more than once" in refusal(answer, 400)
