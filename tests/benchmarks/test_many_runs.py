"""The rows of searches among many runs, measured on few."""

from pathlib import Path

import psutil
import pytest

from benchmarks import many_runs
from benchmarks.servers import Postgres
from tests import postgres


@pytest.mark.slow
@pytest.mark.skipif(postgres.programs() is None, reason=postgres.MISSING)
def test_both_engines_are_searched(tmp_path: Path) -> None:
    with postgres.new_database() as uri:
        database = Postgres(uri, psutil.Process(postgres.shared_cluster().pid))

        rows = many_runs.rows(tmp_path / "many", database, runs=2100, depth=1000)

    assert [row.on for row in rows] == ["SQLite"] * 6 + ["PostgreSQL"] * 6
    assert all(row.ours is not None and row.ours > 0 for row in rows)
