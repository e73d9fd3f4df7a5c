"""What a model looks at."""

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance

import runstone
from runstone.evaluation import importance

QUICK = {"resamples": 0, "pictures": False}


def evaluated(model: Any, data: Any, **config: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        model,
        data,
        targets="price",
        model_type="regressor",
        evaluator_config={**QUICK, **config},
    )


def test_importance_is_that_of_scikit_learn(houses: pd.DataFrame, regressor: Any) -> None:
    found = evaluated(regressor, houses, importance_repeats=3, seed=4).evaluation.importance

    assert found is not None
    assert (found.method, found.metric, found.repeats, found.examples) == ("permutation", "r2_score", 3, 200)
    exact = permutation_importance(
        regressor, houses[["size", "age"]], houses["price"], n_repeats=3, random_state=4
    ).importances
    assert [feature.name for feature in found.features] == ["size", "age"]
    assert [feature.mean for feature in found.features] == pytest.approx(exact.mean(axis=1))
    assert [feature.low for feature in found.features] == pytest.approx(exact.min(axis=1))


def test_label_that_is_looked_for_may_be_too_rare_for_the_sample() -> None:
    rows = np.random.default_rng(0).normal(size=(3000, 2))
    is_fraud = np.arange(3000) == 1500

    found = runstone.evaluate(
        lambda rows: np.where(rows[:, 0] > 9, "fraud", "fine"),
        rows,
        targets=np.where(is_fraud, "fraud", "fine"),
        model_type="classifier",
        evaluator_config={**QUICK, "pos_label": "fraud", "explainability_nsamples": 50},
    ).evaluation.importance

    assert found is not None
    assert [feature.mean for feature in found.features] == [0, 0]


def test_importance_is_weighted_as_the_metric_is(houses: pd.DataFrame, regressor: Any) -> None:
    weights = np.arange(200) % 3
    counted = houses[weights > 0]

    found = evaluated(regressor, houses, importance_repeats=3, sample_weights=weights).evaluation.importance

    assert found is not None
    exact = permutation_importance(
        regressor,
        counted[["size", "age"]],
        counted["price"],
        n_repeats=3,
        random_state=0,
        sample_weight=weights[weights > 0],
    )
    assert [feature.mean for feature in found.features] == pytest.approx(exact.importances_mean)
    assert found.examples == len(counted)


def test_importance_of_an_array_has_names_by_place(houses: pd.DataFrame, regressor: Any) -> None:
    def predict(rows: Any) -> Any:
        return 3 * rows[:, 0]

    found = runstone.evaluate(
        predict,
        houses[["size", "age"]].to_numpy(),
        targets=houses["price"],
        model_type="regressor",
        evaluator_config=QUICK,
    ).evaluation.importance

    assert found is not None
    assert [feature.name for feature in found.features] == ["feature_1", "feature_2"]
    assert found.features[1].mean == 0


def test_importance_is_tried_on_a_sample_and_its_list_is_short() -> None:
    random = np.random.default_rng(0)
    data = pd.DataFrame(random.normal(size=(1500, 35)), columns=[f"x{place}" for place in range(35)])
    data["price"] = data["x7"] * 2

    found = evaluated(lambda rows: rows["x7"], data, importance_repeats=2).evaluation.importance

    assert found is not None
    assert found.examples == 1000
    assert found.features[0].name == "x7"
    assert (len(found.features), found.left_out) == (30, 5)
    fewer = evaluated(lambda rows: rows["x7"], data, importance_repeats=2, explainability_nsamples=50)
    assert fewer.evaluation.importance is not None
    assert fewer.evaluation.importance.examples == 50


def test_model_that_writes_into_its_rows_changes_no_example() -> None:
    rows = pd.DataFrame({"height": np.arange(30.0), "noise": np.arange(30.0) % 3, "grams": 2 * np.arange(30.0)})

    def doubled(given: pd.DataFrame) -> Any:
        given["double"] = 2 * given["height"]
        return given["double"]

    result = runstone.evaluate(doubled, rows, targets="grams", model_type="regressor", slices=["noise"])

    assert list(rows.columns) == ["height", "noise", "grams"]
    assert result.metrics["mean_absolute_error"] == 0.0
    assert result.evaluation.importance is not None
    assert [feature.name for feature in result.evaluation.importance.features] == ["height", "noise"]


def test_importance_can_be_switched_off(houses: pd.DataFrame, regressor: Any) -> None:
    assert evaluated(regressor, houses, log_model_explainability=False).evaluation.importance is None


def clock(step: float) -> Callable[[], float]:
    ticks = iter(np.arange(0, 100, step))
    return lambda: float(next(ticks))


def test_importance_that_would_take_long_is_left_out_and_that_is_said(
    houses: pd.DataFrame, regressor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importance, "perf_counter", clock(2.0))

    found = evaluated(regressor, houses).evaluation

    assert found.importance is None
    told = "the importance of the 2 features was left out: it would take about 20 s; "
    assert found.notes == [told + "evaluator_config={'log_model_explainability': True} measures it"]


def test_importance_that_takes_long_is_measured_when_wanted(
    houses: pd.DataFrame, regressor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importance, "perf_counter", clock(2.0))

    assert evaluated(regressor, houses, log_model_explainability=True).evaluation.importance is not None


def test_without_the_library_nothing_is_said_of_shap_but_to_whom_asks_for_it(
    houses: pd.DataFrame, regressor: Any
) -> None:
    plain = evaluated(regressor, houses, importance_repeats=2, log_explainer=False)
    asked = evaluated(regressor, houses, importance_repeats=2, explainability_algorithm="kernel")

    assert importlib.util.find_spec("shap") is None, "it is for the environment of the large libraries"
    assert (plain.evaluation.shap, plain.evaluation.notes) == (None, [])
    assert asked.evaluation.notes == ["SHAP values need the library shap: pip install shap"]
