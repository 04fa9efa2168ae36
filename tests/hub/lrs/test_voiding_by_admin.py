"""An admin voids what must not count, whoever stored it, and the record says why."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from hub.accounts.models import AuditEntry
from hub.errors import Conflict, Invalid, NotFound
from hub.lrs.voiding import void
from hub.progress.models import Progress
from hub.progress.projector import catch_up
from tests.hub.lrs.speaking import VOIDED, statement, voiding

BY = "user:ada@example.org"


@pytest.fixture
def admin(hub):
    """Voids in a transaction of its own."""

    def run(statement_id, reason="a test account"):
        with hub.database.transaction() as session:
            return str(void(session, UUID(statement_id), reason, BY))

    return run


def test_it_is_voided_whoever_stored_it_and_no_longer_counts(admin, vendor, hub):
    (target,) = vendor.store(statement())

    admin(target)

    assert vendor.get(statementId=target).status_code == 404
    assert vendor.get(voidedStatementId=target).status_code == 200
    catch_up(hub.database)
    with hub.database.reading() as session:
        assert session.query(Progress).all() == []


def test_the_voiding_says_why_and_that_the_hub_did_it(admin, vendor):
    (target,) = vendor.store(statement())

    found = vendor.one(admin(target, "  a test account "))

    assert found["verb"]["id"] == VOIDED
    assert found["object"] == {"objectType": "StatementRef", "id": target}
    assert list(found["context"]["extensions"].values()) == ["a test account"]
    assert found["authority"] == found["actor"]
    assert found["authority"]["name"] == "Learning Record Hub"


def test_the_audit_log_says_who(admin, vendor, hub):
    (target,) = vendor.store(statement())

    voided = admin(target)

    with hub.database.reading() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "statement.void")
        ).one()
    assert (entry.actor, entry.target) == (BY, target)
    assert entry.detail == {"reason": "a test account", "voiding": voided}


def test_what_is_not_there_cannot_be_voided(admin):
    with pytest.raises(NotFound, match="no statement with the id"):
        admin(str(uuid4()))


def test_what_is_voided_already_is_not_voided_again(admin, vendor):
    (target,) = vendor.store(statement())
    admin(target)

    with pytest.raises(Conflict, match="already"):
        admin(target)


def test_a_voiding_statement_cannot_be_voided(admin, vendor):
    (void_id,) = vendor.store(voiding(uuid4()))

    with pytest.raises(Conflict, match="cannot be taken back"):
        admin(void_id)


def test_a_reason_is_needed(admin, vendor):
    (target,) = vendor.store(statement())

    with pytest.raises(Invalid, match="no reason"):
        admin(target, " ")

    assert vendor.get(statementId=target).status_code == 200
