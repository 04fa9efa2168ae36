"""forwarders, and the statements that other stores did not take."""

import sqlalchemy as sa
from alembic import op

import hub.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forwarder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("batch_limit", sa.Integer(), nullable=False),
        sa.Column("refused_in_a_row", sa.Integer(), nullable=False),
        sa.Column("created_at", hub.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", hub.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("paused_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("tried_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("expires_at", hub.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwarder")),
        sa.UniqueConstraint("name", name=op.f("uq_forwarder_name")),
    )
    op.create_table(
        "dead_letter",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("forwarder_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at", hub.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forwarder_id"], ["forwarder.id"], name=op.f("fk_dead_letter_forwarder_id_forwarder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
        sa.UniqueConstraint("forwarder_id", "seq", name=op.f("uq_dead_letter_forwarder_id_seq")),
    )


def downgrade() -> None:
    op.drop_table("dead_letter")
    op.drop_table("forwarder")
