"""Webhooks, and what they are still to be told."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
)

from runstone.stores.sql.tables.base import Id, metadata

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
