"""A value of a logged model is found by its place among those of its metric."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Index the values of logged models by their places, so that one more costs the same however many there are."""
    op.drop_index("ix_logged_model_metric_key", "logged_model_metric")
    op.create_index("ix_logged_model_metric_place", "logged_model_metric", ["model_id", "key", "timestamp", "step"])
