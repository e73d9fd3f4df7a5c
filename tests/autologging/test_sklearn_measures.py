"""What is measured of estimators and data that are out of the ordinary, and what is kept where nothing can be."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import precision_score, roc_auc_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelPropagation, SelfTrainingClassifier

from runstone.autologging.sklearn import autolog
from tests.autologging.runs import files, only_run

X, Y = load_iris(return_X_y=True)


def test_model_that_cannot_be_measured_is_logged_all_the_same(
    complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def mute(*_: Any) -> Any:
        raise RuntimeError("no words")

    monkeypatch.setattr(LogisticRegression, "predict", mute, raising=False)
    autolog()

    LogisticRegression(max_iter=1000).fit(X, Y)

    run = only_run()
    assert run.data.metrics == {}
    assert len(run.outputs.model_outputs) == 1
    assert complaints == ["a fit of sklearn is not logged as a whole, and goes on: RuntimeError: no words"]


def test_data_that_is_read_once_is_not_measured_on() -> None:
    autolog()
    texts = (f"word{place % 7} other{place % 3}" for place in range(60))

    make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, np.arange(60) % 2)

    run = only_run()
    assert run.data.metrics == {}
    assert len(run.outputs.model_outputs) == 1


@pytest.mark.parametrize("kind", [scipy.sparse.coo_matrix, scipy.sparse.csc_array])
def test_many_rows_of_sparse_data_are_measured_on(kind: Any) -> None:
    autolog(log_models=False)
    rows = np.random.default_rng(0).random((21_000, 2))

    model = LogisticRegression().fit(kind(rows), rows[:, 0] > 0.5)

    assert only_run().data.metrics["training_accuracy_score"] == model.score(rows, rows[:, 0] > 0.5)


@pytest.mark.parametrize(
    "model",
    [LabelPropagation(), make_pipeline(StandardScaler(), SelfTrainingClassifier(LogisticRegression(max_iter=1000)))],
)
def test_rows_without_a_label_are_not_measured_on(model: Any) -> None:
    autolog(log_models=False)
    known = np.arange(len(Y)) % 10 == 0

    model.fit(X, np.where(known, Y, -1))

    metrics = only_run().data.metrics
    assert metrics["training_accuracy_score"] == metrics["training_score"] == model.score(X[known], Y[known]) > 0.8
    assert metrics["training_roc_auc"] == pytest.approx(
        roc_auc_score(Y[known], model.predict_proba(X[known]), multi_class="ovo", average="weighted")
    )


def test_numbers_that_are_not_defined_are_not_logged() -> None:
    autolog(log_models=False)

    LogisticRegression().fit(X[:100], Y[:100], sample_weight=Y[:100])  # the other class has no weight

    run = only_run()
    assert run.data.metrics["training_accuracy_score"] == 1
    assert "training_roc_auc" not in run.data.metrics
    assert "training_roc_curve.svg" not in files(run)


def test_fit_of_one_example_has_the_numbers_that_are_defined() -> None:
    autolog(log_models=False)

    LinearRegression().fit(X[:1], Y[:1])

    assert only_run().data.metrics == {
        f"training_{name}_error": 0 for name in ("mean_squared", "mean_absolute", "root_mean_squared")
    }


def test_two_labels_that_may_both_be_true_have_an_area() -> None:
    autolog(log_models=False, pos_label=1)
    labels = np.column_stack([Y == 0, X[:, 1] > 3]).astype(int)

    model = OneVsRestClassifier(LogisticRegression(max_iter=1000)).fit(X, labels)

    area = roc_auc_score(labels, model.predict_proba(X), average="weighted")
    assert only_run().data.metrics["training_roc_auc"] == area
    assert "training_precision_score" in only_run().data.metrics


@pytest.mark.parametrize("classes", [Y, np.where(Y == 1, "b", "a")])
def test_positive_class_is_for_models_that_have_it_among_two(classes: Any) -> None:
    autolog(log_models=False, pos_label=1)

    model = LogisticRegression(max_iter=1000).fit(X, classes)

    run = only_run()
    assert run.data.metrics["training_precision_score"] == precision_score(
        classes, model.predict(X), average="weighted"
    )
    assert ("training_roc_curve.svg" in files(run)) == (len(model.classes_) == 2)
