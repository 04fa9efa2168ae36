"""Nobody overwrites what somebody else has written meanwhile, also when they write at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from hub.lrs.document_models import Document
from tests.hub.lrs.documenting import NEW, REGISTRATION, RESOURCES, Shelf, shelf_of
from tests.hub.lrs.speaking import open_door, refusal

WRITERS = 6


@pytest.fixture(params=sorted(RESOURCES))
def shelf(request, vendor):
    return shelf_of(vendor, request.param)


def at_once(*tasks):
    """Run the tasks in threads that start together; their results in order."""
    ready = Barrier(len(tasks))

    def run(task):
        ready.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_failed_precondition_changes_nothing_and_a_right_one_is_let_through(shelf, version):
    shelf.vendor.version = version
    etag = shelf.make(b'{"a": 1}', "application/json")
    wrong = {"If-Match": '"1234"'}

    assert "has changed" in refusal(shelf.put(b"y", headers=wrong), 412)
    assert "is there" in refusal(shelf.put(b"y", headers=NEW), 412)
    refusal(shelf.post({"a": 2}, headers=wrong), 412)
    refusal(shelf.post({"a": 2}, headers=NEW), 412)
    refusal(shelf.delete(headers=wrong), 412)
    assert shelf.get().headers["ETag"] == etag

    assert shelf.post({"a": 2}, headers={"If-Match": etag}).status_code == 204
    etag = shelf.get().headers["ETag"]
    changed = shelf.put(b"z", headers={"If-Match": f'"x", {etag}'})
    assert changed.status_code == 204
    assert changed.headers["ETag"] == shelf.get().headers["ETag"] != etag
    assert shelf.delete(headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    refusal(shelf.put(b"y", headers={"If-Match": "*"}), 412)
    refusal(shelf.delete(headers={"If-Match": "*"}), 412)
    assert shelf.names() == []


def test_1_0_3_wants_preconditions_for_profiles_and_none_for_states(shelf):
    if shelf.id == "stateId":
        assert shelf.put(b"x").status_code == 204
        assert shelf.put(b"y").status_code == 204
        assert shelf.get().data == b"y"
        return

    assert "If-None-Match" in refusal(shelf.put(b"x"), 400)
    assert shelf.names() == []
    etag = shelf.make(b"x")
    message = refusal(shelf.put(b"y"), 409)
    assert etag in message
    assert "If-Match" in message
    assert "current state" in message
    assert shelf.get().data == b"x"


def test_2_0_wants_preconditions_only_where_a_document_is_replaced(shelf):
    shelf.vendor.version = "2.0.0"

    assert shelf.put(b"x").status_code == 204
    message = refusal(shelf.put(b"y"), 409)
    assert shelf.get().headers["ETag"] in message
    assert shelf.get().data == b"x"


def test_states_are_cleared_only_as_the_list_that_the_client_knows(vendor):
    states = shelf_of(vendor, "state")
    states.make(b"x")
    known = states.get(stateId=None).headers["ETag"]
    states.make(b"x", stateId="another")

    refusal(states.delete(stateId=None, headers={"If-Match": known}), 412)
    assert states.names() == ["another", "bookmark"]
    known = states.get(stateId=None).headers["ETag"]
    assert states.delete(stateId=None, headers={"If-Match": known}).status_code == 204


def test_of_writers_who_know_the_same_document_one_wins(shelf):
    etag = shelf.make(b"x")

    answers = at_once(
        *(
            lambda writer=writer: shelf.put(b"%d" % writer, headers={"If-Match": etag})
            for writer in range(WRITERS)
        )
    )

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [204] + [412] * (WRITERS - 1)
    assert shelf.get().data == b"%d" % statuses.index(204)


def test_of_writers_of_a_new_document_one_wins(shelf, hub):
    answers = at_once(
        *(lambda writer=writer: shelf.put(b"%d" % writer, headers=NEW) for writer in range(WRITERS))
    )

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [204] + [412] * (WRITERS - 1)
    assert shelf.get().data == b"%d" % statuses.index(204)
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 1


def test_properties_that_are_posted_at_once_are_all_there(vendor):
    states = shelf_of(vendor, "state")

    answers = at_once(
        *(lambda writer=writer: states.post({f"p{writer}": writer}) for writer in range(WRITERS))
    )

    assert {answer.status_code for answer in answers} == {204}
    assert states.get().json == {f"p{writer}": writer for writer in range(WRITERS)}


def test_clearing_while_others_write_leaves_each_document_whole_or_gone(vendor, hub, app):
    """Who writes after it was cleared stores anew; nobody is told 204 for nothing."""
    states = shelf_of(vendor, "state")
    for name in "abc":
        states.make(b"{}", "application/json", stateId=name)
    others = [Shelf(open_door(hub, app), states.path, states.usual) for _ in "abc"]

    answers = at_once(
        lambda: states.delete(stateId=None),
        *(
            lambda other=other, name=name: other.post({"a": 1}, stateId=name)
            for other, name in zip(others, "abc", strict=True)
        ),
    )

    assert {answer.status_code for answer in answers} == {204}
    for name in states.names():
        assert states.get(stateId=name).json == {"a": 1}


def test_a_person_who_is_new_to_several_documents_at_once_has_one_identifier(vendor, hub):
    states = shelf_of(vendor, "state")

    answers = at_once(
        *(
            lambda name=name: states.post({"a": 1}, stateId=name, registration=REGISTRATION)
            for name in "abcd"
        )
    )

    assert {answer.status_code for answer in answers} == {204}
    with hub.database.reading() as session:
        assert len(set(session.scalars(select(Document.identifier_id)))) == 1
