"""Thinning: bounded, the same every time, and no peak is lost."""

from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.stores.sql.thinning import thin

CURVES = st.lists(st.floats() | st.sampled_from([0.0, 1.0, nan]), max_size=200)
BOUNDS = st.integers(4, 50)


@given(CURVES, BOUNDS)
def test_no_more_points_are_kept_than_asked_for(values: list[float], points: int) -> None:
    chosen = thin(values, points=points)

    assert len(chosen) <= points
    assert chosen == sorted(set(chosen))
    assert all(0 <= index < len(values) for index in chosen)


@given(CURVES, BOUNDS)
def test_short_curve_is_kept_whole(values: list[float], points: int) -> None:
    chosen = thin(values, points=points)

    assert len(values) > points or chosen == list(range(len(values)))


@given(st.lists(st.floats(), min_size=1, max_size=200), BOUNDS)
def test_ends_and_extremes_are_kept(values: list[float], points: int) -> None:
    chosen = thin(values, points=points)

    numbers = [value for value in values if not isnan(value)]
    kept = [values[index] for index in chosen]
    assert {0, len(values) - 1} <= set(chosen)
    if numbers:
        assert min(numbers) in kept
        assert max(numbers) in kept


@given(st.lists(st.floats(allow_nan=False), min_size=60, max_size=200), st.integers(5, 50))
def test_a_gap_is_kept(values: list[float], points: int) -> None:
    values[30] = nan

    chosen = thin(values, points=points)

    assert 30 in chosen


def test_curve_of_nothing_but_gaps_is_thinned() -> None:
    assert thin([nan] * 100, points=10) == [0, 1, 50, 99]


@pytest.mark.parametrize("points", [4, 5, 7, 10, 99])
def test_much_of_the_room_is_used(points: int) -> None:
    values = [float(index * 7919 % 101) for index in range(1000)]

    assert len(thin(values, points=points)) >= points - 1


def test_infinities_count_as_extremes() -> None:
    values = [0.0] * 50
    values[20], values[30] = inf, -inf

    assert thin(values, points=4) == [0, 20, 30, 49]
