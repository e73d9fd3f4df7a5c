"""Metrics on their way in: the points of a batch, and the latest value of each key."""

from collections.abc import Sequence
from math import isnan

from runstone.entities import Metric
from runstone.stores.sql.driver import Driver
from runstone.stores.sql.keys import Keys
from runstone.stores.sql.points import pack, rank

_APPEND = "INSERT INTO tail (run_id, size, points) VALUES (?, ?, ?)"
# NaN is null in the column and counts as just above zero, as MLflow has it.
_LATEST = """
INSERT INTO latest (run_id, key_id, value, is_nan, step, timestamp) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, key_id) DO UPDATE SET
    value = excluded.value, is_nan = excluded.is_nan, step = excluded.step, timestamp = excluded.timestamp
WHERE (excluded.step, excluded.timestamp, coalesce(excluded.value, 0.0), excluded.is_nan)
    > (latest.step, latest.timestamp, coalesce(latest.value, 0.0), latest.is_nan)
"""


def append(driver: Driver, keys: Keys, number: int, metrics: Sequence[Metric]) -> None:
    """Add the points of a batch to a run, and move its latest values.

    -0.0 is 0.0 among the latest values; the points keep it.
    """
    latest: dict[str, Metric] = {}
    for metric in metrics:
        former = latest.get(metric.key)
        if former is None or metric.step > former.step or (metric.step == former.step and _is_later(metric, former)):
            latest[metric.key] = metric
    ids = keys.ids(driver, latest)
    packed = pack(
        [ids[metric.key] for metric in metrics],
        [metric.step for metric in metrics],
        [metric.timestamp for metric in metrics],
        [metric.value for metric in metrics],
    )
    driver.execute(_APPEND, (number, len(metrics), packed))
    driver.executemany(
        _LATEST,
        [(number, ids[key], *_stored(metric.value), metric.step, metric.timestamp) for key, metric in latest.items()],
    )


def _stored(value: float) -> tuple[float | None, bool]:
    """The columns ``value`` and ``is_nan``."""
    return (None, True) if isnan(value) else (value + 0.0, False)


def _is_later(metric: Metric, former: Metric) -> bool:
    """Whether a metric of the same step comes after another."""
    if metric.timestamp != former.timestamp:
        return metric.timestamp > former.timestamp
    return rank(metric.value) > rank(former.value)
