"""What every new database begins with, and which databases are not ours."""

import time

from runstone.errors import SchemaMismatch
from runstone.stores.sql.driver import Driver
from runstone.stores.sql.revisions import HEAD, REVISIONS
from runstone.stores.sql.tables import ACTIVE

MLFLOW_TABLES = {"alembic_version", "experiments", "runs"}
_VERSION_DDL = (
    "CREATE TABLE schema_revision "
    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT schema_revision_pkc PRIMARY KEY (version_num))"
)


def fill(driver: Driver) -> None:
    """Write the mark of the tables' revision and the experiment ``0`` into tables that were just made."""
    driver.execute(_VERSION_DDL)
    driver.execute("INSERT INTO schema_revision VALUES (?)", (HEAD,))
    moment = time.time_ns() // 1_000_000
    driver.execute(
        "INSERT INTO experiment (id, name, stage, created_at, updated_at) VALUES (0, 'Default', ?, ?, ?)",
        (ACTIVE, moment, moment),
    )


def refuse_newer(name: str, revision: str) -> None:
    """Check that a revision is one that we know.

    Raises:
        SchemaMismatch: It is one of a newer Runstone.
    """
    if revision and revision not in REVISIONS:
        raise SchemaMismatch(
            f"the database {name} was made by a newer Runstone (its revision is {revision!r}, the newest known here is "
            f"{HEAD!r}); upgrade Runstone, or restore the backup that the upgrade made"
        )
