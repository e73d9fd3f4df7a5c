"""Metrics of classifiers are scikit-learn's, and the quick ones are the same."""

from math import nan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import runstone
from runstone.evaluation.classes import Classified, Labels
from runstone.evaluation.classification import QuickClassification, classification_scores
from tests.evaluation.conftest import PLAIN


@st.composite
def judged(draw: st.DrawFn) -> Classified:
    """Examples of two to four labels, each of which is true of one at least, with ties among the probabilities."""
    count = draw(st.integers(2, 4))
    rows = draw(st.integers(count + 1, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    truth = np.r_[np.arange(count), random.integers(0, count, rows - count)]
    told = random.integers(1, draw(st.integers(3, 50)), (rows, count)).astype(float)
    told /= told.sum(axis=1, keepdims=True)
    predicted = random.integers(0, count, rows)
    weights = np.r_[1.0, random.integers(0, 4, rows - 1)] if draw(st.booleans()) else None
    labels = Labels([f"label {place}" for place in range(count)], draw(st.integers(0, 1)) if count == 2 else None)
    return Classified(labels, truth, predicted, told, weights, draw(st.sampled_from(["weighted", "macro", "micro"])))


@settings(max_examples=30)
@given(judged())
def test_quick_metrics_are_those_of_scikit_learn(examples: Classified) -> None:
    exact = classification_scores(examples).values

    quick = QuickClassification(examples)(np.ones(len(examples.truth)))

    assert quick == pytest.approx({name: exact.get(name, nan) for name in quick}, abs=1e-9, nan_ok=True)
    assert set(exact) - set(quick) <= {
        "example_count", "true_negatives", "false_positives", "false_negatives", "true_positives",
    }  # fmt: skip


@settings(max_examples=30)
@given(judged(), st.integers(0, 1000))
def test_metrics_of_drawn_examples_are_those_of_their_rows(examples: Classified, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, len(examples.truth), len(examples.truth))
    assume(len(examples.part(rows).seen) > 0)
    drawn = classification_scores(examples.part(rows)).values

    quick = QuickClassification(examples)(np.bincount(rows, minlength=len(examples.truth)).astype(float))

    assert quick == pytest.approx({name: drawn.get(name, nan) for name in quick}, abs=1e-9, nan_ok=True)


def test_mean_of_labels_is_that_of_those_that_occur() -> None:
    data = {"y": [0, 0, 1, 1, 2, 2], "guess": [0, 0, 1, 1, 2, 1], "kind": list("aabbcc")}

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        slices=["kind"],
        evaluator_config={**PLAIN, "average": "macro", "label_list": [0, 1, 2, 3]},
    )

    assert found.metrics["recall_score"] == sk.recall_score(data["y"], data["guess"], average="macro")
    assert found.metrics["f1_score"] == sk.f1_score(data["y"], data["guess"], average="macro")
    assert [part.metrics["recall_score"].value for part in found.evaluation.slices] == [1, 1, 0.25]


def test_metrics_have_the_names_of_mlflow_and_the_values_of_scikit_learn(
    patients: pd.DataFrame, classifier: Any
) -> None:
    features, truth = patients[["age", "dose"]], patients["ill"]
    said, told = classifier.predict(features), classifier.predict_proba(features)[:, 1]

    found = runstone.evaluate(
        classifier,
        patients,
        targets="ill",
        feature_names=["age", "dose"],
        model_type="classifier",
        evaluator_config=PLAIN,
    ).metrics

    tn, fp, fn, tp = sk.confusion_matrix(truth, said).ravel()
    counts = ("true_negatives", "false_positives", "false_negatives", "true_positives")
    assert [found[name] for name in counts] == [tn, fp, fn, tp]
    assert found["score"] == found["accuracy_score"] == sk.accuracy_score(truth, said)
    assert found["recall_score"] == sk.recall_score(truth, said)
    assert found["precision_score"] == sk.precision_score(truth, said)
    assert found["f1_score"] == sk.f1_score(truth, said)
    assert found["roc_auc"] == sk.roc_auc_score(truth, told)
    assert found["log_loss"] == pytest.approx(sk.log_loss(truth, told))
    assert found["brier_score_loss"] == sk.brier_score_loss(truth, told)
    assert found["balanced_accuracy_score"] == sk.balanced_accuracy_score(truth, said)
    assert found["matthews_corrcoef"] == sk.matthews_corrcoef(truth, said)


def test_label_that_is_looked_for_can_be_named(patients: pd.DataFrame) -> None:
    data = pd.DataFrame({"y": ["sick", "well", "sick", "well"], "guess": ["sick", "sick", "sick", "well"]})

    def recall(**config: Any) -> float:
        config = {**PLAIN, **config}
        found = runstone.evaluate(
            data=data, targets="y", predictions="guess", model_type="classifier", evaluator_config=config
        )
        return found.metrics["recall_score"]

    assert recall() == 0.5
    assert recall(pos_label="sick") == 1.0
    assert recall(label_list=["well", "sick"]) == 1.0


def test_probabilities_may_be_columns(patients: pd.DataFrame, classifier: Any) -> None:
    told = classifier.predict_proba(patients[["age", "dose"]])
    data = patients.assign(p=told[:, 1], q=told[:, 0], guess=told[:, 1] > 0.5)

    def found(probabilities: Any) -> dict[str, float]:
        config = {**PLAIN, "probabilities": probabilities}
        return runstone.evaluate(
            data=data, targets="ill", predictions="guess", model_type="classifier", evaluator_config=config
        ).metrics

    assert found("p") == found(["q", "p"])
    assert found("p")["roc_auc"] == sk.roc_auc_score(patients["ill"], told[:, 1])


def test_function_may_give_probabilities(patients: pd.DataFrame, classifier: Any) -> None:
    features = patients[["age", "dose"]].to_numpy()

    def told(rows: Any) -> Any:
        return classifier.predict_proba(pd.DataFrame(rows, columns=["age", "dose"]))

    found = runstone.evaluate(told, features, targets=patients["ill"], model_type="classifier", evaluator_config=PLAIN)

    assert found.metrics["roc_auc"] == sk.roc_auc_score(patients["ill"], told(features)[:, 1])
    assert found.evaluation.model == "told"


def test_metric_of_one_true_label_is_left_out_and_said_so() -> None:
    data = pd.DataFrame({"y": [1, 1, 1], "p": [0.9, 0.4, 0.8], "guess": [1, 0, 1]})

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        evaluator_config={**PLAIN, "probabilities": "p"},
    )

    assert "roc_auc" not in found.metrics
    assert found.metrics["log_loss"] > 0
    assert found.evaluation.notes == ["roc_auc is not defined: there is no example of '0' among the targets"]


def test_labels_may_be_texts_and_numbers_side_by_side() -> None:
    data = pd.DataFrame({"y": pd.Series(["a", 1, "a"], dtype=object), "guess": pd.Series(["a", 1, 1], dtype=object)})

    found = runstone.evaluate(
        data=data, targets="y", predictions="guess", model_type="classifier", evaluator_config=PLAIN
    )

    assert found.evaluation.labels == ["1", "a"]
    assert found.metrics["accuracy_score"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("y", "known"), [([1, 1], ["0", "1"]), (["a", "a"], ["a"]), ([True, True], ["False", "True"])])
def test_label_that_is_alone_has_the_metrics_that_are_defined(y: list[Any], known: list[str]) -> None:
    found = runstone.evaluate(
        data={"y": y, "guess": y},
        targets="y",
        predictions="guess",
        model_type="classifier",
        evaluator_config={"default": PLAIN},
    )

    assert found.evaluation.labels == known
    assert found.metrics["accuracy_score"] == 1
    assert found.metrics["matthews_corrcoef"] == 0


def test_many_labels_have_metrics_and_intervals_and_no_tables() -> None:
    random = np.random.default_rng(0)
    told = random.dirichlet(np.ones(120), 240)

    class Many:
        classes_ = np.arange(120)

        def predict(self, rows: Any) -> Any:
            return told.argmax(axis=1)

        def predict_proba(self, rows: Any) -> Any:
            return told

    found = runstone.evaluate(
        Many(),
        np.zeros((240, 1)),
        targets=np.arange(240) % 120,
        model_type="classifier",
        evaluator_config={**PLAIN, "resamples": 20},
    )

    assert found.metrics["roc_auc"] > 0
    assert "roc_auc" not in found.intervals
    assert "accuracy_score" in found.intervals
    assert found.evaluation.confusion is None
    assert found.evaluation.notes[-1] == "120 labels have no confusion matrix and no metrics of each: more than 100"


def test_weights_count(patients: pd.DataFrame) -> None:
    data = pd.DataFrame({"y": [0, 1, 1], "guess": [0, 1, 0], "w": [1.0, 1.0, 2.0]})

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        evaluator_config={**PLAIN, "sample_weights": "w"},
    )

    assert found.metrics["accuracy_score"] == 0.5


def test_label_whose_examples_all_have_the_weight_zero_is_as_if_it_were_not_there() -> None:
    data = pd.DataFrame(
        {"y": [0, 1, 1], "guess": [0, 1, 0], "p": [0.1, 0.9, 0.4], "w": [0.0, 1.0, 2.0], "kind": ["a", "b", "b"]}
    )

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        slices=["kind"],
        evaluator_config={**PLAIN, "resamples": 20, "sample_weights": "w", "probabilities": "p"},
    )

    assert found.metrics["balanced_accuracy_score"] == pytest.approx(1 / 3)
    assert "roc_auc" not in found.metrics
    assert found.evaluation.roc == []
    assert [part.name for part in found.evaluation.slices] == ["kind = b"]
    assert found.evaluation.notes[-1] == "no example that counts is in the slice 'kind = a'"


def test_label_that_the_model_does_not_know_has_the_probability_zero(patients: pd.DataFrame, classifier: Any) -> None:
    rows = patients[["age", "dose"]]
    came = patients["ill"].mask(patients.index < 5, 2)

    found = runstone.evaluate(
        classifier,
        rows,
        targets=came,
        model_type="classifier",
        evaluator_config={**PLAIN, "label_list": [2, 0, 1]},
    )

    told = np.column_stack([classifier.predict_proba(rows), np.zeros(len(rows))])
    assert found.metrics["accuracy_score"] == sk.accuracy_score(came, classifier.predict(rows))
    assert found.metrics["log_loss"] == pytest.approx(sk.log_loss(came, told, labels=[0, 1, 2]))
    assert found.metrics["roc_auc"] == pytest.approx(
        sk.roc_auc_score(came, told, multi_class="ovr", average="weighted", labels=[0, 1, 2])
    )


def test_probabilities_of_single_precision_bring_no_warning(patients: pd.DataFrame, classifier: Any) -> None:
    rows = patients[["age", "dose"]]
    exact = classifier.predict_proba(rows)

    result = runstone.evaluate(
        lambda given: classifier.predict_proba(given).astype(np.float32),
        rows,
        targets=patients["ill"],
        model_type="classifier",
        evaluator_config=PLAIN,
    )

    assert (exact.astype(np.float32).astype(np.float64).sum(axis=1) != 1).any()
    assert result.metrics["log_loss"] == pytest.approx(sk.log_loss(patients["ill"], exact), rel=1e-6)
