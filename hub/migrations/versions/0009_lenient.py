"""A vendor is lenient in more than unknown parameters: the switch gets the wider name."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE vendor RENAME COLUMN ignores_unknown TO lenient")


def downgrade() -> None:
    op.execute("ALTER TABLE vendor RENAME COLUMN lenient TO ignores_unknown")
