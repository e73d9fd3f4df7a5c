"""The table of which runs are alive."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint

revision = "0012"
down_revision = "0011"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the table of which runs are alive."""
    op.create_table(
        "pulse",
        Column("run_id", Id, nullable=False),
        Column("seen_at", BigInteger(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_pulse_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", name="pk_pulse"),
    )
