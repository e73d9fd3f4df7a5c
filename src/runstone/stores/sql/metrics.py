"""Metrics on their way in: the points of a batch, and the latest, lowest, highest and first value of each key."""

from collections import defaultdict
from collections.abc import Sequence
from math import isnan
from typing import Any

from runstone.entities import Metric
from runstone.stores.sql.driver import Driver
from runstone.stores.sql.keys import Keys
from runstone.stores.sql.points import pack, rank

# The value, null for NaN, whether it is NaN, its step and its timestamp.
Latest = tuple[float | None, bool, int, int]

_APPEND = "INSERT INTO tail (run_id, size, points) VALUES (?, ?, ?)"
# NaN is null in the columns and counts as just above zero, as MLflow has it.
_IS_LATER = """
(excluded.step, excluded.timestamp, coalesce(excluded.value, 0.0), excluded.is_nan)
    > (latest.step, latest.timestamp, coalesce(latest.value, 0.0), latest.is_nan)
"""
_IS_EARLIER = """
(excluded.first_step, excluded.first_timestamp, coalesce(excluded.first_value, 0.0), excluded.first_value IS NULL)
    < (latest.first_step, latest.first_timestamp, coalesce(latest.first_value, 0.0), latest.first_value IS NULL)
"""
_MOVED = {
    _IS_LATER: ("value", "is_nan", "step", "timestamp"),
    _IS_EARLIER: ("first_value", "first_step", "first_timestamp"),
    "latest.lowest IS NULL OR excluded.lowest < latest.lowest": ("lowest",),
    "latest.highest IS NULL OR excluded.highest > latest.highest": ("highest",),
}
_SET = ", ".join(
    f"{column} = CASE WHEN {test} THEN excluded.{column} ELSE latest.{column} END"
    for test, columns in _MOVED.items()
    for column in columns
)
_LATEST = f"""
INSERT INTO latest (run_id, key_id, value, is_nan, step, timestamp, lowest, highest, first_value, first_step,
    first_timestamp)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, key_id) DO UPDATE SET {_SET}
"""  # noqa: S608  # our own words


def append(driver: Driver, keys: Keys, number: int, metrics: Sequence[Metric]) -> dict[str, Latest]:
    """Add the points of a batch to a run, and move its latest, lowest, highest and first values.

    -0.0 is 0.0 among these; the points keep it.

    Returns:
        The latest of each key in the batch, which another one may have been later than.
    """
    by_key: defaultdict[str, list[Metric]] = defaultdict(list)
    for metric in metrics:
        by_key[metric.key].append(metric)
    ids = keys.ids(driver, by_key)
    packed = pack(
        [ids[metric.key] for metric in metrics],
        [metric.step for metric in metrics],
        [metric.timestamp for metric in metrics],
        [metric.value for metric in metrics],
    )
    driver.execute(_APPEND, (number, len(metrics), packed))
    extents = {key: _extent(group) for key, group in by_key.items()}
    driver.executemany(_LATEST, [(number, ids[key], *extent) for key, extent in extents.items()])
    return {key: extent[:4] for key, extent in extents.items()}


def _extent(group: Sequence[Metric]) -> tuple[Any, ...]:
    """What the columns hold of the values of one key."""
    if len(group) == 1:
        first = last = group[0]
    else:
        steps = [metric.step for metric in group]
        lowest_step, highest_step = min(steps), max(steps)
        first = min((metric for metric in group if metric.step == lowest_step), key=_place)
        last = max((metric for metric in group if metric.step == highest_step), key=_place)
    values = [metric.value + 0.0 for metric in group]
    if isnan(sum(values)):
        values = [value for value in values if not isnan(value)]
    return (
        _number(last.value),
        isnan(last.value),
        last.step,
        last.timestamp,
        min(values, default=None),
        max(values, default=None),
        _number(first.value),
        first.step,
        first.timestamp,
    )


def _number(value: float) -> float | None:
    return None if isnan(value) else value + 0.0


def _place(metric: Metric) -> tuple[int, tuple[float, int]]:
    """Where a metric stands among those of its step."""
    return metric.timestamp, rank(metric.value)
