"""What a regressor or a forecaster said, and its metrics: scikit-learn's, and those of forecasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as sk

from runstone.entities.names import shown
from runstone.errors import InvalidValue, Unsupported
from runstone.evaluation.examples import Examples, FloatArray, finite_numbers
from runstone.evaluation.models import Model, column_of_output
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import Scores, counted

# A spread below this share of the squares is what rounding left.
_ROUNDING = 1e-12

BETTER = {
    "score": True,
    "mean_absolute_error": False,
    "mean_squared_error": False,
    "root_mean_squared_error": False,
    "r2_score": True,
    "max_error": False,
    "mean_absolute_percentage_error": False,
    "weighted_absolute_percentage_error": False,
    "symmetric_mean_absolute_percentage_error": False,
    "mean_absolute_scaled_error": False,
    "mean_interval_width": False,
}


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Examples, and the numbers that a model said of them.

    Attributes:
        truth: float64, shape (rows,).
        predicted: float64, shape (rows,).
        weights: Of the examples, float64, shape (rows,).
        is_forecast: Whether the metrics of forecasts are wanted besides.
        lower: Lower bounds that were predicted, float64, shape (rows,).
        upper: Upper bounds.
        scale: What the absolute error of each row is divided by, float64, shape (rows,), for the scaled error.
    """

    truth: FloatArray
    predicted: FloatArray
    weights: FloatArray | None
    is_forecast: bool = False
    lower: FloatArray | None = None
    upper: FloatArray | None = None
    scale: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.truth)

    def part(self, rows: NDArray[Any]) -> "Numbers":
        """Some of the rows."""

        def of(array: FloatArray | None) -> FloatArray | None:
            return None if array is None else array[rows]

        return Numbers(
            self.truth[rows],
            self.predicted[rows],
            of(self.weights),
            self.is_forecast,
            of(self.lower),
            of(self.upper),
            of(self.scale),
        )


def numbers(
    found: Examples, model: Model | None, predictions: str | None, options: Options, *, is_forecast: bool
) -> Numbers:
    """Let a regressor or a forecaster predict, or read its predictions from the data.

    Args:
        found: The examples, with targets.
        model: What predicts; ``None`` where the predictions are a column.
        predictions: Name of that column, or of one that the model gives.
        options: Names of further columns.
        is_forecast: Whether it is a forecaster.

    Raises:
        InvalidValue: What was predicted does not fit.
        Unsupported: Several numbers are predicted for each row.
    """
    if model is None:
        assert predictions is not None
        said = np.asarray(found.column(predictions, "predictions"))
    else:
        said = column_of_output(model.predict(found.features), predictions)
    if said.ndim != 1:
        raise Unsupported(
            f"one number for each row is evaluated; got an array of shape {said.shape}: take one at a time"
        )
    if len(said) != len(found):
        raise InvalidValue(f"the data has {len(found)} rows, and the model gave {len(said)} predictions")
    truth = finite_numbers(found.targets, "targets")
    predicted = finite_numbers(said, "predictions")
    if not is_forecast:
        return Numbers(truth, predicted, found.weights)
    lower = upper = None
    if options.lower is not None and options.upper is not None:
        lower, upper = found.numbers(options.lower, "lower"), found.numbers(options.upper, "upper")
        if (lower > upper).any():
            row = int(np.argmax(lower > upper))
            raise InvalidValue(
                f"the lower bound is above the upper one in row {row}: {lower[row]:g} and {upper[row]:g}"
            )
    scale = _scale(found, options)
    return Numbers(truth, predicted, found.weights, is_forecast=True, lower=lower, upper=upper, scale=scale)


def _scale(found: Examples, options: Options) -> FloatArray | None:
    """The mean error of the naive forecast on the history, for each row."""
    if options.history is None:
        return None
    if not isinstance(options.history, Mapping):
        return np.full(len(found), _naive_error(options.history, options.seasonality, "history"))
    if options.series is None:
        raise InvalidValue("history has one sequence for each series; name the column by evaluator_config['series']")
    names = found.column(options.series, "series").tolist()
    errors = {}
    for name in dict.fromkeys(names):
        if name not in options.history:
            raise InvalidValue(f"history has nothing of the series {shown(name)}")
        errors[name] = _naive_error(options.history[name], options.seasonality, f"history of {name}")
    return np.array([errors[name] for name in names])


def _naive_error(history: Any, seasonality: int, what: str) -> float:
    values = finite_numbers(history, what)
    if len(values) <= seasonality:
        raise InvalidValue(f"{what} is longer than a season of {seasonality}; got {len(values)} values")
    error = float(np.abs(values[seasonality:] - values[:-seasonality]).mean())
    if error == 0:
        raise InvalidValue(f"{what} repeats itself exactly: the naive forecast has no error to compare with")
    return error


def number_scores(given: Numbers) -> Scores:
    """The metrics of a regressor or a forecaster, by scikit-learn where it has them, with MLflow's names."""
    truth, predicted, weights = given.truth, given.predicted, given.weights
    notes: list[str] = []
    values = {
        "example_count": float(len(truth)),
        "mean_absolute_error": sk.mean_absolute_error(truth, predicted, sample_weight=weights),
        "mean_squared_error": sk.mean_squared_error(truth, predicted, sample_weight=weights),
        "root_mean_squared_error": sk.root_mean_squared_error(truth, predicted, sample_weight=weights),
        "sum_on_target": float(truth.sum() if weights is None else truth @ weights),
        "mean_on_target": float(np.average(truth, weights=weights)),
        "max_error": sk.max_error(truth, predicted),
        "mean_absolute_percentage_error": sk.mean_absolute_percentage_error(truth, predicted, sample_weight=weights),
    }
    if len(counted(given)) > 1:
        values["r2_score"] = sk.r2_score(truth, predicted, sample_weight=weights)
    else:
        notes.append("r2_score is not defined for one example")
    if (zeros := int((truth == 0).sum())) > 0:
        notes.append(f"mean_absolute_percentage_error says little: {zeros} of the targets are 0")
    if given.is_forecast:
        values |= QuickNumbers(given).of_forecasts(np.ones(len(truth)) if weights is None else weights)
    values = {name: float(value) for name, value in values.items() if np.isfinite(value)}
    return Scores(values, BETTER, notes)


@dataclass(frozen=True, eq=False)
class QuickNumbers:
    """The metrics of numbers as functions of the weights of the examples."""

    given: Numbers

    def __call__(self, weights: FloatArray) -> dict[str, float]:
        """The metrics where each example counts so much; NaN where one is not defined.

        Args:
            weights: float64, shape (rows,).
        """
        if self.given.weights is not None:
            weights = weights * self.given.weights
        total, sums = float(weights.sum()), self._sums(weights)
        squared = sums["squared"]
        spread = sums["spread"] - sums["centred"] ** 2 / total
        is_spread = spread > _ROUNDING * sums["spread"]
        found = {
            "mean_absolute_error": sums["absolute"] / total,
            "mean_squared_error": squared / total,
            "root_mean_squared_error": sqrt(squared / total),
            "r2_score": 1 - squared / spread if is_spread else nan,
            "mean_absolute_percentage_error": sums["relative"] / total,
        }
        return found | self._of_forecasts(total, sums) if self.given.is_forecast else found

    def of_forecasts(self, weights: FloatArray) -> dict[str, float]:
        """The metrics of forecasts alone."""
        return self._of_forecasts(float(weights.sum()), self._sums(weights))

    def _of_forecasts(self, total: float, sums: dict[str, float]) -> dict[str, float]:
        means = {
            "mean_error": "error",
            "symmetric_mean_absolute_percentage_error": "symmetric",
            "mean_absolute_scaled_error": "scaled",
            "interval_coverage": "inside",
            "mean_interval_width": "width",
        }
        found = {name: sums[column] / total for name, column in means.items() if column in sums}
        found["weighted_absolute_percentage_error"] = sums["absolute"] / sums["size"] if sums["size"] else nan
        return found

    def _sums(self, weights: FloatArray) -> dict[str, float]:
        return dict(zip(self._columns, (weights @ self._table).tolist(), strict=True))

    @cached_property
    def _table(self) -> FloatArray:
        return np.column_stack(list(self._columns.values()))

    @cached_property
    def _columns(self) -> dict[str, FloatArray]:
        """All that is summed up, row by row: so one product gives all sums."""
        given = self.given
        errors, size = given.truth - given.predicted, np.abs(given.truth)
        absolute, centred = np.abs(errors), given.truth - given.truth.mean()
        if np.ptp(given.truth) == 0:
            centred = np.zeros_like(centred)
        columns = {
            "absolute": absolute,
            "squared": errors**2,
            "relative": absolute / np.maximum(size, np.finfo(np.float64).eps),
            "centred": centred,
            "spread": centred**2,
        }
        if not given.is_forecast:
            return columns
        # Twice the error by the sum of both, as the M competitions count it; 0 where both are 0.
        both = size + np.abs(given.predicted)
        symmetric = np.divide(2 * absolute, both, out=np.zeros_like(both), where=both > 0)
        columns |= {"error": -errors, "size": size, "symmetric": symmetric}
        if given.scale is not None:
            columns["scaled"] = absolute / given.scale
        if given.lower is not None and given.upper is not None:
            columns["inside"] = ((given.lower <= given.truth) & (given.truth <= given.upper)).astype(np.float64)
            columns["width"] = given.upper - given.lower
        return columns
