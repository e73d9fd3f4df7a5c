"""Metrics of numbers are scikit-learn's, and the quick ones are the same."""

from math import nan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import runstone
from runstone.errors import InvalidValue
from runstone.evaluation.numbers import Numbers, QuickNumbers, number_scores
from runstone.evaluation.scoring import counted
from tests.evaluation.conftest import PLAIN


@st.composite
def judged(draw: st.DrawFn) -> Numbers:
    rows = draw(st.integers(3, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    truth, predicted = random.normal(5, 2, rows), random.normal(5, 2, rows)
    weights = np.r_[1.0, random.integers(0, 4, rows - 1)] if draw(st.booleans()) else None
    lower, upper = (predicted - 1, predicted + 1) if draw(st.booleans()) else (None, None)
    scale = np.full(rows, 0.5) if draw(st.booleans()) else None
    return Numbers(truth, predicted, weights, draw(st.booleans()), lower, upper, scale)


@settings(max_examples=30)
@given(judged())
def test_quick_metrics_are_those_of_scikit_learn(examples: Numbers) -> None:
    exact = number_scores(examples).values

    quick = QuickNumbers(examples)(np.ones(len(examples.truth)))

    assert quick == pytest.approx({name: exact.get(name, nan) for name in quick}, nan_ok=True)
    assert set(exact) - set(quick) == {"example_count", "max_error", "mean_on_target", "sum_on_target"}


@settings(max_examples=30)
@given(judged(), st.integers(0, 1000))
def test_metrics_of_drawn_examples_are_those_of_their_rows(examples: Numbers, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, len(examples.truth), len(examples.truth))
    assume(len(counted(examples.part(np.unique(rows)))) > 1)
    drawn = number_scores(examples.part(rows)).values

    quick = QuickNumbers(examples)(np.bincount(rows, minlength=len(examples.truth)).astype(float))

    assert quick == pytest.approx({name: drawn[name] for name in quick})


def test_examples_of_weight_zero_are_as_if_they_were_not_there() -> None:
    random = np.random.default_rng(0)
    data = pd.DataFrame({"y": random.normal(size=40), "guess": random.normal(size=40), "w": [0.0] * 36 + [1.0] * 4})
    options = {**PLAIN, "resamples": 100}

    weighted, alone = (
        runstone.evaluate(
            data=part, targets="y", predictions="guess", model_type="regressor", evaluator_config=options | chosen
        )
        for part, chosen in ((data, {"sample_weights": "w"}), (data[36:], {}))
    )

    assert "r2_score" in alone.intervals
    assert weighted.intervals == {name: pytest.approx(ends) for name, ends in alone.intervals.items()}
    assert {**weighted.metrics, "example_count": 4, "max_error": alone.metrics["max_error"]} == pytest.approx(
        alone.metrics
    )


def test_metrics_have_the_names_of_mlflow_and_the_values_of_scikit_learn(houses: pd.DataFrame, regressor: Any) -> None:
    said, truth = regressor.predict(houses[["size", "age"]]), houses["price"]

    found = runstone.evaluate(
        regressor, houses, targets="price", model_type="regressor", evaluator_config=PLAIN
    ).metrics

    assert found == pytest.approx(
        {
            "score": sk.r2_score(truth, said),
            "example_count": 200,
            "mean_absolute_error": sk.mean_absolute_error(truth, said),
            "mean_squared_error": sk.mean_squared_error(truth, said),
            "root_mean_squared_error": sk.root_mean_squared_error(truth, said),
            "sum_on_target": truth.sum(),
            "mean_on_target": truth.mean(),
            "r2_score": sk.r2_score(truth, said),
            "max_error": sk.max_error(truth, said),
            "mean_absolute_percentage_error": sk.mean_absolute_percentage_error(truth, said),
        }
    )


def forecast(data: Any, **config: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="forecaster",
        evaluator_config={**PLAIN, **config},
    )


def test_forecast_has_metrics_of_forecasts_besides() -> None:
    data = {"y": [10.0, 20.0, 30.0], "guess": [12.0, 20.0, 24.0], "low": [9.0, 21.0, 20.0], "high": [13.0, 25.0, 31.0]}

    found = forecast(data, lower="low", upper="high", history=[1.0, 3.0, 5.0, 9.0]).metrics

    assert found["mean_error"] == pytest.approx(-4 / 3)
    assert found["weighted_absolute_percentage_error"] == pytest.approx(8 / 60)
    assert found["symmetric_mean_absolute_percentage_error"] == pytest.approx((4 / 22 + 0 + 12 / 54) / 3)
    assert found["interval_coverage"] == pytest.approx(2 / 3)
    assert found["mean_interval_width"] == pytest.approx(19 / 3)
    assert found["mean_absolute_scaled_error"] == pytest.approx((8 / 3) / (8 / 3))


def test_history_of_several_series_scales_each() -> None:
    data = {"shop": ["a", "a", "b"], "y": [1.0, 2.0, 100.0], "guess": [2.0, 2.0, 110.0]}

    found = forecast(data, series="shop", history={"a": [1, 2, 3], "b": [0, 10, 20]}).metrics

    assert found["mean_absolute_scaled_error"] == pytest.approx((1 + 0 + 1) / 3)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"history": [1.0]}, "history is longer than a season of 1; got 1 values"),
        ({"history": [2.0, 2.0]}, "repeats itself exactly"),
        ({"history": {"a": [1, 2]}}, r"name the column by evaluator_config\['series'\]"),
        ({"history": {"a": [1, 2]}, "series": "shop"}, "history has nothing of the series 'b'"),
        ({"lower": "high", "upper": "low"}, "the lower bound is above the upper one in row 0: 3 and 1"),
        ({"lower": "low"}, "give both, or none"),
    ],
)
def test_options_of_a_forecast_that_do_not_fit_are_explained(config: dict[str, Any], told: str) -> None:
    data = {"y": [1.0, 2.0], "guess": [1.0, 2.0], "shop": ["a", "b"], "low": [1.0, 1.0], "high": [3.0, 3.0]}

    with pytest.raises(InvalidValue, match=told):
        forecast(data, **config)


def test_percentages_of_zero_are_noted() -> None:
    found = forecast({"y": [0.0, 2.0], "guess": [1.0, 2.0]})

    assert found.evaluation.notes == ["mean_absolute_percentage_error says little: 1 of the targets are 0"]


def test_metric_of_one_example_is_left_out_and_said_so() -> None:
    found = forecast({"y": [1.0], "guess": [2.0]})

    assert "r2_score" not in found.metrics
    assert found.evaluation.notes == ["r2_score is not defined for one example"]


def test_model_is_evaluated_on_one_example(houses: pd.DataFrame, regressor: Any) -> None:
    found = runstone.evaluate(
        regressor, houses[:1], targets="price", model_type="regressor", evaluator_config={"pictures": False}
    )

    assert found.metrics["example_count"] == 1
    assert "score" not in found.metrics
    assert found.evaluation.importance is None
    assert found.evaluation.notes == ["r2_score is not defined for one example"]


@pytest.mark.parametrize("offset", [0.0, 0.1, 1.0, 1.5, 1e16])
def test_errors_that_differ_by_rounding_alone_are_in_one_bin(offset: float) -> None:
    truth = np.random.default_rng(0).normal(size=100)

    found = forecast({"y": truth, "guess": truth + offset}).evaluation.residuals

    assert found is not None
    assert sorted(found.counts)[-2:] == [0, 100]
    assert found.edges[0] < -offset < found.edges[-1]
