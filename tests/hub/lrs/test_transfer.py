"""Statements out and in again: nothing lost, nothing twice, what was voided stays voided."""

import io
import json
import shutil
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from hub.database import Database
from hub.lrs.attachment_storage import storage_of
from hub.lrs.attachments import find_of
from hub.lrs.checking import read_lines
from hub.lrs.exporting import Export, Exported, Selection
from hub.lrs.importing import Import, Imported, Stopped
from hub.lrs.models import Statement
from hub.lrs.sidecar import Sidecar
from tests.hub.lrs.speaking import COMPLETED, mbox, statement, voiding
from xapi import multipart
from xapi.actors import ifi_of
from xapi.compare import equality_digest
from xapi.formats import instant_of
from xapi.multipart import Part


@pytest.fixture
def take_out(hub):
    """Exports; returns the statements and the numbers."""

    def run(sidecar=None, **chosen):
        out = io.BytesIO()
        storage = storage_of(hub.settings)
        done = Export(
            hub.database, storage, Selection(**chosen), write=out.write, sidecar=sidecar
        ).run()
        return [json.loads(line) for line in out.getvalue().splitlines()], done

    return run


@pytest.fixture
def take_in(hub):
    """Imports lines (statements, or bytes); returns the numbers and what was refused."""

    def run(*lines, name="old", version=None, keep_authority=False, **chosen):
        refused = []
        storage = storage_of(hub.settings)
        work = Import(
            hub.database, storage, name, report=refused.append, progress=lambda done: None, **chosen
        )
        text = b"\n".join(
            line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
        )
        try:
            work.run(read_lines(io.BytesIO(text), version, keep_authority=keep_authority))
        except Stopped:
            assert chosen["strict"]
        done = work.done
        assert done.read == done.stored + done.known + done.conflicts + done.invalid
        return done, [
            (item.line, problem.pointer, problem.rule)
            for item in refused
            for problem in item.problems
        ]

    return run


def count(hub):
    with hub.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Statement))


def is_voided(vendor, statement_id):
    return vendor.get(voidedStatementId=statement_id).status_code == 200


def numbered(many):
    return [statement(id=str(uuid4()), actor=mbox(f"p{n}@x.org")) for n in range(many)]


def test_everything_comes_out_in_the_order_of_storing(vendor, take_out):
    ids = vendor.store(*numbered(3)) + vendor.store(*numbered(2))

    found, done = take_out()

    assert [item["id"] for item in found] == ids
    assert done == Exported(statements=5)
    assert found[0] == vendor.one(ids[0])


def test_pages_join_without_loss_or_double(vendor, take_out, monkeypatch):
    monkeypatch.setattr("hub.lrs.exporting.PAGE", 3)
    ids = vendor.store(*numbered(10))
    vendor.store(voiding(ids[4]))

    found, done = take_out(voided=True)

    assert len(found) == len({item["id"] for item in found}) == 11
    assert [item["id"] for item in found][:10] == ids
    assert (done.statements, done.voided) == (11, 1)


def test_the_filters_are_those_of_the_standard(vendor, take_out):
    ada = statement(actor=mbox("ada@x.org"), verb={"id": "https://x.org/read"})
    ben = statement(actor=mbox("ben@x.org"), object={"id": "https://x.org/book"})
    first, second = vendor.store(ada, ben)
    (third,) = vendor.store(statement(object={"objectType": "StatementRef", "id": first}))

    def found(**chosen):
        return [item["id"] for item in take_out(**chosen)[0]]

    assert found(agent=ifi_of(mbox("ada@x.org"))) == [first, third]
    assert found(verb=COMPLETED) == [second, third]
    assert found(activity="https://x.org/book") == [second]
    stored = take_out()[0][1]["stored"]
    assert found(since=instant_of(stored)) == [third]
    assert found(until=instant_of(stored)) == [first, second]


def test_voided_ones_come_only_if_asked_for_and_by_the_same_filters(vendor, take_out):
    (target,) = vendor.store(statement(actor=mbox("ada@x.org")))
    (void,) = vendor.store(voiding(target))

    assert [item["id"] for item in take_out()[0]] == [void]
    assert [item["id"] for item in take_out(voided=True)[0]] == [target, void]
    ada = take_out(voided=True, agent=ifi_of(mbox("ada@x.org")))
    assert [item["id"] for item in ada[0]] == [target, void]
    ben = take_out(voided=True, agent=ifi_of(mbox("ben@x.org")))
    assert ben[0] == []


def test_a_voiding_without_effect_is_left_out_and_counted(vendor, new_vendor, take_out):
    (target,) = vendor.store(statement())
    another = new_vendor("statements/write")
    (early,) = another.store(voiding(uuid4()))
    another.store(voiding(target))

    found, done = take_out(voided=True)

    assert {item["id"] for item in found} == {target, early}
    assert done.without_effect == 1


CONTENT = b"a\x00b\r\n"


def attached(content, **more):
    item = {
        "usageType": "https://x.org/certificate",
        "display": {"en": "Certificate"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": sha256(content).hexdigest(),
        **more,
    }
    return statement(id=str(uuid4()), attachments=[item])


def sent_with(vendor, item, content):
    part = Part(sha256(content).hexdigest(), "text/plain", content, {})
    body, kind = multipart.build(json.dumps(item).encode(), [part])
    answer = vendor.ask("POST", data=body, content_type=kind)
    assert answer.status_code == 200, answer.text


def test_attachments_whose_content_stays_are_counted(vendor, take_out):
    vendor.store(attached(b"y", fileUrl="https://x.org/file"))
    sent_with(vendor, attached(CONTENT), CONTENT)

    assert take_out()[1].without_content == 1


def test_contents_of_attachments_go_out_and_come_in(
    vendor, hub, take_out, sqlite_template, tmp_path
):
    sidecar = Sidecar(tmp_path / "contents")
    sent_with(vendor, attached(CONTENT), CONTENT)
    out, done = take_out(sidecar=sidecar)
    assert done.without_content == 0
    assert [path.read_bytes() for path in sidecar.folder.iterdir()] == [CONTENT]
    path = tmp_path / "other.db"
    shutil.copy(sqlite_template, path)
    other, storage = Database(f"sqlite:///{path}"), storage_of(hub.settings)
    lines = read_lines(io.BytesIO(json.dumps(out[0]).encode()), None)

    done = Import(other, storage, "old", report=print, progress=print, sidecar=sidecar).run(lines)

    assert done == Imported(read=1, stored=1)
    with other.reading() as session:
        assert [part.content for part in find_of(session, storage, [1])] == [CONTENT]
    other.dispose()


def test_an_attachment_without_content_is_refused(take_in, tmp_path):
    item = attached(CONTENT)
    sidecar = Sidecar(tmp_path)

    missing = [(1, "/attachments/0", "content_missing")]
    assert take_in(item)[1] == missing
    assert take_in(item, sidecar=sidecar)[1] == missing
    (tmp_path / item["attachments"][0]["sha2"]).write_bytes(b"something else")
    assert take_in(item, sidecar=sidecar)[1] == [(1, "/attachments/0", "content_hash")]


def test_an_import_stores_once_however_often_it_runs(take_in, hub):
    lines = numbered(1203)

    assert take_in(*lines)[0] == Imported(read=1203, stored=1203)
    assert take_in(*lines)[0] == Imported(read=1203, known=1203)
    assert count(hub) == 1203


def test_an_import_that_was_broken_off_goes_on(take_in, hub):
    lines = numbered(700)
    take_in(*lines[:600])

    assert take_in(*lines)[0] == Imported(read=700, stored=100, known=600)


def test_lines_without_id_are_stored_once(take_in, hub):
    lines = [statement(timestamp="2026-01-01T00:00:00Z"), statement(actor=mbox("b@x.org"))]

    assert take_in(*lines)[0].stored == 2
    assert take_in(*lines)[0].known == 2


def test_a_bad_line_is_named_and_the_others_are_stored(take_in, hub):
    good = numbered(2)
    twice = b'{"actor": {}, "actor": {}}'

    done, refused = take_in(
        good[0], b"{", b"", twice, statement(actor={"mbox": "ann"}), b"[1]", good[1]
    )

    assert done == Imported(read=6, stored=2, invalid=4)
    assert refused == [
        (2, "", "syntax"),
        (4, "", "duplicate_key"),
        (5, "/actor/mbox", "not_mailto"),
        (6, "", "wrong_type"),
    ]


def test_conflicts_are_named_and_change_nothing(take_in, vendor):
    first, second, third = numbered(3)
    vendor.store(first, second)
    changed = [{**item, "verb": {"id": "https://x.org/read"}} for item in (first, second)]

    done, refused = take_in(changed[0], third, changed[1], third)

    assert done == Imported(read=4, stored=1, known=1, conflicts=2)
    assert refused == [(1, "/id", "conflict"), (3, "/id", "conflict")]
    assert vendor.one(first["id"])["verb"]["id"] == COMPLETED


def test_an_id_that_stands_twice_in_a_file_with_other_content_is_a_conflict(take_in):
    (first,) = numbered(1)

    done, refused = take_in(first, {**first, "verb": {"id": "https://x.org/read"}}, first)

    assert done == Imported(read=3, stored=1, known=1, conflicts=1)
    assert refused == [(2, "/id", "conflict")]


def test_a_strict_import_stops_at_what_is_wrong(take_in, hub):
    good = numbered(2)

    done, _ = take_in(good[0], b"{", good[1], strict=True)

    assert done == Imported(read=2, stored=1, invalid=1)


def test_an_import_stamps_its_own_authority(take_in, vendor):
    (item,) = numbered(1)
    item["authority"] = mbox("lrs@old.example.org")

    take_in(item, name="old store")

    authority = vendor.one(item["id"])["authority"]
    assert authority["account"]["name"] == "old store"


def test_a_migration_keeps_the_authority_of_each_line(take_in, vendor):
    items = numbered(3)
    items[0]["authority"] = mbox("a@old.example.org")
    items[1]["authority"] = mbox("b@old.example.org")

    done, _ = take_in(*items, keep_authority=True)

    assert done.stored == 3
    kept = [vendor.one(item["id"])["authority"] for item in items]
    assert [agent.get("mbox") for agent in kept] == [
        "mailto:a@old.example.org",
        "mailto:b@old.example.org",
        None,
    ]


def test_lines_of_both_versions_are_stored_as_what_they_are(take_in, vendor):
    people = {"contextAgents": [{"objectType": "contextAgent", "agent": mbox()}]}
    old, new, mixed = numbered(3)
    new |= {"version": "2.0.0", "context": people}
    mixed |= {"version": "1.0.3", "context": people}

    assert take_in(old, new, mixed)[0].stored == 3
    assert vendor.one(old["id"])["version"] == "1.0.0"
    assert vendor.one(new["id"])["version"] == "2.0.0"
    assert vendor.one(mixed["id"])["version"] == "1.0.3"
    assert take_in({**new, "id": str(uuid4())}, version="1.0.3")[0].invalid == 1


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("keep_authority", [False, True])
def test_what_was_voided_comes_back_voided_in_either_order(take_in, vendor, turned, keep_authority):
    (target,) = numbered(1)
    lines = [target, voiding(target["id"], authority=mbox("other@x.org"))]

    for line in lines[::-1] if turned else lines:
        take_in(line, keep_authority=keep_authority)

    assert is_voided(vendor, target["id"])


def test_another_hub_gets_the_same_statements(
    vendor, hub, app, take_out, sqlite_template, tmp_path
):
    ids = vendor.store(*numbered(20))
    vendor.store(*(voiding(target) for target in ids[:5]))
    out, _ = take_out(voided=True)
    path = tmp_path / "other.db"
    shutil.copy(sqlite_template, path)
    other = Database(f"sqlite:///{path}")
    lines = read_lines(io.BytesIO(b"\n".join(json.dumps(item).encode() for item in out)), None)

    storage = storage_of(hub.settings)
    done = Import(other, storage, "old", report=print, progress=print).run(lines)

    assert done == Imported(read=25, stored=25)
    again = io.BytesIO()
    assert Export(other, storage, Selection(voided=True), write=again.write).run().voided == 5
    other.dispose()
    found = [json.loads(line) for line in again.getvalue().splitlines()]
    assert {item["id"]: equality_digest(item) for item in found} == {
        item["id"]: equality_digest(item) for item in out
    }


def test_an_import_of_what_was_exported_here_stores_nothing(vendor, take_out, take_in):
    ids = vendor.store(*numbered(4))
    vendor.store(voiding(ids[0]))
    out, _ = take_out(voided=True)

    assert take_in(*out)[0] == Imported(read=5, known=5)
