"""Who is who: names become one learner, or stay apart, and the history tells why."""

from itertools import permutations
from random import Random

import pytest
from sqlalchemy import select

from connectors.records import Identifier
from hub.learners.models import Identifier as Row
from hub.learners.models import IdentityEvent, Learner, Link
from hub.learners.service import find_learner, note_account, resolve, suspended_at

LMS, TMS = "https://lms.example.org", "https://tms.example.org"


def account(name, scope=LMS):
    return Identifier("account", name, scope)


def mbox(value):
    return Identifier("mbox", value)


def staff(number):
    return Identifier("employee_id", number)


@pytest.fixture
def meet(hub):
    """Takes in a user record with these names; returns what became of it."""

    def take(*names, name=None):
        with hub.database.transaction() as session:
            return resolve(session, names, name=name, by="source:lms")

    return take


@pytest.fixture
def who(hub):
    """The id of the learner with this name, or None."""

    def find(identifier):
        with hub.database.reading() as session:
            learner = find_learner(session, identifier)
            return learner.id if learner else None

    return find


def everything(hub, table, *conditions):
    with hub.database.reading() as session:
        return list(session.scalars(select(table).where(*conditions).order_by(table.id)))


def events(hub, kind):
    return everything(hub, IdentityEvent, IdentityEvent.kind == kind)


def test_names_of_one_record_are_one_person(meet, who):
    found = meet(account("5"), mbox("Ada@example.org"), staff("77"), name="Ada")

    assert who(account("5")) == who(mbox("ada@EXAMPLE.org")) == who(staff("77")) == found.learner_id
    assert found.absorbed == ()


def test_the_same_record_again_changes_nothing(hub, meet):
    first = meet(account("5"), mbox("ada@example.org"))
    assert meet(mbox("ADA@example.org"), account("5")) == first
    assert len(everything(hub, Link)) == 2
    assert len(everything(hub, IdentityEvent)) == 1


def test_two_learners_become_one_and_the_older_stays(hub, meet, who):
    older = meet(mbox("ada@example.org"))
    newer = meet(account("5"), name="Ada")
    found = meet(account("5"), mbox("ada@example.org"))

    assert (found.learner_id, found.absorbed) == (older.learner_id, (newer.learner_id,))
    assert who(account("5")) == older.learner_id
    learners = {learner.id: learner for learner in _learners(hub)}
    assert learners[newer.learner_id].status == "merged"
    assert learners[newer.learner_id].merged_into == older.learner_id
    assert learners[older.learner_id].name == "Ada"


def _learners(hub):
    with hub.database.reading() as session:
        return list(session.scalars(select(Learner)))


def test_the_history_of_a_merge_tells_how_to_undo_it(hub, meet):
    older = meet(mbox("ada@example.org"))
    newer = meet(account("5"))
    meet(account("5"), mbox("ada@example.org"))

    (merge,) = events(hub, "merge")
    moved = [row.id for row in everything(hub, Row, Row.kind == "account")]
    assert merge.detail == {
        "learner": str(older.learner_id),
        "absorbed": str(newer.learner_id),
        "identifiers": moved,
    }
    closed, opened = everything(hub, Link, Link.identifier_id.in_(moved))
    assert (closed.learner_id, closed.valid_to) == (newer.learner_id, merge.at)
    assert (opened.learner_id, opened.valid_from) == (older.learner_id, merge.at)
    assert (opened.valid_to, opened.event_id) == (None, merge.id)
    assert [event.detail["learner"] for event in events(hub, "link")] == [
        str(older.learner_id),
        str(newer.learner_id),
    ]


def test_two_accounts_in_one_system_are_two_people_even_with_one_address(hub, meet, who):
    first = meet(account("1"), mbox("desk@example.org"))
    second = meet(account("2"), mbox("desk@example.org"))

    assert second.learner_id != first.learner_id
    assert second.absorbed == ()
    assert who(mbox("desk@example.org")) == first.learner_id
    (conflict,) = events(hub, "conflict")
    assert conflict.detail["reason"] == f"two of kind account in {LMS}: 1, 2"
    assert str(first.learner_id) in conflict.detail["learners"]


def test_a_conflict_is_written_once(hub, meet):
    meet(account("1"), mbox("desk@example.org"))
    for _ in range(3):
        meet(account("2"), mbox("desk@example.org"))

    assert len(events(hub, "conflict")) == 1


def test_two_people_with_other_names_in_common_stay_two(meet, who):
    one = meet(account("1"), staff("77"))
    two = meet(account("2"), staff("78"))
    meet(account("9", TMS), mbox("ada@example.org"), staff("77"))
    meet(account("2"), mbox("ada@example.org"))

    assert who(account("1")) == who(mbox("ada@example.org")) == one.learner_id
    assert who(account("2")) == two.learner_id != one.learner_id


def test_a_record_with_both_accounts_is_believed(meet, who):
    meet(account("1"), mbox("ada@example.org"))
    meet(account("2"), mbox("ada.b@example.org"))
    found = meet(account("1"), account("2"))

    assert len(found.absorbed) == 1
    assert who(mbox("ada@example.org")) == who(mbox("ada.b@example.org"))


def test_after_a_believed_merge_either_account_may_say_more(hub, meet, who):
    meet(account("1"), account("2"))
    found = meet(account("2"), mbox("ada@example.org"))

    assert who(account("1")) == who(mbox("ada@example.org")) == found.learner_id
    assert events(hub, "conflict") == []


def test_an_employee_number_joins_two_addresses(meet, who):
    meet(account("1"), mbox("ada@example.org"), staff("77"))
    meet(account("9", TMS), mbox("ada.byron@example.org"), staff("77"))

    assert who(mbox("ada@example.org")) == who(mbox("ada.byron@example.org"))
    assert who(account("1")) == who(account("9", TMS))


def test_a_second_employee_number_of_an_account_is_not_taken(hub, meet, who):
    first = meet(account("1"), staff("77"))
    again = meet(account("1"), staff("78"))

    assert again == first
    assert who(staff("78")) is None
    (conflict,) = events(hub, "conflict")
    assert conflict.detail["reason"] == "two of kind employee_id in the organization: 77, 78"


def test_a_name_that_is_unusable_is_said_to_be(meet):
    with pytest.raises(ValueError, match="an empty account"):
        meet(account(" "))
    with pytest.raises(ValueError, match="no identifier"):
        meet()


PEOPLE = [
    (account("1"), mbox("ada@example.org")),
    (mbox("ada@example.org"), staff("77")),
    (account("9", TMS), staff("77")),
    (account("2"), mbox("bo@example.org")),
    (account("8", TMS), mbox("BO@example.org")),
    (account("3"),),
    (mbox("cy@example.org"), account("3")),
]


@pytest.mark.parametrize("seed", range(4))
def test_records_that_do_not_contradict_each_other_may_come_in_any_order(meet, who, seed):
    orders = list(permutations(PEOPLE))
    for record in Random(seed).choice(orders):
        meet(*record)

    ada = {who(n) for n in (account("1"), mbox("ada@example.org"), staff("77"), account("9", TMS))}
    bo = {who(n) for n in (account("2"), mbox("bo@example.org"), account("8", TMS))}
    cy = {who(n) for n in (account("3"), mbox("cy@example.org"))}
    assert [len(ids) for ids in (ada, bo, cy)] == [1, 1, 1]
    assert len(ada | bo | cy) == 3


def test_a_name_has_one_open_link(hub, meet):
    for seed in range(3):
        for record in Random(seed).sample(PEOPLE, len(PEOPLE)):
            meet(*record)
    links = everything(hub, Link, Link.valid_to.is_(None))
    assert len({link.identifier_id for link in links}) == len(links)


def test_an_account_is_suspended_where_its_system_says_so(hub, meet):
    found = meet(account("5"))
    source_id = found.learner_id  # any id will do
    for active, changed in ((True, False), (False, True), (False, False), (True, True)):
        with hub.database.transaction() as session:
            assert changed is note_account(
                session,
                source_id=source_id,
                key="user:5",
                identifier=account("5"),
                name="Ada",
                active=active,
            )
            expected = set() if active else {source_id}
            assert suspended_at(session, found.learner_id) == expected
