"""The points of one run, read from its chunks and its tail by numpy. Loaded on use; ``tails.py`` does without numpy."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from runstone.stores.sql import chunks
from runstone.stores.sql.chunks import Floats, Ints, Packed, Points
from runstone.stores.sql.driver import Cursor, Driver, among
from runstone.stores.sql.points import Columns, Place

_CHUNKS = """
SELECT id, first_key, last_key, first_time, codec, points FROM chunk
WHERE run_id = ? AND first_key <= ? AND last_key >= ? AND last_time >= ? AND first_step <= ? AND last_step >= ?
ORDER BY first_time, id
"""
_PLACES = "SELECT id, first_time FROM chunk WHERE run_id = ? AND first_key <= ? AND last_key >= ?"
_LEAST, _MOST = -(2**63), 2**63 - 1
# Points of a stretch, about, and of the parts of a tail that it is made of; ids in one statement.
_STRETCH, _PART, _MOST_IDS = 32_768, 8_192, 500


class RunPoints:
    """The points of one run inside a transaction; what several keys share is read once."""

    def __init__(self, driver: Driver, number: int) -> None:
        self._driver = driver
        self._number = number
        self._tail: Points | None = None
        self._mixed: dict[int, Points] = {}

    def page(self, key_id: int, *, after: Place | None, size: int | None) -> tuple[Columns, bool]:
        """Points of a key by time, step and value, exact repeats once.

        Only chunks that can hold what is asked for are decoded; of the tail is held in memory what may be on the page.

        Args:
            key_id: The key.
            after: Place of the point that the page begins after.
            size: Points at most; all if ``None``.

        Returns:
            The points, and whether there are more.
        """
        parts = [self._of_tail(key_id) if size is None else self._start_of_tail(key_id, after, size + 1)]
        found = None
        for first_time, points in self._of_chunks(key_id, since=_LEAST if after is None else after[0]):
            if size is not None and found is None:
                # What is still to come is not before this chunk's first time: perhaps the page is full without it.
                whole = _after(chunks.in_order(chunks.joined(parts)), after)
                known = int(np.searchsorted(whole.timestamps, first_time, side="left"))
                if known > size:
                    found = whole.take(slice(0, known))
                    break
            parts.append(chunks.joined([points]))
        if found is None:
            found = _after(chunks.in_order(chunks.joined(parts)), after)
        has_more = size is not None and len(found) > size
        return _columns(found.take(slice(0, size))), has_more

    def stretches(self, key_id: int) -> Iterator[Columns]:
        """All points of a key by time, step and value, exact repeats once, some ten thousand at once.

        The tail is read twice, however many stretches it makes: once to see where each part begins.
        """
        parts: list[Points] = []
        held, most = 0, _STRETCH
        for first_time, points in self._by_time(key_id):
            if held > most:
                # What is still to come is not before this part's first time.
                whole = chunks.in_order(chunks.joined(parts))
                known = int(np.searchsorted(whole.timestamps, first_time, side="left"))
                if known:
                    yield _columns(whole.take(slice(0, known)))
                parts = [whole.take(slice(known, None))]
                held = len(parts[0])
                most = max(_STRETCH, 2 * held)
            parts.append(points)
            held += len(points)
        if held:
            yield _columns(chunks.in_order(chunks.joined(parts)))

    def _by_time(self, key_id: int) -> Iterator[tuple[int, Points]]:
        """First time and points of a key of each chunk and of each part of the tail, by that time."""
        places = [
            (int(first), 0, [int(id)]) for id, first in self._driver.execute(_PLACES, (self._number, key_id, key_id))
        ]
        for ids in self._parts_of_tail():
            points = self._of_batches(ids)
            if len(points):
                places.append((int(points.timestamps.min()), 1, ids))
        for first_time, is_tail, ids in sorted(places):
            if is_tail:
                yield first_time, self._of_batches(ids).of(key_id)
            else:
                codec, packed = self._driver.execute("SELECT codec, points FROM chunk WHERE id = ?", ids).fetchone()
                yield first_time, chunks.decode(codec, packed).of(key_id)

    def _parts_of_tail(self) -> Iterator[list[int]]:
        """Ids of neighbours in the tail, some thousand points together."""
        ids, held = [], 0
        for id, size in self._driver.execute("SELECT id, size FROM tail WHERE run_id = ? ORDER BY id", (self._number,)):
            ids.append(int(id))
            held += size
            if held > _PART or len(ids) == _MOST_IDS:
                yield ids
                ids, held = [], 0
        if ids:
            yield ids

    def _of_batches(self, ids: list[int]) -> Points:
        listed, parameters = among(self._driver, ids)
        rows = self._driver.execute(f"SELECT points FROM tail WHERE id IN {listed}", parameters)  # noqa: S608  # signs
        return chunks.joined([chunks.batch(packed) for (packed,) in rows])

    def curve(self, key_id: int, *, start: int | None, end: int | None, points: int | None) -> Columns:
        """Points of a key by step, time and value, exact repeats once.

        Args:
            key_id: The key.
            start: First step, included.
            end: Last step, included.
            points: Points at most, >= 4; the rest is thinned as ``thinning.thin`` says. All if ``None``.
        """
        first, last = _LEAST if start is None else start, _MOST if end is None else end
        parts = [part for _, part in self._of_chunks(key_id, first=first, last=last)]
        found = chunks.in_order(chunks.joined([*parts, self._of_tail(key_id)]), by_step=True)
        if start is not None or end is not None:
            found = found.take((found.steps >= first) & (found.steps <= last))
        if points is not None:
            found = found.take(thin(found.values, points=points))
        return _columns(found)

    def _of_tail(self, key_id: int) -> Points:
        if self._tail is None:
            self._tail = chunks.joined([chunks.batch(packed) for (packed,) in self._batches()])
        return self._tail.of(key_id)

    def _start_of_tail(self, key_id: int, after: Place | None, size: int) -> Points:
        """So many points of a key that come first after a place, of those in the tail."""
        first, last = _LEAST if after is None else after[0], _MOST
        found, held = chunks.NOTHING, 0
        parts: list[Points] = []
        for (packed,) in self._batches():
            batch = chunks.batch(packed)
            # Most batches are before the page or behind it, which two looks tell.
            if not len(batch) or batch.timestamps.max() < first or batch.timestamps.min() > last:
                continue
            batch = batch.of(key_id)
            parts.append(batch.take((batch.timestamps >= first) & (batch.timestamps <= last)))
            held += len(parts[-1])
            if held > size:
                found = _after(chunks.in_order(chunks.joined([found, *parts])), after).take(slice(0, size))
                parts, held = [], 0
                if len(found) == size:
                    last = int(found.timestamps[-1])
        return _after(chunks.in_order(chunks.joined([found, *parts])), after).take(slice(0, size))

    def _batches(self) -> Cursor:
        # In no order: sorting them would hold them all.
        return self._driver.execute("SELECT points FROM tail WHERE run_id = ?", (self._number,))

    def _of_chunks(
        self, key_id: int, *, since: int = _LEAST, first: int = _LEAST, last: int = _MOST
    ) -> Iterator[tuple[int, Points | Packed]]:
        """First time and points of the chunks that may hold points of a key from a time on, between two steps.

        A chunk of one key is still packed.
        """
        rows = self._driver.execute(_CHUNKS, (self._number, key_id, key_id, since, last, first))
        for id, first_key, last_key, first_time, codec, packed in rows:
            if first_key == last_key:
                yield first_time, chunks.opened(codec, packed)
                continue
            if id not in self._mixed:
                self._mixed[id] = chunks.decode(codec, packed)
            yield first_time, self._mixed[id].of(key_id)


def _after(points: Points, place: Place | None) -> Points:
    """The points that come after a place."""
    if place is None:
        return points
    timestamp, step, value, tie = place
    # Only points of the same time need a closer look.
    start = int(np.searchsorted(points.timestamps, timestamp, side="left"))
    end = int(np.searchsorted(points.timestamps, timestamp, side="right"))
    same = points.take(slice(start, end))
    values, ties = chunks.ranks(same.values)
    later = (same.steps > step) | ((same.steps == step) & ((values > value) | ((values == value) & (ties > tie))))
    return chunks.joined([same.take(later), points.take(slice(end, None))])


def _columns(points: Points) -> Columns:
    return points.timestamps.tolist(), points.steps.tolist(), points.values.tolist()


def thin(values: Floats, *, points: int) -> Ints:
    """Choose at most ``points`` of the values of a curve: those that ``thinning.thin`` chooses, found by numpy.

    Args:
        values: float64, shape (n,), in the order of the curve; NaN marks a gap.
        points: Upper bound of the result's length, >= 4.

    Returns:
        int64, shape (m,), m <= points: indices into ``values``, rising.
    """
    size = values.size
    if size <= points:
        return np.arange(size)
    inner = size - 2
    is_nan = np.isnan(values[1:-1])
    has_gap = bool(np.isnan(values[[0, -1]]).any() or is_nan.any())
    keeps_gaps = has_gap and points - 2 >= 3
    stretches = min(inner, (points - 2) // (3 if keeps_gaps else 2))
    starts = np.arange(stretches, dtype=np.int64) * inner // stretches
    within = values[1:-1]
    chosen = [np.array([0, size - 1])]
    has_number = np.ones(stretches, np.bool_)
    if has_gap:
        has_number = ~np.logical_and.reduceat(is_nan, starts)
    for reduce, empty in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        numbers = np.where(is_nan, empty, within) if has_gap else within
        extremes = reduce.reduceat(numbers, starts)
        chosen.append(1 + _first_of_each(_is_extreme(numbers, extremes, starts) & ~is_nan, starts)[has_number])
    if has_gap:
        has_nan = np.logical_or.reduceat(is_nan, starts)
        chosen.append(1 + _first_of_each(is_nan, starts)[has_nan & (~has_number | keeps_gaps)])
    return np.unique(np.concatenate(chosen))


def _is_extreme(numbers: Floats, extremes: Floats, starts: Ints) -> NDArray[np.bool_]:
    lengths = np.diff(starts, append=numbers.size)
    is_extreme: NDArray[np.bool_] = numbers == np.repeat(extremes, lengths)
    return is_extreme


def _first_of_each(marks: NDArray[np.bool_], starts: Ints) -> Ints:
    """The index of the first mark at or after each start; after the last mark, the number of values."""
    places = np.append(np.flatnonzero(marks), marks.size)
    return places[np.searchsorted(places, starts)]
