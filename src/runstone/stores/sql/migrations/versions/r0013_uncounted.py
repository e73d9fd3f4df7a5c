"""The changes of an experiment are not counted: nobody reads the counter."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Drop the counter of an experiment's changes, which nobody reads."""
    op.drop_table("change")
