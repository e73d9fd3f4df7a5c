"""Classifiers of breast tumours: a nested search, and a table worth sorting."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_score, recall_score, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from runstone.demo import figures
from runstone.demo.losses import log_loss
from runstone.demo.recording import LoggedRun, Recorder, Recording

EXPERIMENT = "Breast cancer"
SEARCH = "search: depth and learning rate"
_SEED = 7
_TREES = 80
_DEPTHS = (1, 2, 3)
_RATES = (0.03, 0.1, 0.3)
_NOTE = """\
Is a tumour **benign or malignant**? 569 patients of the Wisconsin data set that came with scikit-learn, 30 measurements
each.
The boosted trees are a small search: nine runs nested in one.
"""


class _Patients:
    """The data, in two parts."""

    def __init__(self) -> None:
        data = load_breast_cancer()
        self.features: list[str] = list(data.feature_names)
        self.classes: list[str] = list(data.target_names)
        # Malignant is what is looked for, so it is the positive class.
        malignant = 1 - data.target
        self.train_rows, self.rows, self.train_truth, self.truth = train_test_split(
            data.data, malignant, test_size=0.3, stratify=malignant, random_state=_SEED
        )


def train(recorder: Recorder) -> str:
    """Train all classifiers; returns the id of the experiment."""
    patients = _Patients()
    experiment_id = recorder.experiment(EXPERIMENT, _NOTE)
    _logistic_regression(recorder, experiment_id, patients)
    _random_forest(recorder, experiment_id, patients)
    _search(recorder, experiment_id, patients)
    return experiment_id


def _logistic_regression(recorder: Recorder, experiment_id: str, patients: _Patients) -> None:
    params = {"model": "LogisticRegression", "C": 1.0, "scaled": True, "seed": _SEED}
    with recorder.run(experiment_id, "logistic regression", params=params, note="The line to beat.") as run:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000, random_state=_SEED))
        model.fit(patients.train_rows, patients.train_truth)
        _judge(run, model, patients)
        _explain(run, model, patients, model[-1].coef_[0])


def _random_forest(recorder: Recorder, experiment_id: str, patients: _Patients) -> None:
    sizes = range(10, 101, 10)
    params = {"model": "RandomForestClassifier", "n_estimators": sizes[-1], "max_depth": "none", "seed": _SEED}
    note = "The loss is logged as the forest grows, ten trees at a time."
    with recorder.run(experiment_id, "random forest", params=params, note=note) as run:
        model = RandomForestClassifier(warm_start=True, random_state=_SEED)
        for trees in sizes:
            model.set_params(n_estimators=trees).fit(patients.train_rows, patients.train_truth)
            loss = log_loss(patients.truth, model.predict_proba(patients.rows))
            run.metrics({"validation_loss": loss}, step=trees)
        _judge(run, model, patients)
        _explain(run, model, patients, model.feature_importances_)


def _search(recorder: Recorder, experiment_id: str, patients: _Patients) -> None:
    params = {"model": "GradientBoostingClassifier", "n_estimators": _TREES, "tried": len(_DEPTHS) * len(_RATES)}
    note = "Boosted trees of every depth and learning rate; its **metrics and model are those of the best** inside."
    with recorder.run(experiment_id, SEARCH, params=params, note=note) as search:
        tried = [
            _boosted_trees(recorder, experiment_id, patients, {"max_depth": depth, "learning_rate": rate}, search)
            for depth, rate in product(_DEPTHS, _RATES)
        ]
        best, model = min(tried, key=lambda pair: pair[0].last("validation_loss"))
        search.params({"best": best.name})
        search.metrics({"validation_loss": best.last("validation_loss")})
        _judge(search, model, patients)
        _explain(search, model, patients, model.feature_importances_)


def _boosted_trees(
    recorder: Recorder, experiment_id: str, patients: _Patients, tuned: dict[str, Any], search: Recording
) -> tuple[LoggedRun, Any]:
    params = {"model": "GradientBoostingClassifier", "n_estimators": _TREES, **tuned, "seed": _SEED}
    name = f"depth {tuned['max_depth']}, rate {tuned['learning_rate']}"
    with recorder.run(
        experiment_id, name, params=params, note="One of the search.", parent=search.logged.run_id
    ) as run:
        model = GradientBoostingClassifier(n_estimators=_TREES, random_state=_SEED, **tuned)
        model.fit(patients.train_rows, patients.train_truth)
        staged: Iterable[Any] = model.staged_predict_proba(patients.rows)
        # scikit-learn keeps the deviance, which is twice the log loss.
        run.curve(
            {"train_loss": loss / 2, "validation_loss": log_loss(patients.truth, chances)}
            for loss, chances in zip(model.train_score_, staged, strict=True)
        )
        _judge(run, model, patients)
    return run.logged, model


def _judge(run: Recording, model: Any, patients: _Patients) -> None:
    chances = model.predict_proba(patients.rows)[:, 1]
    said = (chances >= 0.5).astype(int)
    run.metrics(
        {
            "accuracy": float(np.mean(said == patients.truth)),
            "precision": precision_score(patients.truth, said),
            "recall": recall_score(patients.truth, said),
            "roc_auc": roc_auc_score(patients.truth, chances),
        }
    )


def _explain(run: Recording, model: Any, patients: _Patients, weights: Any) -> None:
    chances = model.predict_proba(patients.rows)[:, 1]
    counts = confusion_matrix(patients.truth, chances >= 0.5)
    figures.confusion_matrix(run.place("confusion-matrix.png"), counts, ["benign", "malignant"])
    false_rate, true_rate, _ = roc_curve(patients.truth, chances)
    figures.roc_curve(run.place("roc-curve.png"), (false_rate, true_rate), roc_auc_score(patients.truth, chances))
    by_feature = dict(zip(patients.features, map(float, weights), strict=True))
    figures.importances(run.place("feature-importances.png"), by_feature)
    rows = sorted(by_feature.items(), key=lambda item: -abs(item[1]))
    run.text(
        "feature-importances.csv", "feature,importance\n" + "".join(f"{name},{value:.6f}\n" for name, value in rows)
    )
    run.model(model, patients.rows)
