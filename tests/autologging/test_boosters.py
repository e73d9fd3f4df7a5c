"""Autologging of the boosting libraries and of statsmodels: what is logged, and that results stay the same bits."""

import inspect
import pickle
import random
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import catboost
import joblib
import lightgbm
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xgboost
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.formula import api as formulas

import runstone
from runstone.autologging.verbs import VERBS
from runstone.entities import RunStatus
from tests.autologging.runs import all_runs, files, only_run

NUMBERS = np.random.default_rng(0)
FRAME = pd.DataFrame(NUMBERS.random((120, 3)), columns=["a", "b", "c"])
KINDS = (FRAME["a"] + 0.3 * NUMBERS.random(120) > 0.6).astype(int).rename("kind")
NOISY = KINDS ^ (NUMBERS.random(120) < 0.3)
TARGET = (2 * FRAME["a"] + NUMBERS.random(120)).rename("target")


def train_xgboost(**options: Any) -> Any:
    data = xgboost.DMatrix(FRAME, KINDS)
    params = {"objective": "binary:logistic", "max_depth": 2, "subsample": 0.5, "nthread": 1}
    given = {"num_boost_round": 6, "evals": [(data, "train")], "verbose_eval": False, **options}
    return xgboost.train(params, data, **given).save_raw().hex()


def fit_xgboost(**options: Any) -> Any:
    model = xgboost.XGBClassifier(n_estimators=6, subsample=0.5, random_state=1, n_jobs=1)
    model.fit(FRAME, KINDS, eval_set=[(FRAME, KINDS)], verbose=False, **options)
    return model.predict_proba(FRAME).tobytes(), model.evals_result(), model.get_params().keys()


def train_lightgbm(**options: Any) -> Any:
    data = lightgbm.Dataset(FRAME, KINDS)
    params = {"objective": "binary", "verbose": -1, "bagging_fraction": 0.5, "bagging_freq": 1, "num_threads": 1}
    given = {"num_boost_round": 6, "valid_sets": [lightgbm.Dataset(FRAME, KINDS)], "valid_names": ["valid"], **options}
    return lightgbm.train(params, data, **given).model_to_string()


def fit_lightgbm(**options: Any) -> Any:
    model = lightgbm.LGBMClassifier(n_estimators=6, subsample=0.5, random_state=1, n_jobs=1, verbose=-1)
    model.fit(FRAME, KINDS, eval_X=(FRAME,), eval_y=(KINDS,), **options)
    return model.booster_.model_to_string(), model.evals_result_


def fit_catboost(**options: Any) -> Any:
    model = catboost.CatBoostClassifier(
        iterations=6, depth=2, verbose=0, allow_writing_files=False, random_seed=1, thread_count=1
    )
    model.fit(FRAME, KINDS, eval_set=(FRAME, KINDS), **options)
    return model.predict_proba(FRAME).tobytes(), model.get_evals_result(), model.get_params()


def fit_statsmodels(**options: Any) -> Any:
    results = sm.OLS(TARGET, sm.add_constant(FRAME)).fit(**options)
    return pickle.dumps(results.params), sorted(results._results._cache), results.bse.to_numpy().tobytes()


WAYS: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
    "xgboost-train": ("xgboost", train_xgboost, {"num_boost_round": "many"}),
    "xgboost-fit": ("xgboost", fit_xgboost, {"sample_weight": [1.0]}),
    "lightgbm-train": ("lightgbm", train_lightgbm, {"num_boost_round": 0}),
    "lightgbm-fit": ("lightgbm", fit_lightgbm, {"sample_weight": [1.0]}),
    "catboost-fit": ("catboost", fit_catboost, {"sample_weight": [1.0]}),
    "statsmodels-fit": ("statsmodels", fit_statsmodels, {"method": "wrong"}),
}


def outcome(train: Callable[..., Any], **options: Any) -> Any:
    np.random.seed(3)
    random.seed(3)
    try:
        result = train(**options)
    except Exception as error:  # noqa: BLE001  # compared
        result = type(error), re.sub(r"^\[\d\d:\d\d:\d\d\] ", "", str(error))  # XGBoost says what time it is
    return result, pickle.dumps(np.random.get_state()), random.getstate()


@pytest.mark.parametrize("way", WAYS)
def test_results_are_the_same_bits_with_and_without(way: str) -> None:
    name, train, _ = WAYS[way]
    without = outcome(train)

    VERBS[name]()
    watched = outcome(train)

    assert watched == without
    assert not isinstance(without[0][0], type), without
    assert only_run().data.tags["mlflow.autologging"] == name


@pytest.mark.parametrize("way", WAYS)
def test_training_that_fails_raises_the_same_error(way: str) -> None:
    name, train, wrong = WAYS[way]
    without = outcome(train, **wrong)

    VERBS[name]()
    watched = outcome(train, **wrong)

    assert watched == without
    assert isinstance(without[0][0], type)
    assert only_run().info.status is RunStatus.FAILED


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost", "statsmodels"])
def test_functions_are_the_librarys_own_again(name: str) -> None:
    functions = {
        "xgboost": (xgboost, "train"),
        "lightgbm": (lightgbm, "train"),
        "catboost": (catboost.CatBoostClassifier, "fit"),
        "statsmodels": (sm.GLM, "fit"),
    }
    owner, function = functions[name]
    original = getattr(owner, function)
    signature = inspect.signature(original)

    VERBS[name]()
    watched = getattr(owner, function)
    VERBS[name](disable=True)

    assert watched is not original
    assert inspect.signature(watched) == signature
    assert getattr(owner, function) is original


def test_xgboost_logs_each_iteration_and_importances() -> None:
    runstone.autolog(log_models=False)

    train_xgboost(early_stopping_rounds=2)

    run = only_run()
    assert run.data.params.items() >= {"objective": "binary:logistic", "max_depth": "2", "num_boost_round": "6"}.items()
    history = runstone.Client().get_metric_history(run.info.run_id, "train-logloss")
    assert [point.step for point in history] == [0, 1, 2, 3, 4, 5]
    assert run.data.metrics["best_iteration"] == 5.0
    assert files(run) == ["feature_importance_weight.json", "feature_importance_weight.svg"]
    importance = runstone.artifacts.load_dict(f"runs:/{run.info.run_id}/feature_importance_weight.json")
    assert set(importance) <= {"a", "b", "c"}
    assert [(read.dataset.name, read.tags[0].value) for read in run.inputs.dataset_inputs] == [("dataset", "train")]


def test_xgboost_of_scikit_learn_logs_what_its_training_uses() -> None:
    runstone.autolog(log_models=False)

    fit_xgboost()

    run = only_run()
    assert run.data.tags["estimator_name"] == "XGBClassifier"
    assert run.data.params.items() >= {"n_estimators": "6", "objective": "binary:logistic"}.items()
    assert len(runstone.Client().get_metric_history(run.info.run_id, "validation_0-logloss")) == 6
    contexts = {read.dataset.name: read.tags[0].value for read in run.inputs.dataset_inputs}
    assert contexts == {"dataset": "train", "validation_0": "eval"}


def test_lightgbm_logs_each_iteration_and_importances() -> None:
    runstone.autolog(log_models=False)

    train_lightgbm(callbacks=[lightgbm.early_stopping(2, verbose=False)])

    run = only_run()
    assert run.data.params.items() >= {"objective": "binary", "num_boost_round": "6"}.items()
    assert len(runstone.Client().get_metric_history(run.info.run_id, "valid-binary_logloss")) == 6
    assert "best_iteration" in run.data.metrics
    assert [name for name in files(run) if name.endswith("json")] == [
        "feature_importance_gain.json",
        "feature_importance_split.json",
    ]


def test_lightgbm_of_scikit_learn_logs_its_params() -> None:
    runstone.autolog(log_models=False)

    fit_lightgbm()

    run = only_run()
    assert run.data.tags["estimator_name"] == "LGBMClassifier"
    assert run.data.params.items() >= {"n_estimators": "6", "num_boost_round": "6", "num_leaves": "31"}.items()


def test_catboost_logs_each_iteration_and_importances() -> None:
    runstone.autolog(log_models=False)

    fit_catboost()

    run = only_run()
    assert run.data.params["iterations"] == "6"
    assert run.data.params["l2_leaf_reg"] == "3"
    assert len(runstone.Client().get_metric_history(run.info.run_id, "validation-Logloss")) == 6
    assert {"best_iteration", "learn-Logloss"} <= set(run.data.metrics)
    assert files(run) == ["feature_importance_prediction.json", "feature_importance_prediction.svg"]


@pytest.mark.parametrize("save_best", [False, True])
def test_xgboost_tells_where_it_stopped(save_best: bool) -> None:
    runstone.autolog(log_models=False)
    stops = xgboost.callback.EarlyStopping(rounds=3, save_best=save_best)

    model = xgboost.XGBClassifier(n_estimators=200, learning_rate=1.0, n_jobs=1, callbacks=[stops])
    model.fit(FRAME[::2], NOISY[::2], eval_set=[(FRAME[1::2], NOISY[1::2])], verbose=False)

    metrics = only_run().data.metrics
    assert metrics["best_iteration"] == model.best_iteration
    assert metrics["stopped_iteration"] == model.best_iteration + 3 < 199


def test_lightgbm_tells_where_it_stopped() -> None:
    runstone.autolog(log_models=False)
    data = lightgbm.Dataset(FRAME[::2], NOISY[::2])
    valid = lightgbm.Dataset(FRAME[1::2], NOISY[1::2], reference=data)
    params = {"objective": "binary", "learning_rate": 1.0, "num_threads": 1, "verbose": -1}

    booster = lightgbm.train(
        params, data, 200, valid_sets=[valid], callbacks=[lightgbm.early_stopping(3, verbose=False)]
    )

    metrics = only_run().data.metrics
    assert metrics["best_iteration"] == booster.best_iteration
    assert metrics["stopped_iteration"] == booster.best_iteration + 3 < 200


@pytest.mark.parametrize(
    ("chosen", "fit", "told", "steps"),
    [
        ({}, {}, "learn", list(range(30))),
        ({"metric_period": 7}, {}, "learn", [0, 7, 14, 21, 28, 29]),
        ({}, {"metric_period": 10}, "validation", [0, 10, 20, 29]),
        ({}, {"early_stopping_rounds": 3}, "validation", None),
        ({"metric_period": 2, "od_wait": 3}, {}, "validation", None),
    ],
)
def test_catboost_tells_its_iterations_and_where_it_stopped(
    chosen: dict[str, Any], fit: dict[str, Any], told: str, steps: list[int] | None
) -> None:
    runstone.autolog(log_models=False)
    model = catboost.CatBoostClassifier(
        iterations=30, learning_rate=1.0, verbose=0, allow_writing_files=False, random_seed=1, thread_count=1, **chosen
    )

    model.fit(FRAME[::2], NOISY[::2], eval_set=(FRAME[1::2], NOISY[1::2]), **fit)

    run = only_run()
    seen = [point.step for point in runstone.Client().get_metric_history(run.info.run_id, f"{told}-Logloss")]
    assert seen == (steps or list(range(model.get_best_iteration() + 4)))
    assert run.data.metrics["best_iteration"] == model.get_best_iteration()
    assert run.data.metrics["stopped_iteration"] == seen[-1]


def test_every_so_many_iterations_are_logged_if_told() -> None:
    VERBS["xgboost"](log_models=False, log_every_n_iter=2, importance_types=["gain", "cover"])

    train_xgboost()

    run = only_run()
    history = runstone.Client().get_metric_history(run.info.run_id, "train-logloss")
    assert [point.step for point in history] == [0, 2, 4, 5]  # the last is always there
    assert [name for name in files(run) if name.endswith("json")] == [
        "feature_importance_cover.json",
        "feature_importance_gain.json",
    ]


def test_statsmodels_logs_its_numbers_and_its_summary() -> None:
    runstone.autolog(log_models=False)

    results = formulas.ols("target ~ a + b", FRAME.assign(target=TARGET)).fit()

    run = only_run()
    assert run.data.params.items() >= {"method": "pinv", "cov_type": "nonrobust", "formula": "target ~ a + b"}.items()
    assert "kwargs" not in run.data.params
    assert run.data.metrics["rsquared"] == results.rsquared
    assert run.data.metrics["aic"] == results.aic
    assert run.data.tags["estimator_name"] == "OLS"
    summary = runstone.artifacts.load_text(f"runs:/{run.info.run_id}/model_summary.txt")
    assert "OLS Regression Results" in summary


def test_what_statsmodels_fits_for_a_summary_is_not_logged() -> None:
    runstone.autolog(log_models=False)

    results = sm.Logit(KINDS, sm.add_constant(FRAME)).fit(disp=0)
    results.summary()

    assert only_run().data.metrics["prsquared"] == results.prsquared


def test_boosters_within_a_search_of_scikit_learn_are_a_part_of_it() -> None:
    runstone.autolog(log_models=False)
    model = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=2, n_jobs=1))

    GridSearchCV(model, {"xgbclassifier__max_depth": [1, 2]}, cv=2).fit(FRAME, KINDS)

    names = [run.data.tags["estimator_name"] for run in all_runs() if "mlflow.parentRunId" not in run.data.tags]
    assert names == ["GridSearchCV"]


def test_search_without_scikit_learns_autologging_logs_the_last_fit_alone() -> None:
    VERBS["xgboost"](log_models=False)
    model = xgboost.XGBClassifier(n_estimators=2, n_jobs=1)

    cross_val_score(model, FRAME, KINDS, cv=2)
    GridSearchCV(model, {"max_depth": [1, 2]}, cv=2).fit(FRAME, KINDS)

    assert only_run().data.tags["estimator_name"] == "XGBClassifier"


def test_training_imported_by_its_name_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    early: Any = ModuleType("early")
    early.train = original = lightgbm.train
    monkeypatch.setitem(sys.modules, "early", early)

    VERBS["lightgbm"](log_models=False)
    early.train({"verbose": -1, "objective": "binary"}, lightgbm.Dataset(FRAME, KINDS), 2)
    VERBS["lightgbm"](disable=True)

    assert only_run().data.params["num_boost_round"] == "2"
    assert early.train is lightgbm.train is original


def test_model_of_every_library_is_logged_and_predicts_the_same() -> None:
    runstone.autolog()
    booster = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(FRAME, KINDS)
    leaves = lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1).fit(FRAME, KINDS)
    cats = catboost.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(FRAME, KINDS)
    line = sm.OLS(TARGET, FRAME).fit()

    for model, run in zip([booster, leaves, cats, line], all_runs(), strict=True):
        loaded = runstone.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
        assert np.array_equal(np.ravel(loaded.predict(FRAME)), np.ravel(model.predict(FRAME)))
        assert loaded.metadata.signature is not None
        assert loaded.metadata.signature.inputs is not None
        assert loaded.metadata.signature.inputs.input_names() == ["a", "b", "c"]


def test_boosters_in_threads_of_an_ensemble_are_a_part_of_it() -> None:
    runstone.autolog(log_models=False)
    members = [(name, xgboost.XGBClassifier(n_estimators=2, n_jobs=1)) for name in ("one", "two")]

    with joblib.parallel_config(backend="threading", n_jobs=2):
        VotingClassifier(members, n_jobs=2).fit(FRAME, KINDS)

    assert only_run().data.tags["estimator_name"] == "VotingClassifier"
