"""Points: every bit survives packing, and the order is total."""

import struct
from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.errors import SchemaMismatch
from runstone.stores.sql.points import Point, in_order, pack, place, points_of, rank

INT64 = st.integers(-(2**63), 2**63 - 1)
KEYED = st.lists(st.tuples(st.integers(1, 4), INT64, INT64, st.floats(width=64)))
POINTS = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1), st.sampled_from([0.0, -0.0, 1.0, -inf, nan])))


def bits(point: Point) -> tuple[int, int, bytes]:
    timestamp, step, value = point
    return timestamp, step, struct.pack("<d", value)


@given(KEYED)
def test_packed_points_come_back_to_the_last_bit(rows: list[tuple[int, int, int, float]]) -> None:
    packed = pack(*zip(*rows, strict=True)) if rows else pack([], [], [], [])

    for key in range(1, 6):
        found = [bits(point) for point in points_of(packed, key)]
        assert found == [bits((time, step, value)) for id, step, time, value in rows if id == key]


def test_layout_is_four_little_endian_columns() -> None:
    packed = pack([1, 2], [3, -4], [5, 6], [0.5, nan])

    assert packed == struct.pack("<6q2d", 1, 2, 3, -4, 5, 6, 0.5, nan)


def test_key_whose_bytes_lie_across_two_others_is_not_found() -> None:
    packed = pack([1, 1 << 8], [0, 0], [0, 0], [1.0, 2.0])

    assert list(points_of(packed, 1 << 56)) == []


def test_bytes_that_are_no_batch_are_refused() -> None:
    with pytest.raises(SchemaMismatch):
        list(points_of(b"x" * 33, 1))


@pytest.mark.parametrize("by_step", [False, True])
@given(points=POINTS)
def test_order_is_that_of_places_without_repeats(points: list[Point], *, by_step: bool) -> None:
    found = in_order(list(points), by_step=by_step)

    places = [place(point, by_step=by_step) for point in found]
    assert places == sorted({place(point, by_step=by_step) for point in points})


def test_ranks_rise_from_minus_infinity_past_nan_to_infinity() -> None:
    values = [-inf, -1.0, -5e-324, -0.0, 0.0, nan, 5e-324, 1.0, inf]

    ranks = [rank(value) for value in values]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)
    assert not any(isnan(value) for value, _ in ranks)
