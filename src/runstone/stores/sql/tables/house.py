"""What a database keeps about itself."""

from sqlalchemy import Column, Table, Text

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
