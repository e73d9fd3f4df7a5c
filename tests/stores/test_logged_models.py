"""Logged models on SQLite: what a change costs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from runstone.entities import ModelMetric
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


def test_value_of_a_model_with_many_values_costs_as_much_as_its_first(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        run_id, model_id = store.create_run("0").info.run_id, store.create_logged_model("0").model_id

        def log(first: int, size: int) -> int:
            """Log values of the model; how many steps SQLite's machine took, in hundreds."""
            steps = 0

            def count() -> None:
                nonlocal steps
                steps += 1

            driver = driver_of(store._session._open_writer())
            assert isinstance(driver, sqlite3.Connection)
            driver.set_progress_handler(count, 100)
            steps_of_training = range(first, first + size)
            values = [ModelMetric("loss", 1 / (1 + step), 1000 + step, step, model_id) for step in steps_of_training]
            store.log_batch(run_id, metrics=values)
            driver.set_progress_handler(None, 100)
            return steps

        few = log(0, 50)
        log(50, 3000)
        many = log(3050, 50)

    assert many < 2 * few, (few, many)
