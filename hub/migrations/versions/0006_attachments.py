"""attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment")),
    )
    op.create_table(
        "statement_attachment",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha2", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seq"], ["statement.seq"], name=op.f("fk_statement_attachment_seq_statement")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["attachment.sha256"],
            name=op.f("fk_statement_attachment_sha256_attachment"),
        ),
        sa.PrimaryKeyConstraint("seq", "sha2", name=op.f("pk_statement_attachment")),
    )
    op.create_index(op.f("ix_statement_attachment_sha256"), "statement_attachment", ["sha256"])


def downgrade() -> None:
    op.drop_table("statement_attachment")
    op.drop_table("attachment")
