"""Autologging of scikit-learn: what is logged of a fit."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import confusion_matrix, log_loss, roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import runstone
import runstone.sklearn
from runstone.autologging.sklearn import autolog, evaluation
from runstone.entities import RunStatus
from tests.autologging.runs import all_runs, files, only_run

X, Y = load_iris(return_X_y=True)
FRAME = pd.DataFrame(X, columns=["a", "b", "c", "d"])
LOGISTIC = LogisticRegression(max_iter=1000)


def test_fit_logs_params_tags_and_data() -> None:
    autolog(log_models=False)

    model = LogisticRegression(C=0.5, max_iter=1000).fit(FRAME, Y)

    run = only_run()
    assert run.info.status is RunStatus.FINISHED
    assert run.data.params == {name: str(value) for name, value in model.get_params().items()}
    assert run.data.tags["estimator_name"] == "LogisticRegression"
    assert run.data.tags["estimator_class"] == "sklearn.linear_model._logistic.LogisticRegression"
    assert run.data.tags["mlflow.autologging"] == "sklearn"
    (read,) = run.inputs.dataset_inputs
    assert [(tag.key, tag.value) for tag in read.tags] == [("mlflow.data.context", "train")]
    assert read.dataset.profile == '{"num_rows": 150, "num_elements": 600}'


def test_classifier_is_measured_on_its_training_data() -> None:
    autolog(log_models=False)

    model = LogisticRegression(max_iter=1000).fit(X, Y)

    metrics = only_run().data.metrics
    assert metrics["training_accuracy_score"] == metrics["training_score"] == model.score(X, Y)
    assert metrics["training_log_loss"] == log_loss(Y, model.predict_proba(X))
    area = roc_auc_score(Y, model.predict_proba(X), average="weighted", multi_class="ovo")
    assert metrics["training_roc_auc"] == pytest.approx(area, rel=1e-12)
    assert {"training_precision_score", "training_recall_score", "training_f1_score"} < set(metrics)


def test_positive_class_is_what_precision_is_about() -> None:
    autolog(log_models=False, pos_label=1)
    truth = np.array([1, 1, 1, 0] * 10)

    LogisticRegression(class_weight={0: 1e-6, 1: 1.0}).fit(X[:40], truth)

    metrics = only_run().data.metrics
    assert metrics["training_precision_score"] == 0.75
    assert metrics["training_recall_score"] == 1.0


def test_regressor_is_measured_on_its_training_data_with_its_weights() -> None:
    autolog(log_models=False)
    weights = np.arange(150.0)

    model = LinearRegression().fit(X[:, :3], X[:, 3], sample_weight=weights)

    metrics = only_run().data.metrics
    assert metrics["training_r2_score"] == metrics["training_score"] == model.score(X[:, :3], X[:, 3], weights)
    assert set(metrics) == {
        f"training_{name}"
        for name in ("mean_squared_error", "mean_absolute_error", "root_mean_squared_error", "r2_score", "score")
    }


def test_model_without_targets_has_its_own_score() -> None:
    autolog(log_models=False)

    model = KMeans(3, n_init=1, random_state=0).fit(X)

    assert only_run().data.metrics == {"training_score": model.score(X)}


def test_model_that_knows_no_probabilities_lacks_those_numbers() -> None:
    autolog(log_models=False)

    LinearSVC().fit(X[:100], Y[:100])

    metrics = only_run().data.metrics
    assert "training_log_loss" not in metrics
    assert metrics["training_accuracy_score"] == 1.0


def test_measures_can_be_left_out() -> None:
    autolog(log_models=False, log_post_training_metrics=False, log_datasets=False)

    LinearRegression().fit(X, Y)

    assert only_run().data.metrics == {}
    assert only_run().inputs.dataset_inputs == []


def test_model_that_overwrites_its_data_is_not_measured_on_it() -> None:
    autolog(log_models=False)

    LinearRegression(copy_X=False).fit(X.copy(), Y)

    assert only_run().data.metrics == {}


def test_pipeline_is_one_run_with_the_params_of_its_steps() -> None:
    autolog(log_models=False)

    make_pipeline(StandardScaler(), PCA(2), LogisticRegression()).fit(X, Y)

    run = only_run()
    assert run.data.tags["estimator_name"] == "Pipeline"
    assert run.data.params["logisticregression__C"] == "1.0"
    assert run.data.params["pca__n_components"] == "2"


def test_large_data_is_described_by_some_of_its_rows() -> None:
    autolog(log_models=False, log_post_training_metrics=False)
    rows = np.arange(2_000_000.0).reshape(-1, 2)

    LinearRegression().fit(rows, rows[:, 0])
    LinearRegression().fit(rows + 1, rows[:, 0])
    LinearRegression().fit(rows, rows[:, 0])

    first, second, third = [run.inputs.dataset_inputs[0].dataset for run in all_runs()]
    assert first.profile.startswith('{"features_shape": [1000000, 2]')
    assert first.digest == third.digest != second.digest


def test_long_param_is_cut() -> None:
    autolog(log_models=False)

    LogisticRegression(class_weight=dict.fromkeys(range(1001), 1.0), max_iter=1000).fit(X, Y)
    make_pipeline(*(StandardScaler() for _ in range(400)), LinearRegression()).fit(X, Y)

    first, second = all_runs()
    assert first.data.params["class_weight"] == "a dict of 1001 items"
    assert len(second.data.params["steps"]) == 6000
    assert second.data.params["steps"].endswith("...")


def test_model_is_logged_with_its_signature_and_metrics() -> None:
    autolog(log_input_examples=True, registered_model_name="irises")
    frame = FRAME.assign(e=np.where(np.arange(150) == 149, np.nan, 1.0))

    model = make_pipeline(SimpleImputer(), LogisticRegression(max_iter=1000)).fit(frame, Y)

    run = only_run()
    (output,) = run.outputs.model_outputs
    logged = runstone.get_logged_model(output.model_id)
    assert logged.name == "model"
    assert {(metric.key, metric.value) for metric in logged.metrics} == set(run.data.metrics.items())
    assert logged.metrics[0].dataset_digest == run.inputs.dataset_inputs[0].dataset.digest
    loaded = runstone.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    assert np.array_equal(loaded.predict(frame), model.predict(frame))
    signature = loaded.metadata.signature
    assert signature is not None
    assert signature.inputs is not None
    assert [column.required for column in signature.inputs.inputs] == [True] * 4 + [False]
    assert [version.version for version in runstone.search_model_versions(filter_string="name='irises'")] == ["1"]


def test_transformer_is_logged_by_what_it_transforms() -> None:
    runstone.sklearn.autolog()

    model = PCA(2).fit(X)

    loaded = runstone.pyfunc.load_model(f"runs:/{only_run().info.run_id}/model")
    assert np.array_equal(loaded.predict(X), model.transform(X))


def test_model_that_can_neither_predict_nor_transform_is_not_logged() -> None:
    runstone.sklearn.autolog()

    DBSCAN().fit(X)

    assert only_run().outputs.model_outputs == []


def test_pictures_are_kept_with_the_run() -> None:
    autolog(log_models=False)

    make_pipeline(StandardScaler(), LogisticRegression()).fit(X, np.array(["a", "b & c", "d"])[Y])

    assert files(only_run()) == ["estimator.html", "training_confusion_matrix.svg"]
    picture = runstone.artifacts.load_text(f"runs:/{only_run().info.run_id}/training_confusion_matrix.svg")
    assert [element.text for element in ElementTree.fromstring(picture)].count("b & c") == 2


CURVES = ["training_precision_recall_curve.svg", "training_roc_curve.svg"]


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()], ids=["probabilities", "decisions"])
@pytest.mark.parametrize("positive", [None, 0])
def test_curves_of_two_classes_are_those_of_scikit_learn(model: Any, positive: int | None) -> None:
    autolog(log_models=False, pos_label=positive)
    kinds = (Y == 1).astype(int)

    model.fit(X, kinds)

    run = only_run()
    assert [name for name in files(run) if "curve" in name] == CURVES
    told = model.predict_proba(X)[:, 1] if hasattr(model, "predict_proba") else model.decision_function(X)
    false, true, _ = roc_curve(kinds == (1 if positive is None else 0), told if positive is None else -told)
    assert len(false) == len(drawn(run, "training_roc_curve.svg"))
    expected = [(70 + 320 * x, 40 + 320 * (1 - y)) for x, y in zip(false, true, strict=True)]
    assert np.allclose(drawn(run, "training_roc_curve.svg"), expected, atol=0.051)


def drawn(run: Any, name: str) -> list[tuple[float, float]]:
    """The points of the line of a picture."""
    picture = ElementTree.fromstring(runstone.artifacts.load_text(f"runs:/{run.info.run_id}/{name}"))
    (line,) = picture.iter("{http://www.w3.org/2000/svg}polyline")
    return [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]  # type: ignore[misc]


def test_curves_of_many_rows_are_drawn_by_some_of_their_points() -> None:
    autolog(log_models=False)
    rows = np.random.default_rng(0).random((3000, 2))

    LogisticRegression().fit(rows, rows[:, 0] + np.random.default_rng(1).random(3000) > 1)

    run = only_run()
    assert [len(drawn(run, name)) for name in CURVES] == [400, 400]


def test_classes_of_which_one_alone_occurs_have_no_curves() -> None:
    autolog(log_models=False)

    DummyClassifier().fit(X, np.zeros(len(X)))
    DummyClassifier().fit(X, Y)

    assert [name for run in all_runs() for name in files(run) if "curve" in name] == []


def test_model_that_predicts_more_slowly_than_it_fits_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    autolog(log_models=False)
    ticks = iter(range(0, 100_000, 100))
    monkeypatch.setattr(evaluation, "perf_counter", lambda: float(next(ticks)) ** 2)
    rows = np.random.default_rng(0).random((30_000, 2))

    LinearRegression().fit(rows, rows[:, 0])

    assert only_run().data.metrics == {}


@pytest.mark.parametrize("weights", [None, np.linspace(0, 1, 150)])
def test_confusion_is_that_of_scikit_learn(weights: Any) -> None:
    names = np.array(["a", "b", "c"])[Y]
    model = LogisticRegression(max_iter=1000, C=0.01).fit(X, names)
    training = evaluation.Evaluation(model, X, names, weights, None)

    training.run(most_s=1)

    table = training.confusion()
    assert table is not None
    assert table[1] == ["a", "b", "c"]
    assert np.allclose(table[0], confusion_matrix(names, model.predict(X), sample_weight=weights))
