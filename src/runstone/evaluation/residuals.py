"""Errors of predicted numbers, and what a forecast looked like."""

from typing import Any

import numpy as np
import pandas as pd

from runstone.errors import InvalidValue
from runstone.evaluation.document import ForecastSeries, Horizon, Residuals
from runstone.evaluation.examples import Examples, FloatArray, IntArray
from runstone.evaluation.numbers import Numbers
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import counted

_SAMPLE = 1000
_BINS = 40
# Errors that differ by less than this share of the numbers differ by what rounding left.
_ROUNDING = 1e-12
_SERIES = 12
_POINTS = 400


def residuals(given: Numbers, seed: int) -> Residuals:
    """A sample of the errors over the predictions, and the histogram of all of them."""
    errors = given.truth - given.predicted
    rows = np.arange(len(errors))
    if len(rows) > _SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SAMPLE, replace=False))
    rounding = _ROUNDING * float(max(np.abs(given.truth).max(), np.abs(given.predicted).max()))
    counts, edges = _histogram(errors, rounding)
    return Residuals(given.predicted[rows].tolist(), errors[rows].tolist(), edges.tolist(), counts.tolist())


def _histogram(errors: FloatArray, rounding: float) -> tuple[IntArray, FloatArray]:
    """How many errors are in each of some bins of equal width, and the edges of these.

    Args:
        errors: float64, shape (rows,).
        rounding: Errors that differ by no more than this are one value, in one bin: what is between them are too few
            numbers for edges.

    Returns:
        int64, shape (bins,), and float64, shape (bins + 1,).
    """
    bins = int(min(_BINS, max(5, np.ceil(np.sqrt(len(errors))))))
    if np.ptp(errors) > rounding:
        return np.histogram(errors, bins)
    middle = float(errors[0])
    half = max(0.5, abs(middle) / 2)
    return np.histogram(np.full(len(errors), middle), bins, (middle - half, middle + half))


def order(found: Examples, options: Options) -> IntArray:
    """The rows by series, and by time within each; as they come where neither is named."""
    keys = [column_codes(found, name) for name in (options.time, options.series) if name is not None]
    return np.lexsort(keys).astype(np.int64) if keys else np.arange(len(found), dtype=np.int64)


def column_codes(found: Examples, name: str) -> IntArray:
    """Numbers of the values of a column, which have the order of the values.

    Raises:
        InvalidValue: Some are missing, or have no order, such as times with a zone and times without.
    """
    column = found.column(name, "evaluator_config")
    try:
        codes, _ = pd.factorize(column, sort=True)
    except TypeError as error:
        raise InvalidValue(
            f"the values of the column {name!r} have no order: {error}; give all of them one type, and times one zone "
            "or none"
        ) from None
    if (codes < 0).any():
        raise InvalidValue(
            f"{int((codes < 0).sum())} of {len(codes)} values of the column {name!r} are missing, the first in row "
            f"{int(np.argmax(codes < 0))}; drop or fill these rows"
        )
    return np.asarray(codes, dtype=np.int64)


def steps_ahead(found: Examples, name: str) -> IntArray:
    """The number of steps ahead of each row.

    Raises:
        InvalidValue: Some are no whole numbers from 1.
    """
    steps = found.numbers(name, "horizon")
    if (bad := (steps < 1) | (steps % 1 != 0)).any():
        row = int(np.argmax(bad))
        raise InvalidValue(f"horizon is a whole number of steps ahead, from 1; got {steps[row]:g} in row {row}")
    return steps.astype(np.int64)


def series(
    found: Examples, given: Numbers, options: Options, baseline: FloatArray | None
) -> tuple[list[ForecastSeries], list[str]]:
    """What was predicted and what came, series by series, and what was left out.

    Args:
        found: The examples.
        given: Targets and predictions.
        options: Which columns are what.
        baseline: What another model predicted.
    """
    rows = order(found, options)
    names = np.zeros(len(rows), dtype=np.int64) if options.series is None else column_codes(found, options.series)
    texts = [""] if options.series is None else _texts(found, options.series)
    times = None if options.time is None else found.column(options.time, "time")
    made, notes = [], []
    if len(texts) > _SERIES:
        notes.append(f"of {len(texts)} series the first {_SERIES} are drawn")
    for place, text in enumerate(texts[:_SERIES]):
        own = rows[names[rows] == place]
        if len(own) > _POINTS:
            own = own[np.unique(np.linspace(0, len(own) - 1, _POINTS).astype(np.int64))]
        made.append(
            ForecastSeries(
                text,
                [float(row) for row in own] if times is None else [_time(times.iloc[row]) for row in own],
                given.truth[own].tolist(),
                given.predicted[own].tolist(),
                lower=None if given.lower is None else given.lower[own].tolist(),
                upper=None if given.upper is None else given.upper[own].tolist(),
                baseline=None if baseline is None else baseline[own].tolist(),
            )
        )
    return made, notes


def horizons(found: Examples, given: Numbers, options: Options) -> list[Horizon]:
    """The errors by the number of steps ahead, each with its weight."""
    if options.horizon is None:
        return []
    steps = steps_ahead(found, options.horizon)
    made = []
    for step in np.unique(steps[counted(given)]):
        part = given.part(np.flatnonzero(steps == step))
        errors = part.predicted - part.truth
        made.append(
            Horizon(
                int(step),
                len(errors),
                float(np.average(np.abs(errors), weights=part.weights)),
                float(np.sqrt(np.average(errors**2, weights=part.weights))),
                float(np.average(errors, weights=part.weights)),
            )
        )
    return made


def _texts(found: Examples, name: str) -> list[str]:
    _, values = pd.factorize(found.column(name, "series"), sort=True)
    return [str(value) for value in values]


def _time(value: Any) -> str | float:
    if isinstance(value, pd.Timestamp | pd.Period):
        return value.isoformat() if isinstance(value, pd.Timestamp) else str(value)
    return float(value) if isinstance(value, int | float | np.number) else str(value)
