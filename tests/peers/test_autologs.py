"""Automatic logging of scikit-learn by the genuine package, without models, on our server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

import runstone
import runstone.sklearn
from runstone.client import context
from runstone.config import ENABLE_SYSTEM_METRICS_LOGGING
from runstone.stores.rest.tracking import RestStore
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def seen(address: str, folder: Path) -> Any:
    return run_script("autologs", address, folder)


def test_training_logs_its_params_metrics_and_figures(seen: Any, store: RestStore) -> None:
    plain = seen["plain"]

    ours = store.get_run(plain["run_id"]).data

    assert plain["params"].items() >= {"C": "0.5", "max_iter": "300", "solver": "lbfgs"}.items()
    assert 0.9 < plain["metrics"]["training_accuracy_score"] <= 1
    assert plain["tags"]["estimator_name"] == "LogisticRegression"
    assert plain["files"] == ["estimator.html", "training_confusion_matrix.png"]
    assert ours.params == plain["params"]
    assert ours.metrics == plain["metrics"]


def test_grid_search_logs_a_child_for_each_candidate(seen: Any, store: RestStore) -> None:
    grid = seen["grid"]

    ours = store.get_run(grid["run_id"]).data

    assert grid["children"] == [["0.1", True], ["1.0", True], ["10.0", True]]
    assert "cv_results.csv" in grid["files"]
    assert ours.params["best_C"] == grid["best"]
    assert "best_cv_score" in ours.metrics


@pytest.fixture(scope="module")
def alone(folder: Path) -> Iterator[None]:
    """A folder of its own, and no measures of the machine among those of a training that takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(ENABLE_SYSTEM_METRICS_LOGGING.name, "false")
        yield


@pytest.fixture(scope="module")
def ours(alone: None, address: str) -> dict[str, Any]:
    """The same trainings, logged by our own autologging to the same server."""
    features, target = load_iris(return_X_y=True, as_frame=True)
    context.forget_choices()
    runstone.set_tracking_uri(address)
    runstone.set_experiment("automatic logging by Runstone")
    runstone.sklearn.autolog(log_models=False, log_datasets=False)
    try:
        LogisticRegression(C=0.5, max_iter=300).fit(features, target)
        plain = runstone.last_active_run()
        GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.1, 1.0, 10.0]}, cv=3).fit(features, target)
        grid = runstone.last_active_run()
        later = measured_later(features, target)
    finally:
        runstone.sklearn.autolog(disable=True)
        context.forget_choices()
    return {"plain": plain, "grid": grid, "later": later}


def measured_later(features: Any, target: Any) -> Any:
    """The run of a fit whose model was measured on other data."""
    x_train, x_test, y_train, y_test = features[::2], features[1::2], target[::2], target[1::2]
    model = LogisticRegression(max_iter=300).fit(x_train, y_train)
    predicted = model.predict(x_test)
    model.score(x_test, y_test)
    model.score(x_train, y_train)
    model.score(x_test[:20], y_test[:20])
    metrics.accuracy_score(y_test, predicted)
    metrics.f1_score(y_test, predicted, average="macro")
    metrics.f1_score(y_test, y_pred=predicted, average="micro")
    metrics.log_loss(y_test, model.predict_proba(x_test))
    metrics.confusion_matrix(y_test, predicted)
    metrics.make_scorer(metrics.recall_score, average="macro")(model, x_test, y_test)
    return runstone.last_active_run()


def test_our_own_logs_the_same_names_and_numbers(seen: Any, ours: dict[str, Any]) -> None:
    data = ours["plain"].data

    assert set(data.params) == set(seen["plain"]["params"])
    assert data.params["C"] == "0.5"
    assert data.metrics == pytest.approx(seen["plain"]["metrics"])
    assert {key: value for key, value in data.tags.items() if key.startswith("estimator_")} == seen["plain"]["tags"]


def test_our_own_logs_what_is_measured_later_by_the_same_names_and_numbers(seen: Any, ours: dict[str, Any]) -> None:
    theirs = seen["later"]["metrics"]

    assert ours["later"].data.metrics == pytest.approx(theirs)
    assert "LogisticRegression_score-3_unknown_dataset" in theirs


def test_our_own_logs_a_search_by_the_same_names(seen: Any, ours: dict[str, Any], store: RestStore) -> None:
    theirs, data = store.get_run(seen["grid"]["run_id"]).data, ours["grid"].data
    found = store.search_runs(
        [ours["grid"].info.experiment_id], filter_string=f"tags.`mlflow.parentRunId` = '{ours['grid'].info.run_id}'"
    )

    assert set(data.params) == set(theirs.params)
    assert set(data.metrics) == set(theirs.metrics)
    assert sorted(child.data.params["C"] for child in found) == ["0.1", "1.0", "10.0"]
    assert all("mean_test_score" in child.data.metrics for child in found)
