"""Experiments and runs, with their params and tags."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    text,
)

from runstone.stores.sql.tables.base import Id, metadata

experiment = Table(
    "experiment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("artifact_location", Text),  # null: the store's artifact root, so that nothing here is absolute
    Column("stage", SmallInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    CheckConstraint("stage IN (0, 1)", name="stage"),
    sqlite_autoincrement=True,
)
Index(
    "uq_experiment_active_name",
    experiment.c.name,
    unique=True,
    sqlite_where=text("stage = 0"),
    postgresql_where=text("stage = 0"),
)

experiment_tag = Table(
    "experiment_tag",
    metadata,
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

run = Table(
    "run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger),
    Column("stage", SmallInteger, nullable=False),
    Column("deleted_at", BigInteger),
    CheckConstraint("stage IN (0, 1)", name="stage"),
    CheckConstraint("status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')", name="status"),
)
Index("ix_run_newest", run.c.experiment_id, run.c.stage, run.c.start_time.desc(), run.c.uuid)

# Names of metrics, params and tags, each kept once.
key = Table(
    "key",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

param = Table(
    "param",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("key_id", ForeignKey("key.id"), primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_param_value", param.c.key_id, param.c.value, param.c.run_id)

tag = Table(
    "tag",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("key_id", ForeignKey("key.id"), primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_tag_value", tag.c.key_id, tag.c.value, tag.c.run_id)
