"""Attachments travel with their statements."""

from hashlib import sha256
from uuid import uuid4

from tests.hub.lrs.speaking import statement
from xapi import json as xapi_json
from xapi import multipart
from xapi.multipart import Part


def with_content(content, **more):
    sha2 = sha256(content).hexdigest()
    attachment = {
        "usageType": "https://example.org/certificate",
        "display": {"en": "Certificate"},
        "contentType": "application/pdf",
        "length": len(content),
        "sha2": sha2,
        **more,
    }
    return (
        statement(id=str(uuid4()), attachments=[attachment]),
        Part(sha2, "application/pdf", content, {}),
    )


def post(door, *pairs):
    body, kind = multipart.build(
        xapi_json.dumps([one for one, _ in pairs]),
        list({part.sha2: part for _, part in pairs}.values()),
    )
    answer = door.ask("POST", data=body, content_type=kind)
    assert answer.status_code == 200, answer.text
    return answer.json


def contents_at(door, sent):
    answer = door.get(statementId=sent, attachments="true")
    parts = multipart.parse(answer.data, answer.content_type).parts
    return [(part.content_type, part.content) for part in parts]


def test_a_stored_content_arrives_byte_by_byte(forward_to, push, door, second_hub, second_address):
    there = forward_to(second_address, key=second_hub.key, secret=second_hub.secret)
    content = bytes(range(256)) + b"\r\n--boundary--\r\n"
    before = push(2)
    (sent,) = post(door, with_content(content))
    after = push(1)
    there.run()
    assert second_hub.find(ascending="true") == [*before, sent, *after]
    assert contents_at(second_hub, sent) == [("application/pdf", content)]


def test_an_attachment_that_is_a_link_goes_as_it_is(forward_to, door, second_hub, second_address):
    there = forward_to(second_address, key=second_hub.key, secret=second_hub.secret)
    linked, _ = with_content(b"elsewhere", fileUrl="https://files.example.org/1.pdf")
    (sent,) = door.store(linked)
    there.run()
    assert second_hub.one(sent)["attachments"] == linked["attachments"]


def test_large_contents_go_in_several_requests(forwarding, other, door):
    other.answer = counting(other)
    sent = [post(door, with_content(bytes([number]) * 900_000))[0] for number in range(5)]
    forwarding.run()
    assert other.ids == sent
    assert max(other.posts) == 2


def counting(other):
    def answer(request):
        parts = multipart.parse(request.get_data(), request.content_type)
        batch = xapi_json.loads(parts.statements)
        other.posts.append(len(batch))
        other.taken += batch
        return other._json("[]")

    return answer


def test_a_statement_whose_content_is_lost_here_is_set_aside(hub, forwarding, other, push, door):
    (lost,) = post(door, with_content(b"only in a file"))
    ids = push(2)

    lose(hub)
    forwarding.run()
    assert other.ids == ids
    (letter,) = forwarding.letters
    assert (str(letter.statement_id), letter.kind) == (lost, "attachment lost here")


def lose(hub):
    """As if the content were a file, and the file gone."""
    with hub.database.engine.begin() as connection:
        connection.exec_driver_sql("update attachment set content = null")
