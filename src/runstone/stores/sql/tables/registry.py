"""Registered models and their versions."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)

from runstone.stores.sql.tables.base import Id, metadata

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
    Column("logged_model", Text),  # id of the logged model that it was made of, if it was
    UniqueConstraint("model_id", "version"),
    CheckConstraint("stage IN ('None', 'Staging', 'Production', 'Archived')", name="stage"),
)
Index("ix_model_version_name", model_version.c.name, model_version.c.version.desc())
Index(
    "ix_model_version_newest", model_version.c.updated_at.desc(), model_version.c.name, model_version.c.version.desc()
)
Index("ix_model_version_run_id", model_version.c.run_id)
Index("ix_model_version_source", model_version.c.source)
Index("ix_model_version_logged_model", model_version.c.logged_model)

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
