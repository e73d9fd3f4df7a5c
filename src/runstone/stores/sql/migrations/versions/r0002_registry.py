"""The tables of the model registry."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    literal_column,
)

revision = "0002"
down_revision = "0001"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of registered models, their versions, tags and aliases."""
    _models()
    _versions()
    op.create_table(
        "model_alias",
        Column("model_id", Id, nullable=False),
        Column("alias", Text(), nullable=False),
        Column("version_id", Id, nullable=False),
        ForeignKeyConstraint(["model_id"], ["registered_model.id"], name="fk_model_alias_model_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name="fk_model_alias_version_id", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("model_id", "alias", name="pk_model_alias"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_model_alias_version_id", "model_alias", ["version_id"])


def _models() -> None:
    op.create_table(
        "registered_model",
        Column("id", Id, nullable=False),
        Column("name", Text(), nullable=False),
        Column("description", Text(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("updated_at", BigInteger(), nullable=False),
        Column("last_version", BigInteger(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_registered_model"),
        UniqueConstraint("name", name="uq_registered_model_name"),
    )
    op.create_table(
        "registered_model_tag",
        Column("model_id", Id, nullable=False),
        Column("key", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        ForeignKeyConstraint(
            ["model_id"], ["registered_model.id"], name="fk_registered_model_tag_model_id", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("model_id", "key", name="pk_registered_model_tag"),
        sqlite_with_rowid=False,
    )


def _versions() -> None:
    op.create_table(
        "model_version",
        Column("id", Id, nullable=False),
        Column("model_id", Id, nullable=False),
        Column("name", Text(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("updated_at", BigInteger(), nullable=False),
        Column("stage", Text(), nullable=False),
        Column("description", Text(), nullable=False),
        Column("source", Text(), nullable=False),
        Column("location", Text(), nullable=False),
        Column("run_id", Text(), nullable=False),
        Column("run_link", Text(), nullable=False),
        CheckConstraint("stage IN ('None', 'Staging', 'Production', 'Archived')", name="ck_model_version_stage"),
        ForeignKeyConstraint(
            ["model_id"], ["registered_model.id"], name="fk_model_version_model_id", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name="pk_model_version"),
        UniqueConstraint("model_id", "version", name="uq_model_version_model_id_version"),
    )
    op.create_index("ix_model_version_name", "model_version", ["name", literal_column("version DESC")])
    op.create_index(
        "ix_model_version_newest",
        "model_version",
        [literal_column("updated_at DESC"), "name", literal_column("version DESC")],
    )
    op.create_index("ix_model_version_run_id", "model_version", ["run_id"])
    op.create_index("ix_model_version_source", "model_version", ["source"])
    op.create_table(
        "model_version_tag",
        Column("version_id", Id, nullable=False),
        Column("key", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name="fk_model_version_tag_version_id", ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("version_id", "key", name="pk_model_version_tag"),
        sqlite_with_rowid=False,
    )
