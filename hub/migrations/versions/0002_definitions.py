"""definitions of activities and displays of verbs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity", sa.Column("definition", sa.LargeBinary(), nullable=True))
    op.add_column("verb", sa.Column("display", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("verb", "display")
    op.drop_column("activity", "definition")
