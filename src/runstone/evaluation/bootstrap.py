"""Intervals of metrics: the examples are drawn anew, with replacement, and the metrics computed again.

The ends are percentiles of the resamples (Efron, 1979). Errors of forecasts depend on their neighbours, so their
examples are drawn in blocks of a circle (Politis and Romano, 1992). Of very many examples a part is drawn from, and
the deviations shrink with the root of its share (Bickel, Goetze and van Zwet, 1997), so that the time stays the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import TypeVar

import numpy as np

from runstone.evaluation.document import Bootstrap
from runstone.evaluation.examples import FloatArray, IntArray
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import Judged, Quick, counted

_RESAMPLES = 1000
_EXAMPLES = 20_000
_DEFINED = 0.95  # of the resamples, for an interval to be told

Samples = dict[str, FloatArray]
T = TypeVar("T", bound=Judged)


def plan(options: Options, rows: int, *, is_forecast: bool) -> Bootstrap | None:
    """How so many examples are drawn; ``None`` where no interval is wanted or there is one example only."""
    count = _RESAMPLES if options.resamples is None else int(options.resamples)
    if count == 0 or rows < 2:
        return None
    used = min(rows, _EXAMPLES)
    block = max(1, ceil(used ** (1 / 3))) if is_forecast else 1
    return Bootstrap(count, float(options.confidence_level), int(options.seed), block, used if used < rows else None)


def resampled(models: Sequence[T], quick: Callable[[T], Quick], drawn: Bootstrap, order: IntArray) -> list[Samples]:
    """The metrics of each resample.

    Args:
        models: What models said of the same examples; they share the resamples. Examples of weight 0 are not drawn.
        quick: The metrics as a function of weights.
        drawn: How the examples are drawn.
        order: Rows in the order of time, int64; any for examples without one.

    Returns:
        For each model the values by name, float64, shape (resamples,).
    """
    order = order[np.isin(order, counted(models[0]))]
    rows = _part(drawn, order)
    parts = [quick(model.part(rows)) for model in models]
    values = [[part(weights) for part in parts] for weights in _weights(drawn, len(rows))]
    samples = [
        {name: np.array([row[place][name] for row in values]) for name in values[0][place]}
        for place in range(len(parts))
    ]
    if len(rows) == len(order):
        return samples
    shrink = sqrt(len(rows) / len(order))
    for each, part, model in zip(samples, parts, models, strict=True):
        here, everywhere = part(np.ones(len(rows))), quick(model.part(order))(np.ones(len(order)))
        for name in each:
            each[name] = everywhere[name] + (each[name] - here[name]) * shrink
    return samples


def _part(drawn: Bootstrap, order: IntArray) -> IntArray:
    """The rows that are drawn from: all, or blocks from everywhere."""
    if drawn.examples is None:
        return order
    blocks = len(order) // drawn.block
    wanted = drawn.examples // drawn.block
    chosen = np.sort(np.random.default_rng(drawn.seed).choice(blocks, wanted, replace=False))
    rows: IntArray = order[(chosen[:, np.newaxis] * drawn.block + np.arange(drawn.block)).ravel()]
    return rows


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


def _weights(drawn: Bootstrap, count: int) -> Iterator[FloatArray]:
    """How often each row is drawn, resample after resample."""
    random = np.random.default_rng(drawn.seed)
    steps = np.arange(drawn.block)
    for _ in range(drawn.resamples):
        starts = random.integers(0, count, ceil(count / drawn.block))
        places = (starts[:, np.newaxis] + steps).ravel()[:count] % count
        yield np.bincount(places, minlength=count).astype(np.float64)
