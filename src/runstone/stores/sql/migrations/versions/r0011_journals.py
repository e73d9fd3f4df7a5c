"""The tables of what was taken from the journals of runs."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0011"
down_revision = "0010"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of what was taken from the journals of runs."""
    op.create_table(
        "journal",
        Column("run_id", Id, nullable=False),
        Column("writer", Text(), nullable=False),
        Column("applied", BigInteger(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_journal_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", "writer", name="pk_journal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "refusal",
        Column("run_id", Id, nullable=False),
        Column("writer", Text(), nullable=False),
        Column("n", BigInteger(), nullable=False),
        Column("error", Text(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_refusal_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", "writer", "n", name="pk_refusal"),
        sqlite_with_rowid=False,
    )
