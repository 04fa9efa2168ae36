"""Runs migrations on the engine that hub.migrations hands over, or on HUB_DATABASE_URL."""

from alembic import context
from sqlalchemy import text

from config import load_settings
from hub.database import make_engine
from hub.tables import metadata

engine = context.config.attributes.get("engine") or make_engine(
    load_settings().effective_database_url
)

with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
