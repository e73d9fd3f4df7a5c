"""Rows that a benchmark copies are those of the original, and new ones follow them."""

from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.copies import copy_rows
from runstone.entities import Metric, Param, Tag
from runstone.stores.sql.store import SqlStore
from tests.postgres import MISSING, new_database, programs


@pytest.mark.skipif(programs() is None, reason=MISSING)
def test_copied_database_answers_as_the_original_and_takes_new_runs(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/original.db")) as original:
        for number in range(3):
            run = original.create_run("0", start_time=number).info.run_id
            original.log_batch(run, metrics=[Metric("m", number, 1)], params=[Param("p", "x")], tags=[Tag("t", "y")])
        expected = [(found.info.run_id, found.data) for found in original.search_runs(["0"])]

    with new_database() as uri:
        copy_rows(tmp_path / "original.db", uri)
        with closing(SqlStore(uri)) as copy:
            assert [(found.info.run_id, found.data) for found in copy.search_runs(["0"])] == expected

            new = copy.create_run("0").info.run_id
            copy.log_batch(new, metrics=[Metric("new", 1, 1)])
            assert [found.value for found in copy.metric_history(new, "new")] == [1]
