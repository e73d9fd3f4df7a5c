"""Searches over params and cross-validation: one run, with its candidates or folds."""

import csv

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_predict, cross_val_score, cross_validate

import runstone
import runstone.sklearn
from runstone.autologging.sklearn import autolog
from runstone.entities import RunStatus
from tests.autologging.runs import all_runs, children, files, only_run

X, Y = load_iris(return_X_y=True)
FRAME = pd.DataFrame(X, columns=["a", "b", "c", "d"])
LOGISTIC = LogisticRegression(max_iter=1000)


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


def test_search_logs_its_best_estimator() -> None:
    runstone.sklearn.autolog(max_tuning_runs=0, log_model_signatures=False)

    search = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1.0]}, cv=2).fit(X, Y)

    loaded = runstone.sklearn.load_model(f"runs:/{only_run().info.run_id}/model")
    assert loaded.get_params() == search.best_estimator_.get_params()
    assert np.array_equal(loaded.coef_, search.best_estimator_.coef_)
