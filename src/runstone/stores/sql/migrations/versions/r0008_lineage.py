"""The tables of logged models and of what runs read and made."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    literal_column,
)

revision = "0008"
down_revision = "0007"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _of(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def upgrade() -> None:
    """Make the tables of datasets, logged models, and of their ties to runs."""
    _datasets()
    _models()
    for what in ("param", "tag"):
        name = f"logged_model_{what}"
        op.create_table(
            name,
            Column("model_id", Id, nullable=False),
            Column("key", Text(), nullable=False),
            Column("value", Text(), nullable=False),
            _of(name, "model_id", "logged_model"),
            PrimaryKeyConstraint("model_id", "key", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "run_model",
        Column("run_id", Id, nullable=False),
        Column("is_output", Boolean(), nullable=False),
        Column("model_id", Text(), nullable=False),
        Column("step", BigInteger(), nullable=False),
        Column("place", Integer(), nullable=False),
        _of("run_model", "run_id", "run"),
        PrimaryKeyConstraint("run_id", "is_output", "model_id", name="pk_run_model"),
        sqlite_with_rowid=False,
    )


def _datasets() -> None:
    op.create_table(
        "dataset",
        Column("id", Id, nullable=False),
        Column("experiment_id", Id, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("name", "digest", "source_type", "source")),
        *(Column(name, Text(), nullable=False) for name in ("schema", "profile")),
        _of("dataset", "experiment_id", "experiment"),
        PrimaryKeyConstraint("id", name="pk_dataset"),
        UniqueConstraint("experiment_id", "name", "digest", name="uq_dataset_experiment_id_name_digest"),
    )
    op.create_table(
        "input",
        Column("id", Id, nullable=False),
        Column("run_id", Id, nullable=False),
        Column("dataset_id", Id, nullable=False),
        _of("input", "run_id", "run"),
        _of("input", "dataset_id", "dataset"),
        PrimaryKeyConstraint("id", name="pk_input"),
        UniqueConstraint("run_id", "dataset_id", name="uq_input_run_id_dataset_id"),
    )
    op.create_index("ix_input_dataset_id", "input", ["dataset_id"])
    op.create_table(
        "input_tag",
        Column("input_id", Id, nullable=False),
        Column("key", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        _of("input_tag", "input_id", "input"),
        PrimaryKeyConstraint("input_id", "key", name="pk_input_tag"),
        sqlite_with_rowid=False,
    )


def _models() -> None:
    op.create_table(
        "logged_model",
        Column("id", Id, nullable=False),
        Column("uuid", Text(), nullable=False),
        Column("experiment_id", Id, nullable=False),
        *(Column(name, Text(), nullable=False) for name in ("name", "model_type", "source_run_id", "status")),
        Column("created_at", BigInteger(), nullable=False),
        Column("updated_at", BigInteger(), nullable=False),
        Column("deleted_at", BigInteger()),
        CheckConstraint("status IN ('UNSPECIFIED', 'PENDING', 'READY', 'FAILED')", name="ck_logged_model_status"),
        _of("logged_model", "experiment_id", "experiment"),
        PrimaryKeyConstraint("id", name="pk_logged_model"),
        UniqueConstraint("uuid", name="uq_logged_model_uuid"),
    )
    op.create_index(
        "ix_logged_model_newest",
        "logged_model",
        ["experiment_id", literal_column("created_at DESC"), literal_column("id DESC")],
    )
    op.create_table(
        "logged_model_metric",
        Column("id", Id, nullable=False),
        Column("model_id", Id, nullable=False),
        Column("run_id", Id, nullable=False),
        Column("key", Text(), nullable=False),
        Column("value", Double()),
        Column("is_nan", Boolean(), nullable=False),
        Column("step", BigInteger(), nullable=False),
        Column("timestamp", BigInteger(), nullable=False),
        Column("dataset_name", Text(), nullable=False),
        Column("dataset_digest", Text(), nullable=False),
        CheckConstraint("(value IS NULL) = is_nan", name="ck_logged_model_metric_nan"),
        _of("logged_model_metric", "model_id", "logged_model"),
        _of("logged_model_metric", "run_id", "run"),
        PrimaryKeyConstraint("id", name="pk_logged_model_metric"),
    )
    op.create_index("ix_logged_model_metric_run_id", "logged_model_metric", ["run_id"])
    op.create_index("ix_logged_model_metric_key", "logged_model_metric", ["model_id", "key"])
