"""Logged models on SQLite: what a change costs, and how much a search may name."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import DatasetFilter, ModelMetric
from runstone.errors import InvalidValue
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        yield store


def test_search_takes_as_many_datasets_as_it_says_and_any_number_of_experiments(store: SqlStore) -> None:
    datasets = [DatasetFilter(f"d{number}", "x") for number in range(501)]
    experiments = [str(number) for number in range(40_000)]
    driver = store._session.read(driver_of)  # the connection that the next query takes as well
    assert isinstance(driver, sqlite3.Connection)
    driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)  # SQLite's own; some systems allow more

    found = store.search_logged_models(experiments, datasets=datasets[:500], filter_string="metrics.m > 0")

    assert not found
    with pytest.raises(InvalidValue, match="at most 500 datasets; got 501"):
        store.search_logged_models(["0"], datasets=datasets)


def test_value_of_a_model_with_many_values_costs_as_much_as_its_first(store: SqlStore) -> None:
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
