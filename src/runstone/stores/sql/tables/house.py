"""What a database keeps about itself."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    SmallInteger,
    Table,
    Text,
)

from runstone.stores.sql.tables.base import Id, metadata

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Files whose run is gone for good, still to be removed: a place below the root of the artifacts, or one of its own.
leftover = Table(
    "leftover",
    metadata,
    Column("id", Id, primary_key=True),
    Column("place", Text, nullable=False),
)

# Counts the changes of an experiment, by who writes: on a server one would wait for the other's commit if both counted
# in one row. What is cached under another sum is stale.
change = Table(
    "change",
    metadata,
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True),
    Column("writer", SmallInteger, primary_key=True),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
