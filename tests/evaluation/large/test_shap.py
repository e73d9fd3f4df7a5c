"""SHAP values of an evaluation are those of the library, and never in its way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shap
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

import runstone
import runstone.sklearn
from runstone.evaluation import explanations
from runstone.evaluation.feature_records import Shap

# One feature alone matters.
RANDOM = np.random.default_rng(3)
ROWS = pd.DataFrame(RANDOM.normal(size=(120, 4)), columns=["noise", "signal", "more", "still"])
LEVEL = 3 * ROWS["signal"] + RANDOM.normal(0, 0.1, 120)
IS_HIGH = (ROWS["signal"] > 0).astype(int)
KIND = pd.cut(ROWS["signal"], 3, labels=["low", "middle", "high"]).astype(str)
WARDS = ROWS.assign(ward=pd.Categorical(RANDOM.choice(["north", "south"], 120)))


def evaluated(model: Any, rows: Any, targets: Any, model_type: str, **config: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        model, rows, targets=targets, model_type=model_type, evaluator_config={"resamples": 0, **config}
    )


def found(model: Any, rows: Any, targets: Any, model_type: str, **config: Any) -> Shap:
    # However long it takes: a busy machine is no reason to leave them out here.
    result = evaluated(model, rows, targets, model_type, **{"log_model_explainability": True, **config})
    assert result.evaluation.shap is not None, result.evaluation.notes
    return result.evaluation.shap


def means(kept: Shap) -> dict[str, float]:
    return {feature.name: feature.mean for feature in kept.features}


def test_values_of_trees_are_those_of_the_library_and_agree_with_permutations() -> None:
    model = RandomForestRegressor(20, random_state=0).fit(ROWS, LEVEL)

    result = evaluated(model, ROWS, LEVEL, "regressor")

    kept, permuted = result.evaluation.shap, result.evaluation.importance
    assert kept is not None
    assert permuted is not None
    assert (kept.algorithm, kept.unit, kept.examples, kept.background) == ("tree", "prediction", 120, 0)
    own = np.abs(shap.TreeExplainer(model).shap_values(ROWS)).mean(axis=0)
    assert means(kept) == pytest.approx(dict(zip(ROWS.columns, own, strict=True)))
    assert kept.features[0].name == permuted.features[0].name == "signal"
    assert kept.features[0].mean > 20 * kept.features[1].mean
    assert result.artifacts["shap_summary_plot"].data.startswith(b"\x89PNG")
    assert result.tables["shap"]["name"][0] == "signal"
    assert list(result.tables["shap"]["mean"]) == [feature.mean for feature in kept.features]


def test_each_label_of_several_has_its_values_in_the_order_of_the_labels() -> None:
    model = RandomForestClassifier(10, random_state=0).fit(ROWS, KIND)
    order = ["low", "middle", "high"]  # the model's is that of the alphabet

    result = evaluated(model, ROWS, KIND, "classifier", label_list=order)

    kept = result.evaluation.shap
    assert kept is not None
    assert (kept.algorithm, kept.unit, kept.labels) == ("tree", "probability", order)
    own = np.abs(shap.TreeExplainer(model).shap_values(ROWS)).mean(axis=0)[1]
    assert kept.features[0].name == "signal"
    assert kept.features[0].by_label == pytest.approx(own[[1, 2, 0]])
    assert kept.features[0].mean == pytest.approx(own.sum())
    assert list(result.tables["shap"].columns) == ["name", "mean", "mean of low", "mean of middle", "mean of high"]


def test_trees_that_add_up_to_log_odds_or_logarithms_say_so() -> None:
    classifier = GradientBoostingClassifier(n_estimators=5).fit(ROWS, IS_HIGH)
    regressor = HistGradientBoostingRegressor(loss="poisson", max_iter=5).fit(ROWS, np.exp(LEVEL))

    odds = found(classifier, ROWS, IS_HIGH, "classifier")

    assert (odds.algorithm, odds.unit, odds.labels) == ("tree", "log_odds", [])
    own = np.abs(shap.TreeExplainer(classifier).shap_values(ROWS)).mean(axis=0)
    assert means(odds) == pytest.approx(dict(zip(ROWS.columns, own, strict=True)))
    assert found(classifier, ROWS, IS_HIGH, "classifier", pos_label=0) == odds
    assert found(regressor, ROWS, np.exp(LEVEL), "regressor").unit == "log_prediction"


def test_other_models_are_asked() -> None:
    model = LinearRegression().fit(ROWS, LEVEL)

    kept = found(model, ROWS, LEVEL, "regressor")

    # Of a linear model the value is the coefficient times what the feature differs from the mean.
    order = np.random.default_rng(0).permutation(120)
    background = ROWS.iloc[order[-kept.background :]].mean()
    exact = np.abs((ROWS.iloc[order[: kept.examples]] - background) * model.coef_).mean()
    assert (kept.algorithm, kept.unit, kept.background) == ("kernel", "prediction", 50)
    assert means(kept) == pytest.approx(exact.to_dict(), rel=1e-6)


def test_features_keep_their_types_when_they_are_mixed() -> None:
    encoded = make_column_transformer((OneHotEncoder(), ["ward"]), remainder="passthrough")
    model = make_pipeline(encoded, LogisticRegression()).fit(WARDS, KIND)
    seen = []

    def told(rows: pd.DataFrame) -> Any:
        seen.append(rows.dtypes.astype(str).tolist())
        return model.predict_proba(rows)

    kept = found(told, WARDS, KIND, "classifier", explainability_nsamples=20)

    assert seen == [["float64"] * 4 + ["category"]] * len(seen)
    assert (kept.algorithm, kept.unit, kept.examples, kept.labels) == ("kernel", "probability", 20, sorted(set(KIND)))
    assert kept.features[0].name == "signal"


def test_classifier_without_probabilities_is_sure_of_its_labels() -> None:
    words = IS_HIGH.map({0: "low", 1: "high"})

    kept = found(LinearSVC().fit(ROWS, words), ROWS, words, "classifier", explainability_nsamples=30)

    assert kept.unit == "probability"
    assert kept.features[0].name == "signal"
    assert kept.features[0].mean == pytest.approx(0.5, abs=0.1)


def test_array_of_many_features_has_a_short_list() -> None:
    array = np.random.default_rng(0).normal(size=(100, 35))

    kept = found(lambda rows: 2 * rows[:, 7], array, array[:, 7], "regressor", explainability_nsamples=20)

    assert kept.features[0].name == "feature_8"
    assert (len(kept.features), kept.left_out) == (30, 5)
    assert kept.features[1].mean == pytest.approx(0, abs=1e-9)


def test_algorithm_can_be_chosen() -> None:
    model = RandomForestRegressor(5, random_state=0).fit(ROWS, LEVEL)

    def by(algorithm: str) -> Shap:
        return found(model, ROWS, LEVEL, "regressor", explainability_nsamples=4, explainability_algorithm=algorithm)

    kernel, permutation = by("kernel"), by("permutation")

    assert [kept.algorithm for kept in (kernel, permutation)] == ["kernel", "permutation"]
    assert means(permutation) == pytest.approx(means(kernel), rel=0.1, abs=0.01)


def test_trees_that_do_not_see_what_the_model_sees_are_not_believed() -> None:
    class Shuffled:
        """A model that puts columns in another order before it asks its forest."""

        def get_raw_model(self) -> Any:
            return forest

        def predict(self, rows: pd.DataFrame) -> Any:
            return forest.predict(rows[ROWS.columns].to_numpy())

    forest = RandomForestRegressor(5, random_state=0).fit(ROWS.to_numpy(), LEVEL)

    kept = found(Shuffled(), ROWS[ROWS.columns[::-1]], LEVEL, "regressor", explainability_nsamples=20)

    assert kept.algorithm == "kernel"
    assert kept.features[0].name == "signal"


def clock(step: float) -> Callable[[], float]:
    ticks = iter(np.arange(0, 1000, step))
    return lambda: float(next(ticks))


def test_values_that_would_take_long_are_of_fewer_examples_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model = RandomForestRegressor(5, random_state=0).fit(ROWS, LEVEL)

    monkeypatch.setattr(explanations, "perf_counter", clock(0.8))  # of ten examples
    assert found(model, ROWS, LEVEL, "regressor", log_model_explainability=None).examples == 60

    monkeypatch.setattr(explanations, "perf_counter", clock(80))
    result = evaluated(model, ROWS, LEVEL, "regressor")
    assert result.evaluation.shap is None
    told = "SHAP values were left out: they would take about 8 s for each example; "
    assert result.evaluation.notes == [f"{told}evaluator_config={{'log_model_explainability': True}} computes them"]
    assert found(model, ROWS, LEVEL, "regressor").examples == 120


def test_failure_is_a_note() -> None:
    def brittle(rows: pd.DataFrame) -> Any:
        if len(rows) > 120:
            raise ZeroDivisionError("only what I know")
        return rows["signal"]

    result = evaluated(brittle, ROWS, LEVEL, "regressor")

    assert result.metrics["r2_score"] > 0
    assert result.evaluation.shap is None
    told = "SHAP values were left out, for computing them failed with ZeroDivisionError: only what I know; "
    assert result.evaluation.notes == [f"{told}evaluator_config={{'log_model_explainability': False}} does not try"]


def test_random_numbers_of_the_user_are_not_disturbed() -> None:
    np.random.seed(7)
    wanted = np.random.random()
    np.random.seed(7)

    first = found(lambda rows: rows["signal"] ** 2, ROWS, LEVEL, "regressor", explainability_nsamples=20)

    assert np.random.random() == wanted
    assert found(lambda rows: rows["signal"] ** 2, ROWS, LEVEL, "regressor", explainability_nsamples=20) == first


def test_switch_leaves_explanations_out() -> None:
    result = evaluated(lambda rows: rows["signal"], ROWS, LEVEL, "regressor", log_model_explainability=False)

    assert result.evaluation.shap is None
    assert "shap_summary_plot" not in result.artifacts


def test_loaded_model_is_explained_by_the_columns_of_its_signature(tmp_path: Path) -> None:
    forest = RandomForestRegressor(5, random_state=0).fit(ROWS, LEVEL)
    runstone.sklearn.save_model(forest, str(tmp_path / "model"), signature=runstone.models.infer_signature(ROWS))
    rows = ROWS[ROWS.columns[::-1]].assign(extra=1.0)

    kept = found(str(tmp_path / "model"), rows, LEVEL, "regressor")

    assert kept.algorithm == "tree"
    assert means(kept) == pytest.approx(means(found(forest, ROWS, LEVEL, "regressor")))


def test_forecast_with_bounds_of_several_series_is_explained() -> None:
    sales = ROWS.assign(low=LEVEL - 1, high=LEVEL + 1, sales=LEVEL, shop=["a", "b"] * 60)

    kept = found(
        LinearRegression().fit(ROWS, LEVEL),
        sales,
        "sales",
        "forecaster",
        series="shop",
        lower="low",
        upper="high",
        history={"a": [1.0, 2.0], "b": [2.0, 5.0]},
    )

    assert kept.features[0].name == "signal"
