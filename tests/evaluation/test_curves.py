"""Curves are scikit-learn's, with few points."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import runstone
from runstone.evaluation import curves
from runstone.evaluation.classes import Classified, Labels
from runstone.evaluation.document import Evaluation
from runstone.evaluation.explanations import Explained
from runstone.evaluation.feature_records import Shap, ShapFeature
from runstone.evaluation.pictures import pictures
from tests.evaluation.conftest import PLAIN


def binary(rows: int = 500, weights: Any = None) -> Classified:
    random = np.random.default_rng(3)
    truth = random.integers(0, 2, rows)
    told = np.clip(truth * 0.3 + random.uniform(0, 0.7, rows), 0, 1)
    both = np.column_stack([1 - told, told])
    return Classified(Labels([0, 1], 1), truth, (told > 0.5).astype(int), both, weights, "weighted")


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60), st.integers(2, 10))
def test_thinned_curve_keeps_its_ends(values: list[float], points: int) -> None:
    x, y = np.sort(np.array(values)), np.array(values)

    thin_x, thin_y = curves.thinned(x, y, points)

    assert len(thin_x) == len(thin_y) <= max(points, 2)
    assert (thin_x[0], thin_y[0], thin_x[-1], thin_y[-1]) == (x[0], y[0], x[-1], y[-1])
    assert set(zip(thin_x, thin_y, strict=True)) <= set(zip(x.tolist(), y.tolist(), strict=True))


def test_roc_curve_has_the_area_of_scikit_learn_even_when_thinned() -> None:
    examples = binary(5000)

    curve = curves.roc(examples, most=10)[0]

    assert examples.probabilities is not None
    exact = sk.roc_auc_score(examples.truth, examples.probabilities[:, 1])
    assert curve.area == exact
    assert len(curve.x) <= curves.POINTS
    assert sk.auc(curve.x, curve.y) == pytest.approx(exact, abs=0.005)


def test_precision_recall_curve_begins_at_recall_zero() -> None:
    curve = curves.precision_recall(binary(), most=10)[0]

    assert (curve.x[0], curve.y[0], curve.x[-1]) == (0.0, 1.0, 1.0)
    assert curve.x == sorted(curve.x)


def test_calibration_is_that_of_scikit_learn_with_the_counts_of_its_bins() -> None:
    examples = binary()
    assert examples.probabilities is not None

    curve = curves.calibration(examples, most=10)[0]

    y, x = calibration_curve(examples.truth, examples.probabilities[:, 1], n_bins=10)
    assert curve.x == pytest.approx(x)
    assert curve.y == pytest.approx(y)
    assert curve.counts is not None
    assert sum(curve.counts) == 500


def test_lift_ends_at_one() -> None:
    curve = curves.lift(binary(), most=10)[0]

    assert (curve.x[-1], curve.y[-1]) == (1.0, 1.0)
    assert curve.y[0] == pytest.approx(500 / binary().truth.sum())


@pytest.mark.parametrize("order", [1, -1])
def test_lift_of_equal_scores_does_not_depend_on_the_order_of_the_rows(order: int) -> None:
    truth = np.repeat([0, 1], 50)[::order]
    told = np.r_[np.full(20, 0.9), np.full(80, 0.2)]
    examples = Classified(Labels([0, 1], 1), truth, truth, np.column_stack([1 - told, told]), None, "weighted")

    curve = curves.lift(examples, most=10)[0]

    assert curve.x == [0.2, 1.0]
    assert curve.y == [truth[:20].mean() * 2, 1.0]


def test_weights_count_as_examples_do() -> None:
    twice = binary(weights=np.full(500, 2.0))

    for draw in (curves.roc, curves.precision_recall, curves.lift, curves.calibration):
        weighted, plain = draw(twice, 10)[0], draw(binary(), 10)[0]
        assert weighted.x == pytest.approx(plain.x)
        assert weighted.y == pytest.approx(plain.y)


def test_each_label_of_several_has_its_curves_and_metrics() -> None:
    features, species = load_iris(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=1000).fit(features, species)

    found = runstone.evaluate(
        model, features, targets=species, model_type="classifier", evaluator_config=PLAIN
    ).evaluation

    assert [curve.label for curve in found.roc] == ["0", "1", "2"]
    assert found.lift == []
    assert found.positive is None
    assert found.labels == ["0", "1", "2"]
    assert found.confusion is not None
    assert found.confusion.counts == sk.confusion_matrix(species, model.predict(features)).tolist()
    assert found.classes is not None
    recalls = sk.recall_score(species, model.predict(features), average=None)
    assert [row["recall_score"] for row in found.classes.values()] == pytest.approx(recalls)
    areas = [sk.roc_auc_score(species == place, model.predict_proba(features)[:, place]) for place in range(3)]
    assert [row["roc_auc"] for row in found.classes.values()] == pytest.approx(areas)


def test_too_many_labels_have_no_curves_and_that_is_said() -> None:
    data = pd.DataFrame({"y": [0, 1, 2], "guess": [0, 1, 1], "a": [0.8, 0.1, 0.2], "b": [0.1, 0.8, 0.5]})
    data["c"] = 1 - data["a"] - data["b"]
    config = {**PLAIN, "probabilities": ["a", "b", "c"], "max_classes_for_multiclass_roc_pr": 2}

    found = runstone.evaluate(
        data=data, targets="y", predictions="guess", model_type="classifier", evaluator_config=config
    ).evaluation

    assert found.roc == []
    assert found.notes == ["3 labels have no curves: more than max_classes_for_multiclass_roc_pr, 2"]


def test_label_that_is_never_true_has_no_curve() -> None:
    data = pd.DataFrame({"y": [0, 1, 0], "guess": [0, 1, 2], "a": [0.8, 0.1, 0.2], "b": [0.1, 0.8, 0.5]})
    data["c"] = 1 - data["a"] - data["b"]

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        evaluator_config={**PLAIN, "probabilities": ["a", "b", "c"]},
    ).evaluation

    assert [curve.label for curve in found.roc] == ["0", "1"]
    assert found.classes is not None
    assert found.classes["2"]["roc_auc"] is None
    assert found.notes == ["roc_auc is not defined: there is no example of '2' among the targets"]


def test_names_are_drawn_as_they_are() -> None:
    labels = ["cost in $ or ${", "long " * 100]

    found = runstone.evaluate(
        data={"y": labels, "guess": labels},
        targets="y",
        predictions="guess",
        model_type="classifier",
        evaluator_config={"resamples": 0},
    )

    assert found.artifacts["confusion_matrix"].data.startswith(b"\x89PNG")


def test_pictures_have_the_names_of_mlflow(patients: pd.DataFrame, classifier: Any) -> None:
    result = runstone.evaluate(
        classifier,
        patients,
        targets="ill",
        feature_names=["age", "dose"],
        model_type="classifier",
        evaluator_config={"resamples": 0},
    )

    assert set(result.artifacts) == {
        "roc_curve_plot",
        "precision_recall_curve_plot",
        "lift_curve_plot",
        "calibration_curve_plot",
        "confusion_matrix",
        "permutation_importance_plot",
        "importance",
    }
    assert result.artifacts["roc_curve_plot"].data.startswith(b"\x89PNG")
    assert result.artifacts["importance"].data.startswith(b"name,mean,low,high\nage,")


def test_shap_values_have_a_picture() -> None:
    rows = pd.DataFrame({"age": [1, 2, 3], "ward": ["n", "s", "n"]})
    features = [ShapFeature("ward", 0.4, [0.3, 0.1]), ShapFeature("age", 0.2, [0.1, 0.1])]
    values = np.random.default_rng(0).normal(size=(3, 2, 1))

    for labels in [], ["a", "b"]:
        kept = Shap("tree", "probability", 3, features, labels=labels)
        evaluation = Evaluation(1, "classifier", 3, {}, positive="yes", shap=kept)
        for shown in (rows, rows[["age", "age"]].to_numpy()):
            drawn = pictures(evaluation, Explained(kept, values, shown, ["age", "ward"]))
            assert drawn["shap_summary_plot.png"].startswith(b"\x89PNG")
