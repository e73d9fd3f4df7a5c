"""The trash of an SQL database: what it costs to empty."""

import sqlite3
from contextlib import closing
from pathlib import Path

from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


def test_versions_of_models_are_looked_at_once_for_all_that_is_in_the_trash(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        gone = [store.create_run("0").info.run_id for _ in range(5)]
        for run_id in gone:
            store.delete_run(run_id)
        statements: list[str] = []
        driver = store._session.read(driver_of)  # the connection that the next query takes as well
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(statements.append)

        told = store.empty_trash(dry_run=True)

    assert told.run_ids == gone
    assert sum("model_version" in statement for statement in statements) == 1
