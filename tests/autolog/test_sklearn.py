"""Autologging of scikit-learn: what is logged of which fit."""

import csv
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_predict, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

import runstone
import runstone.sklearn
from runstone.autolog import sklearn as autologging
from runstone.autolog.sklearn import autolog
from runstone.entities import RunStatus
from runstone.errors import InvalidValue
from tests.autolog.runs import all_runs, children, files, only_run

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
    assert metrics["training_roc_auc"] == roc_auc_score(
        Y, model.predict_proba(X), average="weighted", multi_class="ovo"
    )
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


def test_ensemble_is_one_run() -> None:
    autolog(log_models=False)

    StackingClassifier([("one", LinearSVC())], LogisticRegression(), cv=2).fit(X, Y)

    assert only_run().data.tags["estimator_name"] == "StackingClassifier"


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_what_workers_fit_is_a_part_of_the_fit(backend: str) -> None:
    autolog(log_models=False)

    with joblib.parallel_config(backend=backend, n_jobs=2):
        StackingClassifier([("one", LinearSVC()), ("two", LogisticRegression())], cv=2, n_jobs=2).fit(X[:100], Y[:100])

    assert only_run().data.tags["estimator_name"] == "StackingClassifier"


def test_fits_that_the_user_spreads_over_threads_are_runs_of_their_own() -> None:
    autolog(log_models=False)

    joblib.Parallel(n_jobs=2, backend="threading")(
        joblib.delayed(RandomForestClassifier(2, n_jobs=2, max_depth=depth).fit)(X, Y) for depth in (1, 2, 3, 4)
    )

    assert sorted(run.data.params["max_depth"] for run in all_runs()) == ["1", "2", "3", "4"]


def test_threads_log_to_runs_of_their_own() -> None:
    autolog(log_models=False)
    threads = [threading.Thread(target=LinearRegression(tol=tol).fit, args=(X, Y)) for tol in (0.1, 0.2, 0.3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.data.params["tol"] for run in all_runs()) == ["0.1", "0.2", "0.3"]


@pytest.mark.parametrize("train", ["fit", "fit_transform", "fit_predict"])
def test_every_way_to_train_is_logged_once(train: str) -> None:
    autolog(log_models=False)
    model = make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0))

    getattr(model, train)(X)

    assert only_run().data.tags["estimator_name"] == "Pipeline"


class Growth(KMeans):  # type: ignore[misc]
    """A user's class made of an estimator."""


@pytest.mark.parametrize("train", ["fit", "fit_transform", "fit_predict"])
def test_class_made_of_an_estimator_is_logged_under_its_own_name(train: str) -> None:
    autolog(log_models=False)

    getattr(Growth(2, n_init=1), train)(X)

    assert only_run().data.tags["estimator_name"] == "Growth"


def test_class_of_the_user_alone_is_not_logged_but_what_it_fits() -> None:
    autolog(log_models=False)

    Selfmade().fit_transform(X, Y)

    assert only_run().data.tags["estimator_name"] == "LinearRegression"


def test_step_that_prepares_data_is_not_logged_alone() -> None:
    autolog(log_models=False)

    StandardScaler().fit_transform(X)

    assert all_runs() == []


def test_search_logs_the_best_candidates_and_a_table_of_all() -> None:
    autolog(log_models=False, max_tuning_runs=2, extra_tags={"team": "wheat"})
    search = GridSearchCV(LogisticRegression(max_iter=2000), {"C": [1e-6, 1e-5, 0.1, 1.0]}, cv=3)

    search.fit(X, Y)

    (run,) = [run for run in all_runs() if "mlflow.parentRunId" not in run.data.tags]
    assert run.data.params["best_C"] == str(search.best_params_["C"])
    assert "estimator__C" not in run.data.params
    assert run.data.metrics["best_cv_score"] == search.best_score_
    best, second = sorted(children(run), key=lambda child: child.data.metrics["rank_test_score"])
    assert best.data.params["C"] == str(search.best_params_["C"])
    assert best.data.params["max_iter"] == "2000"
    assert best.data.metrics["mean_test_score"] == search.best_score_
    assert best.data.tags["estimator_name"] == "LogisticRegression"
    assert best.info.run_name == f"C={search.best_params_['C']}"
    assert second.info.status is RunStatus.FINISHED
    assert {child.data.tags["team"] for child in (run, best, second)} == {"wheat"}
    table = runstone.artifacts.load_text(f"runs:/{run.info.run_id}/cv_results.csv")
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["param_C"] for row in rows] == ["1e-06", "1e-05", "0.1", "1.0"]
    assert [float(row["mean_test_score"]) for row in rows] == list(search.cv_results_["mean_test_score"])


def test_search_by_several_scores_that_fits_none_is_logged() -> None:
    autolog(log_models=False)

    RandomizedSearchCV(
        LogisticRegression(max_iter=1000),
        {"C": [0.1, 1.0]},
        n_iter=2,
        cv=2,
        scoring=["accuracy", "f1_macro"],
        refit=False,
    ).fit(X, Y)

    (run,) = [run for run in all_runs() if "mlflow.parentRunId" not in run.data.tags]
    assert "best_C" not in run.data.params
    assert len(children(run)) == 2
    assert {"mean_test_accuracy", "mean_test_f1_macro"} < set(children(run)[0].data.metrics)


def test_halving_search_is_logged() -> None:
    autolog(log_models=False, max_tuning_runs=1)
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    HalvingGridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1.0, 3.0]}, cv=2, random_state=0).fit(X, Y)

    (run,) = [run for run in all_runs() if "mlflow.parentRunId" not in run.data.tags]
    assert len(children(run)) == 1
    assert "n_resources" in children(run)[0].data.metrics


def test_cross_validation_is_one_run_with_its_folds() -> None:
    autolog(log_models=False)

    results = cross_validate(LogisticRegression(max_iter=1000), X, Y, cv=3, scoring="accuracy")

    run = only_run()
    assert run.data.params["C"] == "1.0"
    assert run.data.params["cv"] == "3"
    assert run.data.metrics["mean_test_score"] == results["test_score"].mean()
    history = runstone.Client().get_metric_history(run.info.run_id, "test_score")
    assert [(point.step, point.value) for point in history] == list(enumerate(results["test_score"]))
    assert files(run) == ["cv_results.csv"]


def test_scores_alone_are_one_run_too_and_predictions_are_none() -> None:
    autolog(log_models=False)

    cross_val_score(LOGISTIC, X, Y, cv=2)
    cross_val_predict(LOGISTIC, X, Y, cv=2)

    assert only_run().data.tags["estimator_name"] == "LogisticRegression"


def test_fit_that_fails_is_a_failed_run() -> None:
    autolog(log_models=False)

    with pytest.raises(ValueError, match="The 'C' parameter of LogisticRegression must be a float"):
        LogisticRegression(C="much").fit(X, Y)

    run = only_run()
    assert run.info.status is RunStatus.FAILED
    assert run.data.params["C"] == "much"
    assert "The 'C' parameter" in run.data.tags["runstone.end"]
    assert runstone.active_run() is None


def test_fit_within_a_run_is_logged_to_it() -> None:
    autolog(log_models=False, extra_tags={"team": "wheat"})

    with runstone.start_run() as started:
        LinearRegression().fit(X, Y)
        active = runstone.active_run()

    assert active is not None
    assert active.info.run_id == started.info.run_id == only_run().info.run_id
    assert only_run().data.params["fit_intercept"] == "True"
    assert only_run().data.tags["team"] == "wheat"
    assert "mlflow.autologging" not in only_run().data.tags


def test_second_fit_of_a_run_says_which_params_stay(complaints: list[str]) -> None:
    autolog(log_models=False)

    with runstone.start_run():
        runstone.log_param("tol", "mine")
        LinearRegression().fit(X, Y)
        LinearRegression(positive=True).fit(X, Y)

    run = only_run()
    assert run.info.status is RunStatus.FINISHED
    assert run.data.params["tol"] == "mine"
    assert run.data.params["positive"] == "False"
    assert [said.partition("has other values of ")[2] for said in complaints] == [
        "'tol' already, which stay: start a run for each fit to keep both",
        "'positive', 'tol' already, which stay: start a run for each fit to keep both",
    ]


def test_params_of_a_run_that_is_resumed_stay_too(complaints: list[str]) -> None:
    autolog(log_models=False)
    with runstone.start_run() as started:
        runstone.log_param("tol", "mine")

    with runstone.start_run(run_id=started.info.run_id):
        LinearRegression().fit(X, Y)

    assert only_run().data.params["tol"] == "mine"
    assert len(complaints) == 1


def test_exclusive_leaves_runs_of_the_user_alone() -> None:
    autolog(log_models=False, exclusive=True)

    with runstone.start_run():
        LinearRegression().fit(X, Y)

    assert only_run().data.params == {}


def test_fits_one_after_another_are_runs_of_their_own() -> None:
    autolog(log_models=False)
    model = LinearRegression()

    for _ in range(3):
        model.fit(X, Y)

    assert len(all_runs()) == 3


class Selfmade(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """A class that is a user's own, and uses an estimator."""

    def fit(self, data: Any, y: Any = None) -> "Selfmade":
        self.inner_ = LinearRegression().fit(data, y)
        return self

    def transform(self, data: Any) -> Any:
        return data


class Broken(BaseEstimator, TransformerMixin):  # type: ignore[misc]  # sklearn ships no types
    """A step whose params cannot be told."""

    def fit(self, data: Any, y: Any = None) -> "Broken":
        return self

    def transform(self, data: Any) -> Any:
        return data

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        raise RuntimeError("these params are mine")


class Unkeepable(Broken):
    """A step that no file can hold."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {}


def test_what_fails_of_the_logging_is_told_once_and_the_fit_goes_on(complaints: list[str]) -> None:
    autolog(log_models=False)

    for _ in range(2):
        model = make_pipeline(Broken(), LinearRegression()).fit(X, Y)

    assert model.predict(X).shape == (150,)
    assert [run.info.status for run in all_runs()] == [RunStatus.FINISHED] * 2
    assert complaints == [
        "autologging of sklearn has stopped for this fit, which goes on: RuntimeError: these params are mine"
    ]


def test_silence_is_kept() -> None:
    autolog(log_models=False, silent=True)

    with runstone.start_run():
        LinearRegression().fit(X, Y)
        LinearRegression(positive=True).fit(X, Y)
        make_pipeline(Broken(), LinearRegression()).fit(X, Y)

    assert only_run().data.params["positive"] == "False"


def test_store_that_cannot_be_opened_is_told_and_the_fit_goes_on(complaints: list[str], tmp_path: Path) -> None:
    autolog(log_models=False)
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    runstone.set_tracking_uri(f"sqlite:///{tmp_path}/file/runs.db")

    model = LinearRegression().fit(X, Y)

    assert model.predict(X).shape == (150,)
    assert len(complaints) == 1


def test_version_that_is_not_tested_is_told(complaints: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autologging.LIBRARY, "tested", ("0.1", "0.2"))

    autolog(log_models=False)
    LinearRegression().fit(X, Y)

    assert len(all_runs()) == 1
    assert len(complaints) == 1
    assert complaints[0].startswith("autologging is tested with sklearn from 0.1 up to, not including, 0.2; here is 1.")
    assert complaints[0].endswith(": it is tried")


def test_version_that_is_not_tested_can_be_left_alone(complaints: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autologging.LIBRARY, "tested", ("0.1", "0.2"))
    original = LinearRegression.fit

    autolog(disable_for_unsupported_versions=True)

    assert LinearRegression.fit is original
    assert len(complaints) == 1
    assert complaints[0].endswith(": nothing is logged of it")


def test_tag_that_cannot_be_is_refused_at_once() -> None:
    original = LinearRegression.fit

    with pytest.raises(InvalidValue, match="tag name"):
        autolog(extra_tags={"a?": "b"})

    assert LinearRegression.fit is original


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


def test_search_logs_its_best_estimator() -> None:
    runstone.sklearn.autolog(max_tuning_runs=0, log_model_signatures=False)

    search = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1.0]}, cv=2).fit(X, Y)

    loaded = runstone.sklearn.load_model(f"runs:/{only_run().info.run_id}/model")
    assert loaded.get_params() == search.best_estimator_.get_params()
    assert np.array_equal(loaded.coef_, search.best_estimator_.coef_)


def test_transformer_is_logged_by_what_it_transforms() -> None:
    runstone.sklearn.autolog()

    model = PCA(2).fit(X)

    loaded = runstone.pyfunc.load_model(f"runs:/{only_run().info.run_id}/model")
    assert np.array_equal(loaded.predict(X), model.transform(X))


def test_model_that_can_neither_predict_nor_transform_is_not_logged() -> None:
    runstone.sklearn.autolog()

    DBSCAN().fit(X)

    assert only_run().outputs.model_outputs == []


def test_model_that_cannot_be_kept_is_told_and_all_else_is_logged(complaints: list[str]) -> None:
    runstone.sklearn.autolog()

    make_pipeline(FunctionTransformer(lambda rows: rows), LOGISTIC).fit(X, Y)
    model = make_pipeline(Unkeepable(), LOGISTIC).fit(X, Y)

    first, second = all_runs()
    assert len(first.outputs.model_outputs) == 1
    assert second.outputs.model_outputs == []
    assert second.data.metrics["training_accuracy_score"] == model.score(X, Y)
    assert "estimator.html" in files(second)
    assert len(complaints) == 1


def test_pictures_are_kept_with_the_run() -> None:
    autolog(log_models=False)

    make_pipeline(StandardScaler(), LogisticRegression()).fit(X, np.array(["a", "b & c", "d"])[Y])

    assert files(only_run()) == ["estimator.html", "training_confusion_matrix.svg"]
    picture = runstone.artifacts.load_text(f"runs:/{only_run().info.run_id}/training_confusion_matrix.svg")
    assert [element.text for element in ElementTree.fromstring(picture)].count("b & c") == 2
