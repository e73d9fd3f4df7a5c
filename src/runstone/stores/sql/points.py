"""Points of metrics, packed: how a batch lies in the column ``tail.points``.

Four columns one after the other, each with as many little-endian 8-byte values as the batch has points: the id of the
key (int64), the step (int64), the timestamp (int64), the value (float64, every bit kept).
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import copysign, isnan
from typing import NamedTuple

from runstone.errors import SchemaMismatch

_WIDTH = 8
_IS_BIG = sys.byteorder == "big"
_KEY = 1 << 63


class Point(NamedTuple):
    """One value of one metric of one run, in the order in which a history has them.

    Attributes:
        timestamp: Milliseconds since the Unix epoch, UTC.
        step: Training step, an int64.
        value: float64.
    """

    timestamp: int
    step: int
    value: float


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
        return map(Point, _column(packed, 2, size), _column(packed, 1, size), _values(packed, size))
    if wanted not in keys:
        return iter(())
    chosen = [index for index, found in enumerate(_column(packed, 0, size)) if found == key_id]
    steps, timestamps, values = _column(packed, 1, size), _column(packed, 2, size), _values(packed, size)
    return (Point(timestamps[index], steps[index], values[index]) for index in chosen)


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


def is_plain(points: Sequence[Point]) -> bool:
    """Whether comparing tuples orders these points right: there is no NaN and no zero among the values."""
    total = 0.0
    for point in points:
        total += point[2]
        if point[2] == 0.0:
            return False
    # A NaN makes the sum NaN. Infinities of both signs do too, which then costs time and nothing else.
    return not isnan(total)


def in_order(points: list[Point], *, by_step: bool = False) -> list[Point]:
    """Points by time, then step, then value, or by step, then time, then value; exact repeats once."""
    if is_plain(points):
        if by_step:
            points.sort(key=lambda point: (point.step, point.timestamp, point.value))
        else:
            points.sort()
        return [point for index, point in enumerate(points) if index == 0 or points[index - 1] != point]
    keys = {id(point): place(point, by_step=by_step) for point in points}
    points.sort(key=lambda point: keys[id(point)])
    return [point for index, point in enumerate(points) if index == 0 or keys[id(points[index - 1])] != keys[id(point)]]


def place(point: Point, *, by_step: bool = False) -> tuple[int, int, float, int]:
    """What a point is sorted by."""
    value, tie = rank(point.value)
    if by_step:
        return point.step, point.timestamp, value, tie
    return point.timestamp, point.step, value, tie
