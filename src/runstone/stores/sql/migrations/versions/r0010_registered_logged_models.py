"""Versions of registered models know their logged model."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let versions of registered models know their logged model."""
    op.add_column("model_version", Column("logged_model", Text()))
