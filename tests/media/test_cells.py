"""Cells of tables as JSON."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest

from runstone.media import cells

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (np.bool_(False), "false"),
        (2**70 + 1, "1180591620717411303425"),
        (np.int64(-3), "-3"),
        (1 / 3, "0.3333333333333333"),
        (np.float64(5e-324), "5e-324"),
        (np.float32(0.5), "0.5"),
        (-0.0, "-0.0"),
        (float("nan"), "null"),
        (float("inf"), "1e999"),
        (float("-inf"), "-1e999"),
        (Decimal("0.1"), "0.1"),
        (Decimal("0.12345678901234567890"), '"0.12345678901234567890"'),
        (Decimal("NaN"), "null"),
        ('ü"', '"ü\\""'),
        (b"x", '"x"'),
        (pd.NaT, "null"),
        (pd.NA, "null"),
        (np.datetime64("2026-01-02T03:04:05.000000006"), '"2026-01-02T03:04:05.000000006"'),
        (np.timedelta64("NaT"), "null"),
        (timedelta(seconds=1), '"P0DT0H0M1S"'),
        (datetime(2026, 1, 2, tzinfo=UTC), '"2026-01-02T00:00:00+00:00"'),
        (date(2026, 1, 2), '"2026-01-02"'),
        (np.array([[0.1, float("inf")]]), "[[0.1,1e999]]"),
        (np.array(2), "2"),
        ({"a": (1, {2}), 3: None}, '{"a":[1,[2]],"3":null}'),
        (PurePosixPath("a/b"), '"a/b"'),
    ],
)
def test_cell_is_written_exactly(value: Any, written: str) -> None:
    assert cells.to_json(value) == written


@pytest.mark.parametrize(
    ("values", "expected"),
    [([2**60, 1], False), ([2**60, 0.5], True), ([2**60, None], True), ([2**53, 0.5], False), ([], False)],
)
def test_integers_beside_other_things_would_round(values: list[Any], expected: bool) -> None:
    assert cells.would_round(values) is expected
