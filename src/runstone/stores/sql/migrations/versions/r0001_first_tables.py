"""The first tables."""

import time

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    column,
    literal_column,
    table,
    text,
)

revision = "0001"
down_revision = None

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make every table, and the experiment ``0``."""
    _experiments()
    _runs()
    _data()
    _points()
    _default_experiment()


def _experiments() -> None:
    op.create_table(
        "meta",
        Column("name", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "experiment",
        Column("id", Id, nullable=False),
        Column("name", Text(), nullable=False),
        Column("artifact_location", Text()),
        Column("stage", SmallInteger(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("updated_at", BigInteger(), nullable=False),
        Column("deleted_at", BigInteger()),
        CheckConstraint("stage IN (0, 1)", name="ck_experiment_stage"),
        PrimaryKeyConstraint("id", name="pk_experiment"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_experiment_active_name",
        "experiment",
        ["name"],
        unique=True,
        sqlite_where=text("stage = 0"),
        postgresql_where=text("stage = 0"),
    )
    op.create_table(
        "experiment_tag",
        Column("experiment_id", Id, nullable=False),
        Column("key", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        ForeignKeyConstraint(
            ["experiment_id"], ["experiment.id"], name="fk_experiment_tag_experiment_id", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("experiment_id", "key", name="pk_experiment_tag"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change",
        Column("experiment_id", Id, nullable=False),
        Column("count", BigInteger(), nullable=False),
        ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name="fk_change_experiment_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("experiment_id", name="pk_change"),
        sqlite_with_rowid=False,
    )


def _runs() -> None:
    op.create_table(
        "run",
        Column("id", Id, nullable=False),
        Column("uuid", Text(), nullable=False),
        Column("experiment_id", Id, nullable=False),
        Column("name", Text(), nullable=False),
        Column("user_id", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("start_time", BigInteger(), nullable=False),
        Column("end_time", BigInteger()),
        Column("stage", SmallInteger(), nullable=False),
        Column("deleted_at", BigInteger()),
        CheckConstraint("status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')", name="ck_run_status"),
        CheckConstraint("stage IN (0, 1)", name="ck_run_stage"),
        ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name="fk_run_experiment_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name="pk_run"),
        UniqueConstraint("uuid", name="uq_run_uuid"),
    )
    op.create_index("ix_run_newest", "run", ["experiment_id", "stage", literal_column("start_time DESC"), "uuid"])
    op.create_table(
        "key",
        Column("id", Id, nullable=False),
        Column("name", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_key"),
        UniqueConstraint("name", name="uq_key_name"),
    )


def _data() -> None:
    op.create_table(
        "param",
        Column("run_id", Id, nullable=False),
        Column("key_id", Id, nullable=False),
        Column("value", Text(), nullable=False),
        ForeignKeyConstraint(["key_id"], ["key.id"], name="fk_param_key_id"),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_param_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", "key_id", name="pk_param"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_param_value", "param", ["key_id", "value", "run_id"])
    op.create_table(
        "tag",
        Column("run_id", Id, nullable=False),
        Column("key_id", Id, nullable=False),
        Column("value", Text(), nullable=False),
        ForeignKeyConstraint(["key_id"], ["key.id"], name="fk_tag_key_id"),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_tag_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", "key_id", name="pk_tag"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tag_value", "tag", ["key_id", "value", "run_id"])
    op.create_table(
        "latest",
        Column("run_id", Id, nullable=False),
        Column("key_id", Id, nullable=False),
        Column("value", Double()),
        Column("is_nan", Boolean(), nullable=False),
        Column("step", BigInteger(), nullable=False),
        Column("timestamp", BigInteger(), nullable=False),
        CheckConstraint("(value IS NULL) = is_nan", name="ck_latest_nan"),
        ForeignKeyConstraint(["key_id"], ["key.id"], name="fk_latest_key_id"),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_latest_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", "key_id", name="pk_latest"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_latest_value", "latest", ["key_id", "value", "run_id"])


def _points() -> None:
    op.create_table(
        "tail",
        Column("id", Id, nullable=False),
        Column("run_id", Id, nullable=False),
        Column("size", Integer(), nullable=False),
        Column("points", LargeBinary(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_tail_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name="pk_tail"),
    )
    op.create_index("ix_tail_run_id", "tail", ["run_id"])


def _default_experiment() -> None:
    moment = time.time_ns() // 1_000_000
    experiment = table("experiment", *map(column, ("id", "name", "stage", "created_at", "updated_at")))
    op.bulk_insert(experiment, [{"id": 0, "name": "Default", "stage": 0, "created_at": moment, "updated_at": moment}])
    op.bulk_insert(table("change", column("experiment_id"), column("count")), [{"experiment_id": 0, "count": 0}])
