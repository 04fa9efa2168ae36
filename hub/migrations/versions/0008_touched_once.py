"""The id of a touched key is never given twice: SQLite begins again when the table is empty."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "touched", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
