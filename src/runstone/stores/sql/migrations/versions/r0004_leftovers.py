"""The table of files whose run is gone for good."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0004"
down_revision = "0003"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the table of files whose run is gone for good."""
    op.create_table(
        "leftover",
        Column("id", Id, nullable=False),
        Column("place", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_leftover"),
    )
