"""The ground holds on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from hub.accounts.models import AuditEntry
from hub.database import database_now
from hub.deployment import namespace_of


def test_an_instant_comes_back_as_it_went_in(hub):
    at = datetime(2026, 11, 23, 20, 15, 1, 123456, tzinfo=UTC)
    row = {"at": at, "actor": "a", "action": "b", "target": "c", "detail": {"x": 1}}
    with hub.database.transaction() as session:
        session.execute(insert(AuditEntry), [row])
    with hub.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert entry.at == at
    assert entry.detail == {"x": 1}


def test_a_naive_instant_is_refused(hub):
    row = {"at": datetime(2026, 1, 1), "actor": "", "action": "", "target": "", "detail": {}}  # noqa: DTZ001
    with pytest.raises(Exception, match="naive datetime"), hub.database.transaction() as session:
        session.execute(insert(AuditEntry), [row])


def test_the_database_tells_the_time(hub):
    with hub.database.transaction() as session:
        assert abs(database_now(session) - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_namespace_stays(hub):
    with hub.database.reading() as session:
        assert namespace_of(session) == namespace_of(session)
