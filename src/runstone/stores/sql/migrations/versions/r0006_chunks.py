"""The table of compacted points, and an index that tells how long the tails are."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
)

revision = "0006"
down_revision = "0005"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the table of compacted points, and let the index of the others know how many there are."""
    op.create_table(
        "chunk",
        Column("id", Id, nullable=False),
        Column("run_id", Id, nullable=False),
        Column("first_key", BigInteger(), nullable=False),
        Column("last_key", BigInteger(), nullable=False),
        Column("size", Integer(), nullable=False),
        Column("first_time", BigInteger(), nullable=False),
        Column("last_time", BigInteger(), nullable=False),
        Column("first_step", BigInteger(), nullable=False),
        Column("last_step", BigInteger(), nullable=False),
        Column("codec", SmallInteger(), nullable=False),
        Column("points", LargeBinary(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_chunk_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name="pk_chunk"),
    )
    op.create_index("ix_chunk_run_id_first_key", "chunk", ["run_id", "first_key"])
    op.drop_index("ix_tail_run_id", "tail")
    op.create_index("ix_tail_run_id_size", "tail", ["run_id", "size"])
