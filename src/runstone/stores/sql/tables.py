"""The tables. Nothing else in Runstone names a column type; a change here needs a migration."""

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
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

ACTIVE = 0
DELETED = 1

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

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
Index("ix_logged_model_metric_key", logged_model_metric.c.model_id, logged_model_metric.c.key)

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

registered_model = Table(
    "registered_model",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("last_version", BigInteger, nullable=False),  # the highest number ever given, deleted versions included
)

registered_model_tag = Table(
    "registered_model_tag",
    metadata,
    Column("model_id", ForeignKey("registered_model.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

model_version = Table(
    "model_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("model_id", ForeignKey("registered_model.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),  # the model's: searches filter and sort by it
    Column("version", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("location", Text, nullable=False),  # where the files are: the source's own, if that is another version
    Column("run_id", Text, nullable=False),
    Column("run_link", Text, nullable=False),
    Column("logged_model", Text),  # id of the logged model that it is, if it is one
    UniqueConstraint("model_id", "version"),
    CheckConstraint("stage IN ('None', 'Staging', 'Production', 'Archived')", name="stage"),
)
Index("ix_model_version_name", model_version.c.name, model_version.c.version.desc())
Index(
    "ix_model_version_newest", model_version.c.updated_at.desc(), model_version.c.name, model_version.c.version.desc()
)
Index("ix_model_version_run_id", model_version.c.run_id)
Index("ix_model_version_source", model_version.c.source)

model_version_tag = Table(
    "model_version_tag",
    metadata,
    Column("version_id", ForeignKey("model_version.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

model_alias = Table(
    "model_alias",
    metadata,
    Column("model_id", ForeignKey("registered_model.id", ondelete="CASCADE"), primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("version_id", ForeignKey("model_version.id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text),  # sealed; see `stores/sql/seals.py`
    Column("status", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    CheckConstraint("status IN ('ACTIVE', 'DISABLED')", name="status"),
    sqlite_autoincrement=True,
)

webhook_event = Table(
    "webhook_event",
    metadata,
    Column("event", Text, primary_key=True),
    Column("webhook_id", ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# What a webhook is still to be told. A row is written with the change that it tells of, and goes when it was told.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uuid", Text, nullable=False),
    Column("webhook_id", ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, index=True),  # null: given up
    Column("error", Text, nullable=False),
    sqlite_autoincrement=True,
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
