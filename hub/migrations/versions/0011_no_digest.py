"""Statements are compared when an id comes again, not each time one is stored."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("statement", "digest")


def downgrade() -> None:
    op.add_column("statement", sa.Column("digest", sa.LargeBinary(16), nullable=True))
