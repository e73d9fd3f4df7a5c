"""Metrics of many steps, within a budget: what is logged grows with the number of steps, but ever more slowly."""

from collections.abc import Mapping
from math import isnan
from time import monotonic

from msgspec import Struct

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
        self._last: int | None = None
        self._credit, self._counted_at = float(_STEPS), monotonic()
        # Of each metric, what must be logged at the end, if it was not before: last, lowest, highest.
        self._kept: dict[str, list[_Point]] = {}

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Take the values of one step; one that is told of again, as where gradients are gathered, changes nothing."""
        if step == self._last:
            return
        self._last, now = step, now_ms()
        points = [Metric(name(key), float(value), now, step) for key, value in values.items()]
        is_due = self._is_due(step)
        for point in points:
            self._keep(_Point(point, is_due))
        if is_due:
            self._logged += 1
            self._book.points(points)
        self._seen += 1
        self._book.last_step = step

    def close(self) -> None:
        """Log what is missing: the last, the lowest and the highest value of each metric."""
        left = (point for kept in self._kept.values() for point in dict.fromkeys(kept) if not point.is_logged)
        self._book.points([point.metric for point in left])

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

    def _keep(self, point: "_Point") -> None:
        kept = self._kept.setdefault(point.metric.key, [point, point, point])
        value, lowest, highest = point.metric.value, kept[1].metric.value, kept[2].metric.value
        kept[0] = point
        if value < lowest or isnan(lowest):  # NaN is neither low nor high
            kept[1] = point
        if value > highest or isnan(highest):
            kept[2] = point


class _Point(Struct, frozen=True):
    """A value of a metric, and whether it was logged when it came."""

    metric: Metric
    is_logged: bool
