"""Changes of an experiment are counted by who writes."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, SmallInteger

revision = "0007"
down_revision = "0006"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Count the changes of an experiment by who writes; what was counted so far is the first writer's."""
    op.execute("CREATE TEMPORARY TABLE former_change AS SELECT experiment_id, count FROM change")
    op.drop_table("change")
    op.create_table(
        "change",
        Column("experiment_id", Id, nullable=False),
        Column("writer", SmallInteger(), nullable=False),
        Column("count", BigInteger(), nullable=False),
        ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name="fk_change_experiment_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("experiment_id", "writer", name="pk_change"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO change (experiment_id, writer, count) SELECT experiment_id, 0, count FROM former_change")
    op.drop_table("former_change")
