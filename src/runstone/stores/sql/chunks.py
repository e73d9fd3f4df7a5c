"""Chunks: many points of one run, sorted and compressed. Loaded on use, for it needs numpy and pcodec.

A chunk holds the points of one key or of several neighbours, sorted by key, time, step and value. Its bytes are, all
little-endian: the number of keys (uint32); the id of each key (int64); how many points each has (uint32); then the
columns of steps, timestamps and values, each as its length in bytes (uint32) and a stand-alone pcodec file
(https://github.com/pcodec/pcodec), which keeps every bit of a float64.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pcodec
from numpy.typing import NDArray
from pcodec import standalone

from runstone.errors import SchemaMismatch

PCODEC = 1
# Points of a chunk at most: 7.47 bytes a point at 8192 as at 65536, and a page of a history decodes one or two.
SIZE = 32_768
# A key with so many points has chunks of its own; fewer lie with those of other keys, which costs less each.
OWN = 4_096
# What a damaged chunk says of its size is not believed beyond this.
_MOST = 1 << 24
_LEVEL = pcodec.ChunkConfig(compression_level=4)
_LENGTH = struct.Struct("<I")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """Points as columns of one length, shape (n,).

    Attributes:
        keys: int64, ids of keys.
        steps: int64.
        timestamps: int64, milliseconds since the Unix epoch, UTC.
        values: float64, every bit kept.
    """

    keys: Ints
    steps: Ints
    timestamps: Ints
    values: Floats

    def __len__(self) -> int:
        return self.keys.size

    def take(self, chosen: "Ints | NDArray[np.bool_] | slice") -> "Points":
        """The points at these places."""
        return Points(self.keys[chosen], self.steps[chosen], self.timestamps[chosen], self.values[chosen])

    def of(self, key_id: int) -> "Points":
        """The points of one key."""
        if self.is_of_one_key:
            return self if self.keys[0] == key_id else NOTHING
        found = self.take(self.keys == key_id)
        return Points(_same(key_id, len(found)), found.steps, found.timestamps, found.values)

    @property
    def is_of_one_key(self) -> bool:
        """Whether all are known to be of one key: then that stands in memory once."""
        return _is_of_one_key(self.keys)


def _is_of_one_key(keys: Ints) -> bool:
    return bool(keys.size and keys.strides == (0,))


def _same(key_id: int, size: int) -> Ints:
    """A column of one key, which takes no memory and needs no look at each of its values."""
    return np.broadcast_to(np.int64(key_id), (size,))


_NONE = np.empty(0, np.int64)
NOTHING = Points(_NONE, _NONE, _NONE, np.empty(0, np.float64))


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk as it is kept.

    Attributes:
        keys: Like those of ``Points``.
        columns: Steps, timestamps and values, compressed.
    """

    keys: Ints
    columns: tuple[bytes, bytes, bytes]

    def __len__(self) -> int:
        return self.keys.size


def joined(parts: Sequence[Points | Packed]) -> Points:
    """The points of all parts, one after the other. What is packed is unpacked into its place, and copied no more.

    Raises:
        SchemaMismatch: A packed part cannot be read.
    """
    parts = [part for part in parts if len(part)]
    if not parts:
        return NOTHING
    if len(parts) == 1 and isinstance(parts[0], Points):
        return parts[0]
    firsts = {int(part.keys[0]) if _is_of_one_key(part.keys) else None for part in parts}
    one_key = firsts.pop() if len(firsts) == 1 else None
    size = sum(len(part) for part in parts)
    keys = np.concatenate([part.keys for part in parts]) if one_key is None else _same(one_key, size)
    whole = Points(keys, np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.float64))
    place = 0
    for part in parts:
        _put(part, whole.take(slice(place, place + len(part))))
        place += len(part)
    return whole


def _put(part: Points | Packed, room: Points) -> None:
    """Write the columns of a part into room of its size."""
    if isinstance(part, Points):
        room.steps[:], room.timestamps[:], room.values[:] = part.steps, part.timestamps, part.values
        return
    for packed, column in zip(part.columns, (room.steps, room.timestamps, room.values), strict=True):
        try:
            done = standalone.simple_decompress_into(packed, column)
        except RuntimeError as error:
            raise _unreadable(error) from None
        if done.n_processed != column.size or not done.finished:
            raise _unreadable("its columns differ in length")


def batch(packed: bytes) -> Points:
    """The points of a batch, as ``points.pack`` made it.

    Raises:
        SchemaMismatch: The bytes are not a packed batch.
    """
    if len(packed) % 32:
        raise SchemaMismatch(f"a batch of points has {len(packed)} bytes, no multiple of 32: restore a backup")
    keys, steps, timestamps, _ = np.frombuffer(packed, "<i8").reshape(4, -1)
    return Points(keys, steps, timestamps, np.frombuffer(packed, "<f8")[-keys.size :])


def ranks(values: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Where each value stands among others; see ``points.rank``."""
    is_nan = np.isnan(values)
    is_zero = values == 0.0
    ties = np.ones(values.size, np.int8)
    if is_nan.any():
        values = np.where(is_nan, 0.0, values)
        ties[is_nan] = 2
    if is_zero.any():
        ties[is_zero & np.signbit(values)] = 0
    return values, ties


def in_order(points: Points, *, by_step: bool = False) -> Points:
    """Points by key, time, step and value, or by key, step, time and value; exact repeats once."""
    first, second = (points.steps, points.timestamps) if by_step else (points.timestamps, points.steps)
    if _rises(points.keys, first, second):
        return points
    values, ties = ranks(points.values)
    order = np.lexsort((ties, values, second, first, points.keys))
    columns = [column[order] for column in (points.keys, first, second, values, ties)]
    is_new = np.ones(order.size, np.bool_)
    is_new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return points.take(order[is_new])


def _rises(keys: Ints, first: Ints, second: Ints) -> bool:
    """Whether each place is above the one before by these columns alone: the usual case, told in a few passes."""
    if keys.strides != (0,) and (keys[1:] != keys[:-1]).any():
        return False
    later = first[1:] > first[:-1]
    if later.all():
        return True
    same = first[1:] == first[:-1]
    return bool((later | (same & (second[1:] > second[:-1]))).all())


def encode(points: Points) -> bytes:
    """Compress points that are in order."""
    keys, counts = np.unique(points.keys, return_counts=True)
    parts = [_LENGTH.pack(keys.size), keys.astype("<i8").tobytes(), counts.astype("<u4").tobytes()]
    for column in (points.steps, points.timestamps, points.values):
        packed = standalone.simple_compress(np.ascontiguousarray(column), _LEVEL)
        parts += [_LENGTH.pack(len(packed)), packed]
    return b"".join(parts)


def decode(codec: int, packed: bytes) -> Points:
    """The points of a chunk.

    Raises:
        SchemaMismatch: The bytes are not a chunk, or of a newer kind.
    """
    return joined([opened(codec, packed)])


def opened(codec: int, packed: bytes) -> Packed:
    """A chunk, still packed.

    Raises:
        SchemaMismatch: The bytes are not a chunk, or of a newer kind.
    """
    if codec != PCODEC:
        raise SchemaMismatch(f"a chunk of points has the codec {codec}, which this Runstone does not know; upgrade it")
    try:
        return _parts_of(packed)
    except (ValueError, struct.error) as error:
        raise _unreadable(error) from None


def _unreadable(why: object) -> SchemaMismatch:
    return SchemaMismatch(f"a chunk of points cannot be read ({why}): restore a backup")


def _parts_of(packed: bytes) -> Packed:
    (number,) = _LENGTH.unpack_from(packed)
    place = _LENGTH.size
    keys = np.frombuffer(packed, "<i8", number, place)
    place += keys.nbytes
    counts = np.frombuffer(packed, "<u4", number, place)
    place += counts.nbytes
    columns = []
    for _ in range(3):
        (length,) = _LENGTH.unpack_from(packed, place)
        place += _LENGTH.size
        columns.append(packed[place : place + length])
        place += length
    if counts.sum() > _MOST:
        raise ValueError("it says that it has more points than any chunk")
    same = _same(int(keys[0]), int(counts[0])) if number == 1 else np.repeat(keys, counts)
    return Packed(same, (columns[0], columns[1], columns[2]))
