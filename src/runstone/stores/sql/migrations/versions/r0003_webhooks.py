"""The tables of webhooks."""

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
)

revision = "0003"
down_revision = "0002"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of webhooks, their events, and what they are still to be told."""
    op.create_table(
        "webhook",
        Column("id", Id, nullable=False),
        Column("uuid", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("description", Text(), nullable=False),
        Column("url", Text(), nullable=False),
        Column("secret", Text()),
        Column("status", Text(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("updated_at", BigInteger(), nullable=False),
        CheckConstraint("status IN ('ACTIVE', 'DISABLED')", name="ck_webhook_status"),
        PrimaryKeyConstraint("id", name="pk_webhook"),
        UniqueConstraint("uuid", name="uq_webhook_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_event",
        Column("event", Text(), nullable=False),
        Column("webhook_id", Id, nullable=False),
        ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_event_webhook_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("event", "webhook_id", name="pk_webhook_event"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_webhook_event_webhook_id", "webhook_event", ["webhook_id"])
    op.create_table(
        "webhook_delivery",
        Column("id", Id, nullable=False),
        Column("uuid", Text(), nullable=False),
        Column("webhook_id", Id, nullable=False),
        Column("event", Text(), nullable=False),
        Column("body", Text(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("created_at", BigInteger(), nullable=False),
        Column("due_at", BigInteger()),
        Column("error", Text(), nullable=False),
        ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_delivery_webhook_id", "webhook_delivery", ["webhook_id"])
    op.create_index("ix_webhook_delivery_due_at", "webhook_delivery", ["due_at"])
