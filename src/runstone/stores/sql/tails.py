"""The points of one run, read from its tail without numpy: what a plain ``pip install runstone`` has."""

from collections.abc import Iterator

from runstone.errors import Unsupported
from runstone.stores.sql.driver import Driver
from runstone.stores.sql.points import Columns, Place, Point, in_order, place, points_of
from runstone.stores.sql.thinning import thin

_STRETCH = 25_000
# Points beyond those of a page that are held before they are sorted and cut.
_SPARE = 4_000


class RunPoints:
    """The points of one run inside a transaction; answers as its namesake in ``curves.py`` does.

    Raises:
        Unsupported: The run has points in chunks, which only numpy and pcodec read.
    """

    def __init__(self, driver: Driver, number: int) -> None:
        if driver.execute("SELECT 1 FROM chunk WHERE run_id = ? LIMIT 1", (number,)).fetchone():
            raise Unsupported(
                "the metrics of this run are compacted, which takes numpy and pcodec to read; install them by "
                '`pip install "runstone[server]"`'
            )
        self._driver = driver
        self._number = number

    def page(self, key_id: int, *, after: Place | None, size: int | None) -> tuple[Columns, bool]:
        """Points of a key by time, step and value, and whether there are more."""
        found: list[Point] = []
        for packed in self._batches():
            found += (point for point in points_of(packed, key_id) if after is None or place(point) > after)
            if size is not None and len(found) > 2 * size + _SPARE:
                found = in_order(found)[: size + 1]
        found = in_order(found)
        return _columns(found[:size]), size is not None and len(found) > size

    def stretches(self, key_id: int) -> Iterator[Columns]:
        """All points of a key by time, step and value, exact repeats once, some thousand at once."""
        after, has_more = None, True
        while has_more:
            found, has_more = self.page(key_id, after=after, size=_STRETCH)
            if found[0]:
                yield found
                after = place((found[0][-1], found[1][-1], found[2][-1]))

    def curve(self, key_id: int, *, start: int | None, end: int | None, points: int | None) -> Columns:
        """Points of a key by step, time and value, thinned to a number of points."""
        found = [point for packed in self._batches() for point in points_of(packed, key_id)]
        if start is not None:
            found = [point for point in found if point[1] >= start]
        if end is not None:
            found = [point for point in found if point[1] <= end]
        found = in_order(found, by_step=True)
        if points is not None:
            found = [found[index] for index in thin([point[2] for point in found], points=points)]
        return _columns(found)

    def _batches(self) -> Iterator[bytes]:
        # In no order: sorting them would hold them all.
        for (packed,) in self._driver.execute("SELECT points FROM tail WHERE run_id = ?", (self._number,)):
            yield packed


def _columns(points: list[Point]) -> Columns:
    return [point[0] for point in points], [point[1] for point in points], [point[2] for point in points]
