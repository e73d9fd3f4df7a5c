"""The rows of searches among many runs, and the curves over them, measured on few."""

from functools import partial
from pathlib import Path

import pytest

from benchmarks import histories, many_runs, scaling
from benchmarks.servers import ours
from benchmarks.stage import Stage
from benchmarks.table import Curve, Row
from tests import postgres

pytestmark = [pytest.mark.slow, pytest.mark.skipif(postgres.programs() is None, reason=postgres.MISSING)]


def test_both_engines_are_searched(tmp_path: Path) -> None:
    rows: list[Row] = []
    with Stage(tmp_path) as stage:
        for on_postgres in (False, True):
            with stage.with_runs(2100, on_postgres=on_postgres) as server:
                rows += many_runs.rows(server, depth=1000)

    assert [row.on for row in rows] == ["SQLite"] * 6 + ["PostgreSQL"] * 6
    assert all(row.ours is not None and row.ours > 0 for row in rows)


def test_curves_have_a_figure_for_each_size_on_both_engines(tmp_path: Path) -> None:
    curves: list[Curve] = []
    with Stage(tmp_path) as stage:
        for on_postgres in (False, True):
            curves += scaling.over_runs(partial(stage.with_runs, on_postgres=on_postgres), [50, 100])
        with ours(tmp_path / "points", postgres=stage.database()) as server:
            curves += scaling.over_points(server, [1000, 3000])

    assert [curve.on for curve in curves] == ["SQLite"] * 4 + ["PostgreSQL"] * 6
    assert all(len(curve.figures) == 2 and min(curve.figures) >= 0 for curve in curves)


def test_long_curve_is_read_on_postgres(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage, ours(tmp_path / "ours", postgres=stage.database()) as server:
        rows = histories.rows_of_ours(server, points=30_000)

    assert [row.on for row in rows] == ["PostgreSQL"] * 2
    assert all(row.ours is not None and row.ours >= 0 for row in rows)
