"""What runs read and made: datasets and logged models."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from runstone.stores.sql.tables.base import Id, metadata

# Data that runs read; within an experiment, name and digest tell one from another.
dataset = Table(
    "dataset",
    metadata,
    Column("id", Id, primary_key=True),
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("profile", Text, nullable=False),
    UniqueConstraint("experiment_id", "name", "digest"),
)

# A dataset that a run read.
input = Table(
    "input",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False, index=True),
    UniqueConstraint("run_id", "dataset_id"),
)

input_tag = Table(
    "input_tag",
    metadata,
    Column("input_id", ForeignKey("input.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

logged_model = Table(
    "logged_model",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("experiment_id", ForeignKey("experiment.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("model_type", Text, nullable=False),
    Column("source_run_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    CheckConstraint("status IN ('UNSPECIFIED', 'PENDING', 'READY', 'FAILED')", name="status"),
)
Index(
    "ix_logged_model_newest", logged_model.c.experiment_id, logged_model.c.created_at.desc(), logged_model.c.id.desc()
)

logged_model_param = Table(
    "logged_model_param",
    metadata,
    Column("model_id", ForeignKey("logged_model.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

logged_model_tag = Table(
    "logged_model_tag",
    metadata,
    Column("model_id", ForeignKey("logged_model.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Metrics of runs that are metrics of a logged model as well; null where the value is NaN, hence is_nan.
logged_model_metric = Table(
    "logged_model_metric",
    metadata,
    Column("id", Id, primary_key=True),
    Column("model_id", ForeignKey("logged_model.id", ondelete="CASCADE"), nullable=False),
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("value", Double),
    Column("is_nan", Boolean, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("dataset_name", Text, nullable=False),
    Column("dataset_digest", Text, nullable=False),
    CheckConstraint("(value IS NULL) = is_nan", name="nan"),
)
# With the place of a value, so that one is found among the many of its metric.
Index(
    "ix_logged_model_metric_place",
    logged_model_metric.c.model_id,
    logged_model_metric.c.key,
    logged_model_metric.c.timestamp,
    logged_model_metric.c.step,
)

# Logged models that a run read or made; the models need not be there.
run_model = Table(
    "run_model",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("is_output", Boolean, primary_key=True),
    Column("model_id", Text, primary_key=True),
    Column("step", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    sqlite_with_rowid=False,
)
