"""Every estimator of scikit-learn is fitted with and without autologging, to the same bits."""

import copy
import pickle
import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import threadpoolctl
from sklearn import utils
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import runstone
import runstone.sklearn
from runstone.entities import RunStatus
from runstone.entities.tag import PARENT_RUN_ID
from tests.autologging.runs import all_runs

# What an estimator cannot do without, and what keeps it quick.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "ClassifierChain": {"estimator": LogisticRegression()},
    "ColumnTransformer": {"transformers": [("all", "passthrough", [0, 1])]},
    "FeatureUnion": {"transformer_list": [("all", "passthrough")]},
    "FixedThresholdClassifier": {"estimator": LogisticRegression()},
    "FrozenEstimator": {"estimator": LinearRegression().fit([[0.0] * 4, [1.0] * 4], [0.0, 1.0])},
    "GridSearchCV": {"estimator": LogisticRegression(), "param_grid": {"C": [0.1, 1.0]}, "cv": 2},
    "HalvingGridSearchCV": {"estimator": LogisticRegression(), "param_grid": {"C": [0.1, 1.0]}, "cv": 2},
    "HalvingRandomSearchCV": {"estimator": LogisticRegression(), "param_distributions": {"C": [0.1]}, "cv": 2},
    "MultiOutputClassifier": {"estimator": LogisticRegression()},
    "MultiOutputRegressor": {"estimator": LinearRegression()},
    "OneVsOneClassifier": {"estimator": LogisticRegression()},
    "OneVsRestClassifier": {"estimator": LogisticRegression()},
    "OutputCodeClassifier": {"estimator": LogisticRegression()},
    "Pipeline": {"steps": [("last", LogisticRegression())]},
    "RFE": {"estimator": LogisticRegression()},
    "RFECV": {"estimator": LogisticRegression(), "cv": 2},
    "RandomizedSearchCV": {
        "estimator": LogisticRegression(),
        "param_distributions": {"C": [0.1]},
        "n_iter": 1,
        "cv": 2,
    },
    "RegressorChain": {"estimator": LinearRegression()},
    "SelectFromModel": {"estimator": LogisticRegression()},
    "SelfTrainingClassifier": {"estimator": LogisticRegression()},
    "SequentialFeatureSelector": {"estimator": LinearRegression(), "cv": 2, "n_features_to_select": 1},
    "SparseCoder": {"dictionary": np.eye(4)},
    "StackingClassifier": {"estimators": [("one", LogisticRegression())], "cv": 2},
    "StackingRegressor": {"estimators": [("one", LinearRegression())], "cv": 2},
    "TunedThresholdClassifierCV": {"estimator": LogisticRegression(), "cv": 2},
    "VotingClassifier": {"estimators": [("one", DecisionTreeClassifier(random_state=0))]},
    "VotingRegressor": {"estimators": [("one", LinearRegression())]},
}
FEW = {
    "thresholds": 3,
    "max_subpopulation": 20,
    "n_estimators": 3,
    "max_iter": 20,
    "n_init": 1,
    "n_components": 2,
    "cv": 2,
    "n_alphas": 3,
    "perplexity": 3,
}
SEVERAL_TARGETS = {"MultiOutputClassifier", "MultiOutputRegressor", "ClassifierChain", "RegressorChain"}
SEVERAL_TARGETS |= {"MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV"}
TEXTS = {"CountVectorizer", "TfidfVectorizer", "HashingVectorizer"}

ROWS = np.random.default_rng(0).random((24, 4))
TWO = np.tile([0, 1], 12)


def estimators() -> list[type[BaseEstimator]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [kind for _, kind in utils.all_estimators()]


def made(kind: type[BaseEstimator]) -> BaseEstimator:
    estimator = kind(**ARGUMENTS.get(kind.__name__, {}))
    known = estimator.get_params(deep=False)
    given = ARGUMENTS.get(kind.__name__, {})
    few: dict[str, Any] = {name: value for name, value in FEW.items() if name in known and name not in given}
    if "random_state" in known:
        few["random_state"] = np.random.RandomState(7)  # one that a further use would move
    return estimator.set_params(**few)


def data(kind: type[BaseEstimator]) -> tuple[Any, Any]:
    name = kind.__name__
    if name in TEXTS:
        return ["one two", "two three", "three four"], None
    if name in {"DictVectorizer", "FeatureHasher"}:
        return [{"a": 1, "b": 2}, {"a": 3}], None
    if name in {"LabelBinarizer", "LabelEncoder", "MultiLabelBinarizer"}:
        return ([[0], [1, 2]] if name == "MultiLabelBinarizer" else TWO), None
    if name == "PatchExtractor":
        return ROWS.reshape(2, 12, 4), None
    if name == "IsotonicRegression":
        return ROWS[:, 0], TWO
    return ROWS, np.column_stack([TWO, 1 - TWO]) if name in SEVERAL_TARGETS else TWO


# Times differ, and trees count the questions that they are asked.
NOT_COMPARED = {"cv_results_", "refit_time_", "_tree", "tree_"}


def outcome(kind: type[BaseEstimator]) -> dict[str, Any]:
    """All that can be seen of a fit, as bytes: the estimator, what it predicts, what was raised, the random numbers."""
    np.random.seed(3)
    random.seed(3)
    seen: dict[str, Any] = {}
    try:
        estimator = made(kind)
        rows, targets = data(kind)
        given = (rows,) if targets is None else (rows, targets)
        fitted = estimator.fit(*given)
        assert fitted is estimator
        seen["state"] = {
            name: pickle.dumps(value) for name, value in vars(estimator).items() if name not in NOT_COMPARED
        }
        for name in ("predict", "predict_proba", "decision_function", "transform", "score_samples"):
            if hasattr(estimator, name):
                seen[name] = pickle.dumps(getattr(estimator, name)(rows))
        if hasattr(estimator, "score"):
            seen["score"] = pickle.dumps(estimator.score(*given))
    except Exception as error:  # noqa: BLE001  # compared
        seen["error"] = (type(error), str(error))
    seen["random"] = (pickle.dumps(np.random.get_state()), random.getstate())
    return seen


def is_logged(seen: dict[str, Any], name: str, metrics: dict[str, float] | None) -> bool:
    """Whether the score of an estimator, if it has one and was logged, is among the metrics of its run."""
    if "score" not in seen or metrics is None:
        return True
    logged = metrics.get(f"{name}_score_unknown_dataset")
    return logged is not None and pickle.dumps(logged) == pickle.dumps(float(pickle.loads(seen["score"])))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # tiny data says little, and estimators complain
def test_results_are_the_same_bits_with_and_without() -> None:
    with threadpoolctl.threadpool_limits(1):
        without = {kind.__name__: outcome(kind) for kind in estimators()}
        runstone.sklearn.autolog(log_models=False)
        watched = {kind.__name__: outcome(kind) for kind in estimators()}

    assert [name for name, seen in without.items() if seen != watched[name]] == []
    assert len(without) > 150
    runs = [run for run in all_runs() if PARENT_RUN_ID not in run.data.tags]
    scored = {run.data.tags["estimator_name"]: dict(run.data.metrics) for run in runs}
    assert [name for name, seen in without.items() if not is_logged(seen, name, scored.get(name))] == []
    names = [run.data.tags["estimator_name"] for run in runs]
    assert len(names) == len(set(names)) > 120
    failed = {run.data.tags["estimator_name"] for run in runs if run.info.status is RunStatus.FAILED}
    assert failed == {name for name, seen in without.items() if "error" in seen} & set(names)


def test_estimator_that_was_watched_loads_where_runstone_is_not(tmp_path: Path) -> None:
    runstone.sklearn.autolog(log_models=False)
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}, cv=2).fit(ROWS, TWO)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(search))
    (tmp_path / "function.pkl").write_bytes(pickle.dumps(LogisticRegression.fit))
    code = "import pickle, sys; print(pickle.load(open('model.pkl', 'rb')), pickle.load(open('function.pkl', 'rb')))"
    code += "; print('runstone' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert told.endswith("False\n")


def test_estimator_that_was_watched_is_cloned_and_copied() -> None:
    runstone.sklearn.autolog(log_models=False)
    model = LogisticRegression(C=3.0).fit(ROWS, TWO)

    twin, copied = clone(model), copy.deepcopy(model)

    assert twin.get_params() == model.get_params()
    assert not hasattr(twin, "coef_")
    assert np.array_equal(copied.coef_, model.coef_)


def test_data_is_left_as_it_was() -> None:
    runstone.sklearn.autolog(log_models=False)
    rows = ROWS.copy()
    rows.flags.writeable = False

    LogisticRegression().fit(rows, TWO)

    assert np.array_equal(rows, ROWS)
