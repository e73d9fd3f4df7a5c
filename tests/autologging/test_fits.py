"""Which call is a run, and what happens where logging cannot be done."""

import threading
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

import runstone
import runstone.sklearn
from runstone.autologging import sklearn as autologging
from runstone.autologging.sklearn import autolog
from runstone.entities import RunStatus
from runstone.errors import InvalidValue
from tests.autologging.runs import all_runs, files, only_run

X, Y = load_iris(return_X_y=True)
FRAME = pd.DataFrame(X, columns=["a", "b", "c", "d"])
LOGISTIC = LogisticRegression(max_iter=1000)


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


def test_loop_of_partial_fits_is_the_users_own() -> None:
    autolog(log_models=False)
    model = SGDClassifier()

    for _ in range(2):
        model.partial_fit(X, Y, classes=[0, 1, 2])
    MiniBatchKMeans(2, n_init=1).partial_fit(X)
    model.score(X, Y)

    assert all_runs() == []


def test_step_that_prepares_data_is_not_logged_alone() -> None:
    autolog(log_models=False)

    StandardScaler().fit_transform(X)

    assert all_runs() == []


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
    assert complaints == ["a fit of sklearn is not logged as a whole, and goes on: RuntimeError: these params are mine"]


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


class Interrupted(FunctionTransformer):  # type: ignore[misc]
    """A step at which somebody presses Ctrl-C."""

    def transform(self, data: Any) -> Any:
        raise KeyboardInterrupt


def test_fit_that_is_interrupted_is_a_killed_run() -> None:
    autolog(log_models=False)

    with pytest.raises(KeyboardInterrupt):
        make_pipeline(Interrupted(), LinearRegression()).fit(X, Y)

    assert only_run().info.status is RunStatus.KILLED
    assert runstone.active_run() is None


class Impatient(LinearRegression):  # type: ignore[misc]
    """An estimator that is interrupted while it is measured."""

    def predict(self, data: Any) -> Any:
        raise KeyboardInterrupt


def test_interruption_of_the_measuring_reaches_the_user_and_ends_the_run() -> None:
    autolog(log_models=False)

    with pytest.raises(KeyboardInterrupt):
        Impatient().fit(X, Y)

    assert only_run().info.status is RunStatus.KILLED
    LinearRegression().fit(X, Y)
    assert len(all_runs()) == 2


def test_call_that_is_none_raises_what_it_always_has() -> None:
    autolog(log_models=False)

    with pytest.raises(TypeError, match="unexpected keyword argument 'weights'"):
        LinearRegression().fit(X, Y, weights=3)

    assert only_run().info.status is RunStatus.FAILED


class Unspeakable(FunctionTransformer):  # type: ignore[misc]
    """A step that fails with an error that has no text."""

    def transform(self, data: Any) -> Any:
        class Mute(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no words")

        raise Mute


def test_error_that_cannot_be_told_reaches_the_user_and_ends_the_run(complaints: list[str]) -> None:
    autolog(log_models=False)

    with pytest.raises(Exception) as raised:  # noqa: PT011  # a class of the step's own, without a text
        make_pipeline(Unspeakable(), LinearRegression()).fit(X, Y)

    assert type(raised.value).__name__ == "Mute"
    assert only_run().info.status is RunStatus.FAILED
    assert runstone.active_run() is None
    assert complaints == []
