"""Points of metrics, packed: how a batch lies in the column ``tail.points``.

Four columns one after the other, each with as many little-endian 8-byte values as the batch has points: the id of the
key (int64), the step (int64), the timestamp (int64), the value (float64, every bit kept).
"""

import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import copysign, isnan
from operator import itemgetter

from runstone.errors import SchemaMismatch

_WIDTH = 8
_IS_BIG = sys.byteorder == "big"
_BY_STEP = itemgetter(1, 0, 2)


# One value of one metric of one run: timestamp in ms, step, value. A plain tuple, for there may be millions.
Point = tuple[int, int, float]
# What a point is sorted by: time and step, or step and time, then the value and what tells -0.0, numbers and NaN apart.
Place = tuple[int, int, float, int]
# Points as three columns of one length: timestamps in ms, steps, values.
Columns = tuple[list[int], list[int], list[float]]


def pack(key_ids: Iterable[int], steps: Iterable[int], timestamps: Iterable[int], values: Iterable[float]) -> bytes:
    """Pack the points of a batch; all four have the same length."""
    columns = (array("q", key_ids), array("q", steps), array("q", timestamps), array("d", values))
    if _IS_BIG:
        for column in columns:
            column.byteswap()
    return b"".join(column.tobytes() for column in columns)


def points_of(packed: bytes, key_id: int) -> Iterator[Point]:
    """The points of one key in a packed batch, as they were logged.

    Raises:
        SchemaMismatch: The bytes are not a packed batch.
    """
    size, rest = divmod(len(packed), 4 * _WIDTH)
    if rest:
        raise SchemaMismatch(
            f"a batch of points has {len(packed)} bytes, no multiple of {4 * _WIDTH}: restore a backup"
        )
    wanted = key_id.to_bytes(_WIDTH, "little", signed=True)
    keys = packed[: size * _WIDTH]
    if keys == wanted * size:
        return zip(_column(packed, 2, size), _column(packed, 1, size), _values(packed, size), strict=True)
    if wanted not in keys:
        return iter(())
    chosen = [index for index, found in enumerate(_column(packed, 0, size)) if found == key_id]
    steps, timestamps, values = _column(packed, 1, size), _column(packed, 2, size), _values(packed, size)
    return ((timestamps[index], steps[index], values[index]) for index in chosen)


def _column(packed: bytes, number: int, size: int) -> "array[int]":
    column = array("q", packed[number * size * _WIDTH : (number + 1) * size * _WIDTH])
    if _IS_BIG:
        column.byteswap()
    return column


def _values(packed: bytes, size: int) -> "array[float]":
    column = array("d", packed[3 * size * _WIDTH :])
    if _IS_BIG:
        column.byteswap()
    return column


def rank(value: float) -> tuple[float, int]:
    """Where a value stands among others, for a total order: NaN counts as just above zero, as MLflow has it.

    -0.0 stands just below 0.0, so that the two are told apart; every NaN is the same.
    """
    if isnan(value):
        return 0.0, 2
    if value == 0.0 and copysign(1.0, value) < 0:
        return value, 0
    return value, 1


def in_order(points: list[Point], *, by_step: bool = False) -> list[Point]:
    """Points by time, then step, then value, or by step, then time, then value; exact repeats once."""
    if _is_plain(points):
        points.sort(key=_BY_STEP if by_step else None)
        return [point for point, _ in groupby(points)]
    places = sorted((place(point, by_step=by_step), point) for point in points)
    return [next(group)[1] for _, group in groupby(places, key=itemgetter(0))]


def _is_plain(points: list[Point]) -> bool:
    """Whether comparing tuples orders these points right: there is no NaN and no zero among the values."""
    values = [point[2] for point in points]
    # A NaN makes the sum NaN. Infinities of both signs do too, which then costs time and nothing else.
    return not isnan(sum(values)) and 0.0 not in values


def place(point: Point, *, by_step: bool = False) -> Place:
    """What a point is sorted by."""
    timestamp, step, number = point
    value, tie = rank(number)
    return (step, timestamp, value, tie) if by_step else (timestamp, step, value, tie)
