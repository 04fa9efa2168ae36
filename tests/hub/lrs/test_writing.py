"""POST and PUT: what is taken, what is the same again, and what is refused with nothing stored."""

import json
from uuid import uuid4

import pytest

from tests.hub.lrs.speaking import CONSISTENT, VERSION, mbox, refusal, statement

WHEN = "2026-03-18T17:00:00+01:00"


def test_a_statement_is_returned_as_received_with_what_the_store_assigns(vendor):
    sent = statement(
        timestamp=WHEN,
        object={
            "id": "https://lms.example.org/course/1",
            "definition": {"name": {"en": "Brände"}, "extensions": {"https://x.org/n": 1.50}},
        },
    )

    (stored,) = vendor.store(sent)

    found = vendor.one(stored)
    assert {name: found[name] for name in sent} == sent
    assert set(found) - set(sent) == {"id", "stored", "authority", "version"}
    assert found["version"] == "1.0.0"
    assert found["authority"]["account"]["name"] == str(vendor.vendor.id)


def test_a_statement_without_a_timestamp_gets_the_time_of_storing(vendor):
    found = vendor.one(vendor.store(statement())[0])

    assert found["timestamp"] == found["stored"]


def test_what_only_the_store_may_say_is_said_by_the_store(vendor):
    (stored,) = vendor.store(
        statement(stored="2001-01-01T00:00:00Z", authority={"mbox": "mailto:boss@example.org"})
    )

    found = vendor.one(stored)
    assert found["authority"]["account"]["name"] == str(vendor.vendor.id)
    assert not found["stored"].startswith("2001")


def test_one_statement_and_a_batch_are_answered_with_ids_in_order(vendor):
    ids = [str(uuid4()) for _ in range(3)]

    assert vendor.post(statement(id=ids[0])).json == [ids[0]]
    assert vendor.post([statement(id=i) for i in ids[1:]]).json == ids[1:]


def test_put_stores_under_the_id_in_the_address(vendor):
    wanted = uuid4()

    assert vendor.put(statement(), wanted).status_code == 204
    assert vendor.one(wanted)["id"] == str(wanted)


def test_an_answer_to_a_write_tells_up_to_when_reading_is_complete(vendor):
    answer = vendor.post(statement(timestamp=WHEN))

    assert answer.headers[CONSISTENT] >= vendor.one(answer.json[0])["stored"]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("timestamp", [None, "2026-03-18T17:00:00.123456Z"])
def test_the_same_again_changes_nothing_and_is_no_conflict(vendor, timestamp, version):
    vendor.version = version
    sent = statement(id=str(uuid4()), timestamp=timestamp, result={"duration": "PT1.239S"})
    vendor.store(sent)
    first = vendor.one(sent["id"])

    assert vendor.post(sent).json == [sent["id"]]
    assert vendor.put(sent, sent["id"]).status_code == 204
    assert vendor.one(sent["id"]) == first
    assert vendor.find() == [sent["id"]]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("timestamp", [None, "2026-03-18T17:00:00.123Z"])
def test_what_the_store_returned_is_the_same_again(vendor, timestamp, version):
    vendor.version = version
    (stored,) = vendor.store(statement(timestamp=timestamp, result={"duration": "PT1.239S"}))
    returned = vendor.one(stored)

    assert vendor.put(returned, stored).status_code == 204
    assert vendor.post([returned]).json == [stored]
    assert vendor.one(stored) == returned


def test_the_same_in_another_spelling_is_the_same(vendor):
    sent = statement(id=str(uuid4()), timestamp="2026-03-18T17:00:00Z")
    vendor.store(sent)
    again = sent | {
        "id": sent["id"].upper(),
        "timestamp": "2026-03-18T18:00:00+01:00",
        "verb": {**sent["verb"], "display": {"en": "completed"}},
    }

    assert vendor.post(again).json == [sent["id"]]


@pytest.mark.parametrize("method", ["post", "put"])
def test_other_content_under_a_known_id_is_a_conflict_and_changes_nothing(vendor, method):
    sent = statement(id=str(uuid4()))
    vendor.store(sent)
    other = sent | {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}}

    answer = vendor.post(other) if method == "post" else vendor.put(other, sent["id"])

    assert sent["id"] in refusal(answer, 409)
    assert vendor.one(sent["id"])["verb"] == sent["verb"]


def test_a_conflict_in_a_batch_stores_nothing_of_it(vendor):
    known = statement(id=str(uuid4()))
    vendor.store(known)

    answer = vendor.post([statement(), known | {"actor": mbox("bob@example.org")}])

    assert "Statement 2" in refusal(answer, 409)
    assert vendor.find() == [known["id"]]


def test_an_id_in_upper_case_is_the_same_id(vendor):
    wanted = str(uuid4())

    assert vendor.post(statement(id=wanted.upper())).json == [wanted]
    assert vendor.one(wanted.upper())["id"] == wanted
    assert vendor.put(statement(id=wanted), wanted.upper()).status_code == 204


@pytest.mark.parametrize("change", [{}, {"actor": mbox("bob@example.org")}])
def test_an_id_twice_in_one_batch_is_refused_whatever_it_says(vendor, change):
    sent = statement(id=str(uuid4()))

    answer = vendor.post([sent, {**sent, "id": sent["id"].upper(), **change}])

    assert "stands twice" in refusal(answer, 400)
    assert vendor.find() == []


def test_put_with_another_id_inside_is_refused(vendor):
    assert "the address" in refusal(vendor.put(statement(id=str(uuid4())), uuid4()), 400)


def test_put_without_an_id_in_the_address_is_refused(vendor):
    assert "statementId must be a UUID" in refusal(vendor.ask("PUT", json=statement()), 400)


def test_put_takes_one_statement(vendor):
    assert "exactly one" in refusal(vendor.put([statement()], uuid4()), 400)


def test_one_bad_statement_in_a_batch_stores_nothing_and_is_pointed_at(vendor):
    answer = vendor.post([statement(), statement(actor=None)])

    assert "Statement 2 of 2 was not stored" in refusal(answer, 400)
    (problem,) = answer.json["problems"]
    assert problem["statement"] == 1
    assert vendor.find() == []


BAD_BODIES = {
    "empty": (b"", "empty"),
    "blank": (b" \n", "empty"),
    "html": (b"<html>", "syntax"),
    "bom": (b"\xef\xbb\xbf{}", "bom"),
    "latin-1": (b'{"actor": "\xe9"}', "not_utf8"),
    "same key twice": (b'{"actor": 1, "actor": 2}', "duplicate_key"),
    "NaN": (b'{"result": {"score": {"raw": NaN}}}', "nan"),
    "NUL": (b'{"actor": {"name": "a\\u0000b"}}', "nul_character"),
    "half a character": (b'{"actor": {"name": "\\ud800"}}', "lone_surrogate"),
    "deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
    "deep array": (b"[" * 100_000, "too_deep"),
    "endless number": (b'{"a": ' + b"9" * 5000 + b"}", "number_too_large"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_storable_json_is_refused_with_the_rule(vendor, name):
    body, rule = BAD_BODIES[name]

    answer = vendor.ask("POST", data=body, content_type="application/json")

    refusal(answer, 400)
    assert answer.json["problems"][0]["rule"] == rule


@pytest.mark.parametrize("body", [None, 5, "text", True, [None], [[]], {}])
def test_json_that_is_no_statement_is_refused(vendor, body):
    answer = vendor.ask("POST", data=json.dumps(body), content_type="application/json")

    refusal(answer, 400)
    assert answer.json["problems"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused_by_its_name(vendor, content_type):
    answer = vendor.ask("POST", data=json.dumps(statement()), content_type=content_type)

    message = refusal(answer, 400)
    assert content_type.partition(";")[0] in message
    assert "application/json" in message


def test_a_charset_beside_the_content_type_is_no_obstacle(vendor):
    answer = vendor.ask(
        "POST", data=json.dumps(statement()), content_type="application/json; charset=UTF-8"
    )

    assert answer.status_code == 200


def test_a_compressed_body_is_refused_by_its_name(vendor):
    answer = vendor.ask(
        "POST",
        data=b"\x1f\x8b",
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )

    assert "gzip" in refusal(answer, 415)


def test_an_attachment_that_is_not_there_is_refused(vendor):
    attachment = {
        "usageType": "https://x.org/certificate",
        "display": {"en": "Certificate"},
        "contentType": "application/pdf",
        "length": 3,
        "sha2": "0" * 64,
    }

    message = refusal(vendor.post(statement(attachments=[attachment])), 400)
    assert "multipart/mixed" in message
    vendor.store(statement(attachments=[{**attachment, "fileUrl": "https://x.org/1.pdf"}]))


@pytest.mark.parametrize(
    "timestamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-12-31T23:59:60Z"]
)
def test_timestamps_at_the_ends_of_time_are_kept(vendor, timestamp):
    (stored,) = vendor.store(statement(timestamp=timestamp))

    assert vendor.one(stored)["timestamp"] == timestamp


def test_a_statement_of_the_other_version_is_refused(vendor):
    assert "version" in refusal(vendor.post(statement(version="2.0.0")), 400)


def test_writes_have_the_headers_of_the_standard(vendor):
    for answer in (vendor.post(statement()), vendor.put(statement(), uuid4())):
        assert answer.headers[VERSION] == "1.0.3"
        assert answer.headers[CONSISTENT]
