"""Versions of registered models are found by the logged model that they were made of."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Note the logged model of versions that name it as their source alone, and index it."""
    op.execute(
        "UPDATE model_version SET logged_model = substr(source, 9) "
        "WHERE logged_model IS NULL AND source LIKE 'models:/m-%' AND source NOT LIKE 'models:/%/%'"
    )
    op.create_index("ix_model_version_logged_model", "model_version", ["logged_model"])
