"""how a vendor's requests are judged, and its last requests."""

import sqlalchemy as sa
from alembic import op

import hub.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "vendor", sa.Column("intake", sa.String(), server_default="strict", nullable=False)
    )
    op.add_column(
        "vendor",
        sa.Column("ignores_unknown", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "vendor_request",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("vendor_id", sa.Uuid(), nullable=False),
        sa.Column("at", hub.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=True),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], name=op.f("fk_vendor_request_vendor_id_vendor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_request")),
    )
    op.create_index(op.f("ix_vendor_request_vendor_id_id"), "vendor_request", ["vendor_id", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_vendor_request_vendor_id_id"), table_name="vendor_request")
    op.drop_table("vendor_request")
    op.drop_column("vendor", "ignores_unknown")
    op.drop_column("vendor", "intake")
