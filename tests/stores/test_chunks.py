"""Chunks and curves: every bit survives, and numpy answers what plain Python does."""

import struct
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.errors import SchemaMismatch
from runstone.stores.sql import chunks, curves, points, thinning
from runstone.stores.sql.compaction import parted

INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(st.floats(width=64), st.sampled_from([0.0, -0.0, inf, -inf, nan]))
Rows = list[tuple[int, int, int, float]]
KEYED = st.lists(st.tuples(st.integers(1, 4), INT64, INT64, VALUES), max_size=60)
CLOSE = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1), st.sampled_from([0.0, -0.0, 1.0, -inf, nan])))
# NaNs whose bits differ are one value to MLflow; which of them is kept is open, so that their bits are not compared.
ODD_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_1234))[0]


def columns(rows: list[tuple[int, int, int, float]]) -> chunks.Points:
    keys, steps, timestamps, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    return chunks.Points(
        np.array(keys, np.int64), np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, float)
    )


def rows_of(found: chunks.Points) -> list[tuple[int, int, int, bytes]]:
    values = [struct.pack("<d", value) for value in found.values.tolist()]
    return list(zip(found.keys.tolist(), found.steps.tolist(), found.timestamps.tolist(), values, strict=True))


@given(KEYED.filter(bool))
def test_chunk_comes_back_to_the_last_bit(rows: list[tuple[int, int, int, float]]) -> None:
    given_points = chunks.in_order(columns(sorted(rows)))

    found = chunks.decode(chunks.PCODEC, chunks.encode(given_points))

    assert rows_of(found) == rows_of(given_points)


def test_chunk_keeps_the_bits_of_a_nan() -> None:
    given_points = columns([(1, 1, 1, ODD_NAN), (1, 2, 2, nan)])

    found = chunks.decode(chunks.PCODEC, chunks.encode(given_points))

    assert found.values.tobytes() == given_points.values.tobytes()


@given(KEYED)
def test_batch_is_read_as_plain_python_reads_it(rows: list[tuple[int, int, int, float]]) -> None:
    packed = points.pack(*zip(*rows, strict=True)) if rows else points.pack([], [], [], [])

    found = chunks.batch(packed)

    for key in range(1, 6):
        mine = [(step, time, value) for _, step, time, value in rows_of(found.of(key))]
        plain = [(step, time, struct.pack("<d", value)) for time, step, value in points.points_of(packed, key)]
        assert mine == plain


@pytest.mark.parametrize("by_step", [False, True])
@given(rows=CLOSE)
def test_order_is_that_of_plain_python(rows: list[points.Point], *, by_step: bool) -> None:
    given_points = columns([(1, step, time, value) for time, step, value in rows])

    found = chunks.in_order(given_points, by_step=by_step)

    plain = points.in_order(list(rows), by_step=by_step)
    assert [row[1:] for row in rows_of(found)] == [
        (step, time, struct.pack("<d", value)) for time, step, value in plain
    ]


@given(st.lists(st.sampled_from([0.0, -0.0, 1.0, 2.0, -3.0, inf, -inf, nan]), max_size=200), st.integers(4, 40))
def test_numpy_thins_as_plain_python_does(values: list[float], most: int) -> None:
    found = curves.thin(np.array(values, float), points=most)

    assert found.tolist() == thinning.thin(values, points=most)


@given(st.lists(st.floats(width=64), min_size=5, max_size=300), st.integers(4, 60))
def test_thinned_curve_keeps_its_ends_and_extremes(values: list[float], most: int) -> None:
    chosen = [values[index] for index in curves.thin(np.array(values, float), points=most).tolist()]

    numbers = [value for value in values if not isnan(value)]
    assert len(chosen) <= most
    assert (repr(chosen[0]), repr(chosen[-1])) == (repr(values[0]), repr(values[-1]))
    if numbers:
        kept = [value for value in chosen if not isnan(value)]
        assert (min(kept), max(kept)) == (min(numbers), max(numbers))


@given(st.lists(st.tuples(st.booleans(), KEYED), max_size=5))
def test_packed_and_plain_parts_are_joined_in_their_order(given_parts: list[tuple[bool, Rows]]) -> None:
    plain = [(is_packed, chunks.in_order(columns(sorted(rows)))) for is_packed, rows in given_parts if rows]
    parts = [chunks.opened(chunks.PCODEC, chunks.encode(part)) if is_packed else part for is_packed, part in plain]

    found = chunks.joined(parts)

    assert rows_of(found) == [row for _, part in plain for row in rows_of(part)]


def test_chunk_whose_columns_differ_in_length_is_refused() -> None:
    short, long = (chunks.encode(columns([(1, step, step, 1.0) for step in range(size)])) for size in (3, 4))
    head = 4 + 8  # the number of keys, and the key

    for mixed in (short[:head] + long[head : head + 4] + short[head + 4 :], long[:head] + short[head:][:4] + long[16:]):
        with pytest.raises(SchemaMismatch, match="restore a backup"):
            chunks.decode(chunks.PCODEC, mixed)


def test_chunk_that_says_that_it_is_huge_is_refused() -> None:
    packed = chunks.encode(columns([(1, 1, 1, 1.0)]))

    with pytest.raises(SchemaMismatch, match="more points than any chunk"):
        chunks.decode(chunks.PCODEC, packed[:12] + b"\xff\xff\xff\xff" + packed[16:])


def test_bytes_that_are_no_batch_are_refused() -> None:
    with pytest.raises(SchemaMismatch, match="restore a backup"):
        chunks.batch(b"x" * 33)


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_cut_chunk_is_refused(cut: int) -> None:
    packed = chunks.encode(columns([(1, step, step, step / 3) for step in range(50)]))

    with pytest.raises(SchemaMismatch, match="restore a backup"):
        chunks.decode(chunks.PCODEC, packed[:cut])


def test_chunk_of_a_newer_kind_is_refused() -> None:
    packed = chunks.encode(columns([(1, 1, 1, 1.0)]))

    with pytest.raises(SchemaMismatch, match="the codec 9"):
        chunks.decode(9, packed)


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ([3], [3]),
        ([3, 4], [7]),
        ([chunks.OWN], [chunks.OWN]),
        ([3, chunks.OWN, 5], [3, chunks.OWN, 5]),
        ([2 * chunks.SIZE + 2], [21_846, 21_846, 21_846]),
        ([4000] * 9 + [10], [36_000, 10]),
    ],
)
def test_key_with_many_points_has_chunks_of_its_own(sizes: list[int], cut: list[int]) -> None:
    keys = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(keys.size)

    found = parted(chunks.Points(keys, places, places, places.astype(float)))

    assert [len(part) for part in found] == cut
    assert np.concatenate([part.steps for part in found]).tolist() == places.tolist()


def test_nothing_is_parted_into_nothing() -> None:
    assert parted(chunks.NOTHING) == []
