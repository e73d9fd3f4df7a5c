"""The metrics of runs."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)

from runstone.stores.sql.tables.base import Id, metadata

# The latest value of each metric of each run, and its lowest, highest and first. SQLite stores NaN as null, hence
# is_nan; the lowest and the highest are null where every value is NaN, the first where it is NaN.
latest = Table(
    "latest",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("key_id", ForeignKey("key.id"), primary_key=True),
    Column("value", Double),
    Column("is_nan", Boolean, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("lowest", Double),
    Column("highest", Double),
    Column("first_value", Double),
    Column("first_step", BigInteger),
    Column("first_timestamp", BigInteger),
    CheckConstraint("(value IS NULL) = is_nan", name="nan"),
    sqlite_with_rowid=False,
)
Index("ix_latest_value", latest.c.key_id, latest.c.value, latest.c.run_id)

# The JSON of what a run logged, made by `stores/sql/run_documents.py`; null or not there where it is to be made.
document = Table(
    "document",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("data", LargeBinary),
)

# The points of one batch, packed by `stores/sql/points.py`.
tail = Table(
    "tail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("points", LargeBinary, nullable=False),
)
# With the size, so that what is worth compacting is told without a look at the points.
Index("ix_tail_run_id_size", tail.c.run_id, tail.c.size)

# Points that were compacted, packed by `stores/sql/chunks.py`; the bounds are those of the points.
chunk = Table(
    "chunk",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("first_key", BigInteger, nullable=False),
    Column("last_key", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("first_time", BigInteger, nullable=False),
    Column("last_time", BigInteger, nullable=False),
    Column("first_step", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("codec", SmallInteger, nullable=False),
    Column("points", LargeBinary, nullable=False),
)
Index("ix_chunk_run_id_first_key", chunk.c.run_id, chunk.c.first_key)
