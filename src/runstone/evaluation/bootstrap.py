"""Intervals of metrics: the examples are drawn anew, with replacement, and the metrics computed again.

The ends are percentiles of the resamples (Efron, 1979). Errors of forecasts depend on their neighbours, so their
examples are drawn in blocks of a circle (Politis and Romano, 1992).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

import numpy as np

from runstone.evaluation.document import Bootstrap
from runstone.evaluation.examples import FloatArray, IntArray
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import Quick

_USUAL = 1000
_LEAST = 200
_WORK = 20_000_000  # examples times resamples; about two seconds
_DEFINED = 0.95  # of the resamples, for an interval to be told

Samples = dict[str, FloatArray]


def plan(options: Options, rows: int, *, is_forecast: bool) -> Bootstrap | None:
    """How the examples are drawn; ``None`` where no interval is wanted or there is one example only."""
    count = options.resamples
    if count is None:
        count = max(_LEAST, min(_USUAL, _WORK // rows))
    if count == 0 or rows < 2:
        return None
    block = max(1, ceil(rows ** (1 / 3))) if is_forecast else 1
    return Bootstrap(int(count), float(options.confidence_level), int(options.seed), block)


def resampled(quick: Sequence[Quick], drawn: Bootstrap, order: IntArray) -> list[Samples]:
    """The metrics of each resample.

    Args:
        quick: The metrics, of one model or of several on the same examples, which share the resamples.
        drawn: How the examples are drawn.
        order: Rows in the order of time, int64; any for examples without one.

    Returns:
        For each of ``quick`` the values by name, float64, shape (resamples,).
    """
    rows = [[each(weights) for each in quick] for weights in _weights(drawn, order)]
    return [
        {name: np.array([row[place][name] for row in rows]) for name in rows[0][place]} for place in range(len(quick))
    ]


def interval(samples: FloatArray, level: float) -> tuple[float, float] | None:
    """The two ends between which this share of the samples lies; ``None`` where too many are not defined."""
    defined = samples[np.isfinite(samples)]
    if len(defined) < _DEFINED * len(samples):
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def intervals(samples: Mapping[str, FloatArray], level: float) -> dict[str, tuple[float, float]]:
    """The intervals of those metrics that have one."""
    found = {name: interval(values, level) for name, values in samples.items()}
    return {name: ends for name, ends in found.items() if ends is not None}


def _weights(drawn: Bootstrap, order: IntArray) -> Iterator[FloatArray]:
    """How often each row is drawn, resample after resample."""
    random = np.random.default_rng(drawn.seed)
    count = len(order)
    steps = np.arange(drawn.block)
    for _ in range(drawn.resamples):
        starts = random.integers(0, count, ceil(count / drawn.block))
        places = (starts[:, np.newaxis] + steps).ravel()[:count] % count
        yield np.bincount(order[places], minlength=count).astype(np.float64)
