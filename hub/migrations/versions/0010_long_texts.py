"""What rows are found by is shortened where it is long: also what was stored before."""

import sqlalchemy as sa
from alembic import op

from hub.findable import LONGEST, findable

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("verb", "iri"),
    ("activity", "iri"),
    ("actor", "ifi"),
    ("identifier", "scope"),
    ("identifier", "canonical"),
)


def upgrade() -> None:
    connection = op.get_bind()
    for name, column in _COLUMNS:
        table = sa.table(name, sa.column("id"), sa.column(column))
        kept = table.c[column]
        rows = connection.execute(
            sa.select(table.c.id, kept).where(sa.func.length(kept) > LONGEST // 4)
        ).all()
        for row_id, text in rows:
            # The identifier of an actor is "kind|homePage|value", each of them shortened alone.
            parts = text.split("|", 2) if name == "actor" else [text]
            short = "|".join(map(findable, parts))
            if short != text:
                connection.execute(
                    sa.update(table).where(table.c.id == row_id).values({column: short})
                )


def downgrade() -> None:
    raise NotImplementedError("Shortened texts cannot be made whole again.")
