"""Automatic logging of scikit-learn by the genuine package, without models, on our server."""

from pathlib import Path
from typing import Any

import pytest

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
