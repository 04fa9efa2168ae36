"""Contents of attachments are kept once, in either place, and given out with their statements."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256, sha512
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, insert, select

from hub import clock
from hub.lrs import attachments
from hub.lrs.attachment_models import Attachment, StatementAttachment
from hub.lrs.attachment_storage import ContentLost, storage_of
from hub.lrs.attachment_sweep import EVERY, Sweeper, sweep
from hub.lrs.errors import XapiError
from hub.lrs.models import Statement
from tests.hub.lrs.speaking import statement
from xapi.errors import InvalidStatement
from xapi.multipart import Part, build

CONTENT = b"\x00\r\n--b\xff" * 40


@pytest.fixture(params=["database", "files"])
def storage(request, settings):
    return storage_of(replace(settings, attachment_storage=request.param))


@pytest.fixture
def seqs(hub):
    """Three stored statements."""
    rows = [
        {
            "seq": seq,
            "id": uuid4(),
            "stored": clock.now(),
            "timestamp": clock.now(),
            "verb_id": 1,
            "authority_id": 1,
            "voided": False,
            "digest": b"0" * 16,
            "payload": b"{}",
        }
        for seq in (1, 2, 3)
    ]
    with hub.database.transaction() as session:
        session.execute(insert(Statement), rows)
    return [1, 2, 3]


def part(content=CONTENT, *, by=sha256, kind="text/plain"):
    return Part(by(content).hexdigest(), kind, content, {})


def keep(hub, storage, parts, *used):
    with hub.database.transaction() as session:
        attachments.keep(session, storage, parts, used)


def find_of(hub, storage, *seqs):
    with hub.database.reading() as session:
        return attachments.find_of(session, storage, seqs)


def count(hub, table):
    with hub.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_content_comes_back_with_its_statement_alone(hub, storage, seqs):
    keep(hub, storage, [part(), part(b"2")], (1, part().sha2), (2, part(b"2").sha2))
    (found,) = find_of(hub, storage, 1)
    assert (found.sha2, found.content_type, found.content) == (part().sha2, "text/plain", CONTENT)
    assert find_of(hub, storage, 3) == []


def test_a_content_of_several_statements_is_kept_and_given_once(hub, storage, seqs):
    keep(hub, storage, [part()], (1, part().sha2), (2, part().sha2))
    keep(hub, storage, [part()], (3, part().sha2))
    assert (count(hub, Attachment), count(hub, StatementAttachment)) == (1, 3)
    assert len(find_of(hub, storage, *seqs)) == 1


def test_a_content_under_two_kinds_of_hash_is_kept_once_and_given_under_both(hub, storage, seqs):
    long = part(by=sha512)
    keep(hub, storage, [part(), long], (1, part().sha2), (2, long.sha2))
    assert count(hub, Attachment) == 1
    assert {found.sha2 for found in find_of(hub, storage, 1, 2)} == {part().sha2, long.sha2}


def test_an_empty_content_is_a_content(hub, storage, seqs):
    keep(hub, storage, [part(b"")], (1, part(b"").sha2))
    assert find_of(hub, storage, 1)[0].content == b""


def test_a_hash_that_no_part_has_is_a_link_and_opens_nothing(hub, storage, seqs):
    keep(hub, storage, [part()], (1, part().sha2))
    keep(hub, storage, [], (2, part().sha2))
    assert find_of(hub, storage, 2) == []


def test_a_content_that_no_stored_statement_uses_is_not_kept(hub, storage, seqs):
    keep(hub, storage, [part()])
    assert count(hub, Attachment) == 0


def test_a_content_keeps_the_type_that_each_statement_came_with(hub, storage, seqs):
    keep(hub, storage, [part(kind="text/plain")], (1, part().sha2))
    keep(hub, storage, [part(kind="text/html")], (2, part().sha2))
    keep(hub, storage, [part(kind=None)], (3, part().sha2))
    assert [find_of(hub, storage, seq)[0].content_type for seq in seqs] == [
        "text/plain",
        "text/html",
        None,
    ]
    assert find_of(hub, storage, 1, 2)[0].content_type is None


def test_what_is_not_committed_is_not_there(hub, storage, seqs):
    with hub.database.transaction() as session:
        attachments.keep(session, storage, [part()], [(1, part().sha2)])
        session.rollback()
    assert find_of(hub, storage, 1) == []
    keep(hub, storage, [part()], (1, part().sha2))
    assert find_of(hub, storage, 1)[0].content == CONTENT


def test_contents_stay_readable_when_the_setting_changes(hub, settings, seqs):
    in_database = storage_of(replace(settings, attachment_storage="database"))
    in_files = storage_of(replace(settings, attachment_storage="files"))
    keep(hub, in_database, [part(b"1")], (1, part(b"1").sha2))
    keep(hub, in_files, [part(b"2")], (2, part(b"2").sha2))
    for storage in (in_database, in_files):
        assert {found.content for found in find_of(hub, storage, 1, 2)} == {b"1", b"2"}


def test_only_as_many_statements_as_fit_are_answered_at_once(hub, storage, seqs):
    one, two = part(b"1" * 10), part(b"2" * 10)
    keep(hub, storage, [one, two], (1, one.sha2), (2, one.sha2), (3, two.sha2))
    with hub.database.reading() as session:
        assert attachments.fitting(session, seqs, 20) == 3
        assert attachments.fitting(session, seqs, 19) == 2
        assert attachments.fitting(session, seqs[::-1], 19) == 1
        assert attachments.fitting(session, seqs, 1) == 1
        assert attachments.fitting(session, [], 1) == 0


def test_what_an_erased_statement_shared_stays_with_the_others(hub, storage, seqs):
    keep(hub, storage, [part(), part(b"2")], (1, part().sha2), (1, part(b"2").sha2))
    keep(hub, storage, [part()], (2, part().sha2))
    with hub.database.transaction() as session:
        attachments.forget(session, [1])
    assert find_of(hub, storage, 1) == []
    assert find_of(hub, storage, 2)[0].content == CONTENT
    assert count(hub, Attachment) == 1


@pytest.fixture
def files(settings):
    return storage_of(replace(settings, attachment_storage="files"))


def names(storage):
    return {path.name for path in [*storage.contents(), *storage.unfinished()]}


def test_a_file_is_named_by_its_content_and_nothing_unfinished_stays(hub, files, seqs):
    keep(hub, files, [part()], (1, part().sha2))
    assert names(files) == {part().sha2}


def test_a_sweep_removes_files_that_no_row_names(hub, files, seqs):
    keep(hub, files, [part()], (1, part().sha2))
    files.put(part(b"orphan").sha2, b"orphan")
    assert sweep(hub.database, files, clock.now()) == 1
    assert names(files) == {part().sha2}


def test_a_sweep_removes_what_was_erased(hub, files, seqs):
    keep(hub, files, [part()], (1, part().sha2))
    with hub.database.transaction() as session:
        attachments.forget(session, seqs)
    assert sweep(hub.database, files, clock.now()) == 1
    assert names(files) == set()


def test_a_sweep_leaves_a_file_that_is_being_written_until_its_writer_must_be_dead(hub, files):
    files.put(part().sha2, CONTENT)
    (path,) = files.contents()
    path.rename(path.with_name(path.name + ".x.part"))
    assert sweep(hub.database, files, clock.now()) == 0
    assert sweep(hub.database, files, clock.now() + timedelta(hours=2)) == 1


def test_what_was_written_ahead_is_kept_where_it_is(hub, files, seqs):
    attachments.write_ahead(files, [part(), part(by=sha512)])
    assert names(files) == {part().sha2}
    keep(hub, files, [part()], (1, part().sha2))
    assert find_of(hub, files, 1)[0].content == CONTENT


def test_nothing_is_written_ahead_for_the_database(settings):
    storage = storage_of(settings)
    attachments.write_ahead(storage, [part()])
    assert names(storage) == set()


def test_a_content_that_was_swept_before_it_was_kept_is_written_again(hub, files, seqs):
    attachments.write_ahead(files, [part()])
    sweep(hub.database, files, clock.now())
    keep(hub, files, [part()], (1, part().sha2))
    assert find_of(hub, files, 1)[0].content == CONTENT


def test_a_sweep_leaves_what_is_no_attachment(hub, files):
    files.put(part().sha2, CONTENT)
    (path,) = files.contents()
    note = path.rename(path.with_name("note.txt"))
    assert sweep(hub.database, files, clock.now()) == 0
    assert note.exists()


def test_the_worker_sweeps_when_it_starts_and_every_few_hours(hub, files):
    sweeper = Sweeper()
    with time_machine.travel(clock.now(), tick=False) as travelling:
        for passed, left in [
            (timedelta(0), 0),
            (EVERY - timedelta(minutes=1), 1),
            (timedelta(minutes=1), 0),
        ]:
            travelling.shift(passed)
            files.put(part().sha2, CONTENT)
            assert sweeper(hub) is False
            assert len(names(files)) == left


def test_a_file_that_is_gone_is_said_so(hub, files, seqs):
    keep(hub, files, [part()], (1, part().sha2))
    for path in files.contents():
        path.unlink()
    with pytest.raises(ContentLost, match="No such file"):
        find_of(hub, files, 1)


def attached(**more):
    return {
        "usageType": "https://example.org/usage/essay",
        "display": {"en": "Essay"},
        "contentType": "text/plain",
        "length": len(CONTENT),
        "sha2": part().sha2,
        **more,
    }


def test_a_request_is_read_and_checked(settings):
    body, content_type = build(b"{}", [part()])
    found = attachments.read(body, content_type, settings)
    attachments.check([statement(attachments=[attached()])], found.parts, version="1.0.3")
    assert attachments.hashes_in(statement(attachments=[attached()])) == (part().sha2,)


def test_a_missing_content_is_a_fault_of_the_statement():
    with pytest.raises(InvalidStatement) as caught:
        attachments.check([statement(attachments=[attached()])], [], version="1.0.3")
    assert caught.value.index == 0


def test_a_content_that_nobody_declares_is_a_fault_of_the_request():
    with pytest.raises(XapiError, match=r"Nothing of the request was stored\. Part 2: ") as caught:
        attachments.check([statement()], [part()], version="1.0.3")
    assert caught.value.status == 400
    assert caught.value.problems[0]["rule"] == "unclaimed"


@pytest.mark.parametrize(
    ("limit", "rule"),
    [({"max_attachments": 1}, "too_many_parts"), ({"max_attachment_bytes": 3}, "too_many_bytes")],
)
def test_a_request_above_a_limit_is_too_large(settings, limit, rule):
    body, content_type = build(b"{}", [part(), part(b"2")])
    with pytest.raises(XapiError) as caught:
        attachments.read(body, content_type, replace(settings, **limit))
    assert (caught.value.status, caught.value.problems[0]["rule"]) == (413, rule)


def test_an_answer_is_multipart_also_without_attachments():
    body, content_type = attachments.multipart_answer(b"{}", [])
    assert content_type.startswith("multipart/mixed; boundary=")
    assert b"Content-Type: application/json\r\n\r\n{}\r\n" in body
