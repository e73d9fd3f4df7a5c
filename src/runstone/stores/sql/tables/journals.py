"""What was taken from the journals of runs."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from runstone.stores.sql.tables.base import metadata

# When a run was last heard of.
pulse = Table(
    "pulse",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

# Up to which entry the journal of a writer was taken.
journal = Table(
    "journal",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("writer", Text, primary_key=True),
    Column("applied", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What of it was refused: the JSON of a ``Refusal``.
refusal = Table(
    "refusal",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("writer", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("error", Text, nullable=False),
    sqlite_with_rowid=False,
)
