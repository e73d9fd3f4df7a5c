"""Metrics of many steps, within a budget: what is logged grows with the number of steps, but ever more slowly."""

from collections.abc import Mapping
from time import monotonic

from runstone.autologging.logbook import Logbook, name
from runstone.client.runs import now_ms
from runstone.entities import Metric

_STEPS = 500  # that are logged before every second one is, then every fourth, and so on
_STEPS_A_SECOND = 100.0


class Curves:
    """The metrics of one fit, step by step.

    All of the first five hundred steps are logged, of the next thousand every second one, and so on: of a million
    steps some six thousand. A loop that is faster than a hundred steps a second is logged at that pace once it has
    used up five hundred. The last, the lowest and the highest value of each metric are always among what is logged.
    """

    def __init__(self, book: Logbook, *, every: int | None = None) -> None:
        """Begin.

        Args:
            book: That of the fit.
            every: Log each step that is a multiple of it, and no budget holds; ``None`` for the budget.
        """
        self._book, self._every = book, every
        self._seen = self._logged = 0
        self._credit, self._counted_at = float(_STEPS), monotonic()
        # Of each metric, what must be logged at the end, if it was not before: last, lowest, highest.
        self._kept: dict[str, list[Metric]] = {}
        self._written: set[tuple[str, int]] = set()

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Take the values of one step."""
        now = now_ms()
        points = [Metric(name(key), float(value), now, step) for key, value in values.items()]
        for point in points:
            self._keep(point)
        if self._is_due(step):
            self._logged += 1
            self._write(points)
        self._seen += 1

    def close(self) -> None:
        """Log what is missing: the last, the lowest and the highest value of each metric."""
        self._write([point for kept in self._kept.values() for point in dict.fromkeys(kept)])

    def _is_due(self, step: int) -> bool:
        if self._every is not None:
            return step % self._every == 0
        if self._seen % (1 << self._logged // _STEPS):
            return False
        now = monotonic()
        self._credit = min(float(_STEPS), self._credit + (now - self._counted_at) * _STEPS_A_SECOND)
        self._counted_at = now
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def _keep(self, point: Metric) -> None:
        kept = self._kept.get(point.key)
        if kept is None:
            self._kept[point.key] = [point, point, point]
            return
        kept[0] = point
        if point.value < kept[1].value or kept[1].value != kept[1].value:  # NaN is neither low nor high
            kept[1] = point
        if point.value > kept[2].value or kept[2].value != kept[2].value:
            kept[2] = point

    def _write(self, points: list[Metric]) -> None:
        new = [point for point in points if (point.key, point.step) not in self._written]
        self._written.update((point.key, point.step) for point in new)
        self._book.points(new)
