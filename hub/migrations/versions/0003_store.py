"""The store's keys: one range of rows per filter, interned authorities, one order of storing."""

import sqlalchemy as sa
from alembic import op

from hub.database import BigKey

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD_INDEXES = (
    "ix_statement_activity_seq",
    "ix_statement_actor_seq",
    "ix_statement_fact_id",
    "ix_statement_registration_seq",
    "ix_statement_target_id",
    "ix_statement_verb_seq",
)


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authority"),
        sa.UniqueConstraint("key", name="uq_authority_key"),
    )
    op.execute("INSERT INTO authority (key) SELECT DISTINCT authority FROM statement ORDER BY 1")
    _key_table("statement_key", "kind", "key", "seq")
    _key_table("reference_key", "kind", "key", "seq", "via")
    op.create_index("ix_reference_key_via", "reference_key", ["via"])
    op.drop_table("statement_agent")
    for name in _OLD_INDEXES:
        op.drop_index(name, "statement")
    op.add_column("statement", sa.Column("authority_id", BigKey, nullable=True))
    op.add_column(
        "statement",
        sa.Column("voids_any", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        "UPDATE statement SET authority_id ="
        " (SELECT id FROM authority WHERE authority.key = statement.authority)"
    )
    with op.batch_alter_table("statement") as table:
        table.alter_column("authority_id", existing_type=BigKey, nullable=False)
        table.alter_column("voids_any", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("fact_id", existing_type=sa.Integer(), type_=BigKey)
        table.drop_column("authority")
        for column, target in (("activity", "activity"), ("actor", "actor"), ("verb", "verb")):
            table.drop_constraint(f"fk_statement_{column}_id_{target}", type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE statement ALTER COLUMN seq DROP DEFAULT")
        op.execute("DROP SEQUENCE IF EXISTS statement_seq_seq")
    op.create_index("ix_statement_actor_activity", "statement", ["actor_id", "activity_id"])
    for column in ("target_id", "fact_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_statement_{column}",
            "statement",
            [column],
            sqlite_where=where,
            postgresql_where=where,
        )


def _key_table(name: str, *columns: str) -> None:
    op.create_table(
        name,
        *(
            sa.Column(
                column,
                sa.SmallInteger() if column == "kind" else BigKey,
                autoincrement=False,
                nullable=False,
            )
            for column in columns
        ),
        sa.PrimaryKeyConstraint(*columns, name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("The keys of statements cannot be taken back.")
