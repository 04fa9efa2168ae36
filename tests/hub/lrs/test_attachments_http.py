"""Attachments over HTTP: multipart in, multipart out, and nothing stored that does not fit."""

import json
from dataclasses import replace
from hashlib import sha256, sha512
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.lrs.attachment_storage import storage_of
from tests.hub.lrs.speaking import COMPLETED, refusal, statement, voiding
from tests.xapi.signing import certificate, jws
from xapi.multipart import Part, build, parse

BINARY = bytes(range(256)) + b"\r\n--b\r\n\x00\r\n--b--\r\n"


@pytest.fixture(params=["database", "files"])
def settings(request, settings):
    return replace(
        settings, attachment_storage=request.param, max_attachments=3, max_attachment_bytes=3000
    )


def attachment(content=BINARY, *, by=sha256, **more):
    return {
        "usageType": "https://example.org/usage/essay",
        "display": {"en": "Essay"},
        "contentType": "application/pdf",
        "length": len(content),
        "sha2": by(content).hexdigest(),
        **more,
    }


def part(content=BINARY, *, by=sha256):
    return Part(by(content).hexdigest(), "application/pdf", content, {})


def attached(*contents, **parts):
    return statement(attachments=[attachment(content) for content in contents], **parts)


def send(vendor, statements, *contents, method="POST", **request):
    parts = [one if isinstance(one, Part) else part(one) for one in contents]
    body, content_type = build(json.dumps(statements).encode(), parts)
    return vendor.ask(method, data=body, content_type=content_type, **request)


def sent(vendor, statements, *contents):
    """Send what must be taken; returns the ids."""
    answer = send(vendor, statements, *contents)
    assert answer.status_code == 200, answer.text
    return answer.json


def fetch(vendor, path="/xapi/statements", **query):
    """JSON and contents of an answer with attachments."""
    answer = vendor.get(path, **query)
    assert answer.status_code == 200, answer.text
    found = parse(answer.data, answer.content_type)
    return json.loads(found.statements), [one.content for one in found.parts]


def rules(answer):
    return [problem["rule"] for problem in answer.json["problems"]]


def nothing_stored(vendor):
    return vendor.find() == []


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_bytes_that_were_sent_come_back(vendor, version):
    vendor.version = version
    (stored,) = sent(vendor, attached(BINARY), BINARY)
    body, contents = fetch(vendor, statementId=stored, attachments="true")
    assert (body["id"], contents) == (stored, [BINARY])


def test_a_statement_may_be_put_with_its_attachment(vendor):
    stored = str(uuid4())
    answer = send(
        vendor, attached(BINARY), BINARY, method="PUT", query_string={"statementId": stored}
    )
    assert answer.status_code == 204, answer.text
    assert fetch(vendor, statementId=stored, attachments="true")[1] == [BINARY]


def test_a_part_of_the_answer_has_the_headers_of_the_standard(vendor):
    (stored,) = sent(vendor, attached(BINARY), BINARY)
    answer = vendor.get(statementId=stored, attachments="true")
    (found,) = parse(answer.data, answer.content_type).parts
    assert found.headers == {
        "content-type": "application/pdf",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": sha256(BINARY).hexdigest(),
    }


@pytest.mark.parametrize("query", [{}, {"attachments": "false"}])
def test_without_being_asked_for_attachments_the_answer_is_plain_json(vendor, query):
    (stored,) = sent(vendor, attached(BINARY), BINARY)
    for more in ({}, {"statementId": stored}):
        answer = vendor.get(**query, **more)
        assert answer.mimetype == "application/json"
        assert answer.json


def test_an_answer_with_attachments_is_multipart_also_when_there_are_none(vendor):
    assert fetch(vendor, attachments="true") == ({"statements": [], "more": ""}, [])
    (stored,) = vendor.store(statement())
    assert fetch(vendor, statementId=stored, attachments="true")[1] == []


def test_multipart_without_attachments_is_taken(vendor):
    assert len(sent(vendor, [statement(), statement()])) == 2


def test_a_content_of_several_statements_is_sent_and_answered_once(vendor):
    ids = sent(vendor, [attached(b"1", b"2"), attached(b"1")], b"2", b"1")
    body, contents = fetch(vendor, attachments="true")
    assert {found["id"] for found in body["statements"]} == set(ids)
    assert sorted(contents) == [b"1", b"2"]


def test_contents_come_in_the_order_in_which_the_statements_name_them(vendor):
    shouted = attachment(b"3")
    shouted["sha2"] = shouted["sha2"].upper()
    sent(
        vendor,
        statement(attachments=[shouted, *attached(b"1", b"2")["attachments"]]),
        b"1",
        b"2",
        b"3",
    )
    sent(vendor, attached(b"4", b"2"), b"4", b"2")
    assert fetch(vendor, attachments="true")[1] == [b"4", b"2", b"3", b"1"]
    assert fetch(vendor, attachments="true", ascending="true")[1] == [b"3", b"1", b"2", b"4"]


def test_only_contents_of_the_statements_of_the_answer_are_in_it(vendor):
    sent(vendor, attached(b"old"), b"old")
    sent(vendor, attached(b"new"), b"new")
    assert fetch(vendor, attachments="true", limit=1)[1] == [b"new"]


def test_the_next_page_has_its_attachments_too(vendor):
    sent(vendor, attached(b"old"), b"old")
    sent(vendor, attached(b"new"), b"new")
    body, _ = fetch(vendor, attachments="true", limit=1)
    assert fetch(vendor, body["more"])[1] == [b"old"]


def test_contents_that_are_too_many_for_one_answer_come_on_the_next_page(vendor):
    contents = [bytes([number]) * 1800 for number in range(3)]
    for content in contents:
        sent(vendor, attached(content), content)
    body, found = fetch(vendor, attachments="true", ascending="true")
    while body["more"]:
        body, rest = fetch(vendor, body["more"])
        assert len(rest) == 1
        found += rest
    assert found == contents


def test_a_voided_statement_keeps_its_attachment(vendor):
    (stored,) = sent(vendor, attached(BINARY), BINARY)
    vendor.store(voiding(stored))
    assert fetch(vendor, voidedStatementId=stored, attachments="true")[1] == [BINARY]
    assert fetch(vendor, attachments="true")[1] == []


def test_the_attachment_of_a_sub_statement_comes_back(vendor):
    whole = statement(object={"objectType": "SubStatement", **attached(BINARY)})
    (stored,) = sent(vendor, whole, BINARY)
    assert fetch(vendor, statementId=stored, attachments="true")[1] == [BINARY]


def test_the_same_again_changes_nothing(vendor):
    whole = attached(BINARY, id=str(uuid4()))
    assert sent(vendor, whole, BINARY) == sent(vendor, whole, BINARY)
    assert fetch(vendor, attachments="true")[1] == [BINARY]


def test_a_conflict_keeps_no_content(vendor):
    (stored,) = vendor.store(statement())
    answer = send(vendor, attached(BINARY, id=stored), BINARY)
    refusal(answer, 409)
    assert fetch(vendor, attachments="true")[1] == []


def test_a_hash_in_capitals_and_of_another_kind_names_its_content(vendor):
    upper = attachment(b"1", sha2=sha256(b"1").hexdigest().upper())
    long = attachment(b"2", by=sha512)
    whole = statement(attachments=[upper, long])
    (stored,) = sent(vendor, whole, b"1", part(b"2", by=sha512))
    body, contents = fetch(vendor, statementId=stored, attachments="true")
    assert sorted(contents) == [b"1", b"2"]
    assert body["attachments"] == [upper, long]


@pytest.mark.parametrize("as_json", [True, False])
def test_an_attachment_with_a_link_needs_no_content(vendor, as_json):
    whole = statement(attachments=[attachment(fileUrl="https://example.org/essay.pdf")])
    answer = vendor.post(whole) if as_json else send(vendor, whole)
    assert answer.status_code == 200, answer.text
    assert fetch(vendor, statementId=answer.json[0], attachments="true")[1] == []


def test_to_know_a_hash_is_not_to_read_the_content(vendor, new_vendor):
    sent(vendor, attached(b"secret"), b"secret")
    other = new_vendor("statements/write", "statements/read/mine")
    link = attachment(b"secret", fileUrl="https://example.org/essay.pdf")
    (stored,) = other.store(statement(attachments=[link]))
    assert fetch(other, statementId=stored, attachments="true")[1] == []


@pytest.mark.parametrize("as_json", [True, False])
def test_an_attachment_without_link_and_content_is_refused(vendor, as_json):
    whole = [statement(), attached(b"1", BINARY)]
    answer = vendor.post(whole) if as_json else send(vendor, whole, b"1")
    assert "Statement 2 of 2 was not stored" in refusal(answer, 400)
    assert set(rules(answer)) == {"content_missing"}
    assert answer.json["problems"][-1]["pointer"] == "/attachments/1"
    assert nothing_stored(vendor)


def test_a_content_is_not_lent_by_an_earlier_request(vendor):
    sent(vendor, attached(BINARY), BINARY)
    assert rules(send(vendor, attached(BINARY))) == ["content_missing"]


def test_a_content_that_no_statement_declares_is_refused(vendor):
    answer = send(vendor, attached(b"1"), b"1", b"2")
    assert "Part 3" in refusal(answer, 400)
    assert rules(answer) == ["unclaimed"]
    assert nothing_stored(vendor)


def test_a_content_that_is_not_what_its_hash_says_is_refused(vendor):
    answer = send(vendor, attached(b"1"), replace(part(b"1"), content=b"2"))
    assert "Part 2" in refusal(answer, 400)
    assert rules(answer) == ["hash_mismatch"]
    assert nothing_stored(vendor)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda body: body.replace(b"application/json", b"text/plain"), "first_part"),
        (lambda body: body.replace(b"X-Experience-API-Hash", b"X-Hash"), "hash_missing"),
        (lambda body: body.replace(b": binary", b": base64"), "transfer_encoding"),
        (lambda body: body[:-20], "not_closed"),
        (lambda body: b"", "no_part"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused_by_its_name(vendor, spoil, rule):
    body, content_type = build(json.dumps(attached(b"1")).encode(), [part(b"1")])
    answer = vendor.ask("POST", data=spoil(body), content_type=content_type)
    refusal(answer, 400)
    assert rules(answer) == [rule]
    assert nothing_stored(vendor)


def test_multipart_of_another_kind_is_refused(vendor):
    body, content_type = build(json.dumps(statement()).encode(), [])
    kind = content_type.replace("mixed", "form-data")
    refusal(vendor.ask("POST", data=body, content_type=kind), 400)
    assert nothing_stored(vendor)


def signed(whole, signature):
    """A statement with its signature attached, and the part that brings it."""
    kind = "application/octet-stream"
    usage = "http://adlnet.gov/expapi/attachments/signature"
    declared = attachment(signature, usageType=usage, contentType=kind)
    return {**whole, "attachments": [declared]}, replace(part(signature), content_type=kind)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_a_signed_statement_is_stored_with_its_signature(vendor, key):
    whole = statement(id=str(uuid4()))
    signature = jws(whole, key, x5c=[certificate(key)])
    (stored,) = sent(vendor, *signed(whole, signature))
    assert fetch(vendor, statementId=stored, attachments="true")[1] == [signature]


@pytest.mark.parametrize(("version", "status"), [("1.0.3", 400), ("2.0.0", 200)])
def test_a_signed_duration_counts_to_the_hundredth_of_a_second_in_2(vendor, key, version, status):
    vendor.version = version
    signature = jws(statement(result={"duration": "PT1.239S"}), key)
    answer = send(vendor, *signed(statement(result={"duration": "PT1.234S"}), signature))
    assert answer.status_code == status, answer.text


def test_a_signature_of_another_statement_is_refused(vendor, key):
    answer = send(vendor, *signed(statement(), jws(statement(result={"success": True}), key)))
    assert "another statement" in refusal(answer, 400)
    assert rules(answer) == ["signature_differs"]
    assert answer.json["problems"][0]["section"] == "Data 2.6"
    assert nothing_stored(vendor)


def test_what_is_too_large_or_too_much_is_said_so(vendor):
    large = bytes(3001)
    answer = send(vendor, attached(large), large)
    assert "at most 3000 are taken" in refusal(answer, 413)
    many = [b"1", b"2", b"3", b"4"]
    answer = send(vendor, attached(*many), *many)
    assert "more than 3 attachments" in refusal(answer, 413)
    assert nothing_stored(vendor)


@pytest.mark.parametrize("settings", ["files"], indirect=True)
def test_a_content_whose_file_is_gone_is_said_so(vendor, hub):
    (stored,) = sent(vendor, attached(BINARY), BINARY)
    for path in storage_of(hub.settings).contents():
        path.unlink()
    answer = vendor.get(statementId=stored, attachments="true")
    assert "backup" in refusal(answer, 500)
    assert vendor.one(stored)["verb"]["id"] == COMPLETED
