"""Migrations make the tables that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from hub.migrations import pending
from hub.tables import metadata


def test_a_migrated_database_has_the_tables_of_the_models(hub):
    with hub.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_is_up_to_date(hub):
    assert not pending(hub.database.engine)
