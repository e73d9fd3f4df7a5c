"""Regressions of diabetes: what a penalty does to a linear model, and whether trees do better."""

from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

from runstone.demo import figures
from runstone.demo.recording import Recorder, Recording

EXPERIMENT = "Diabetes progression"
_SEED = 7
_TREES = 120
_NOTE = """\
How far will **diabetes** have gone in a year? 442 patients of the data set that came with scikit-learn, ten
measurements each.
The steps of the linear models go along a path of 40 penalties, from the strongest to the weakest.
"""


class _Patients:
    """The data, in two parts."""

    def __init__(self) -> None:
        data = load_diabetes()
        self.features: list[str] = list(data.feature_names)
        self.train_rows, self.rows, self.train_truth, self.truth = train_test_split(
            data.data, data.target, test_size=0.3, random_state=_SEED
        )


def train(recorder: Recorder) -> str:
    """Train all regressions; returns the id of the experiment."""
    patients = _Patients()
    experiment_id = recorder.experiment(EXPERIMENT, _NOTE)
    ridge = "Ridge regression shrinks **all** coefficients alike."
    lasso = "The lasso throws features out: see `nonzero_coefficients` fall as the penalty rises."
    _path(recorder, experiment_id, patients, (Ridge, np.logspace(2, -4, 40), ridge))
    _path(recorder, experiment_id, patients, (Lasso, np.logspace(1, -3, 40), lasso))
    _boosted_trees(recorder, experiment_id, patients)
    return experiment_id


def _path(recorder: Recorder, experiment_id: str, patients: _Patients, plan: tuple[Any, figures.Floats, str]) -> None:
    kind, alphas, note = plan
    params = {"model": kind.__name__, "penalties": len(alphas), "alpha_max": alphas[0], "alpha_min": alphas[-1]}
    with recorder.run(experiment_id, f"{kind.__name__.lower()} path", params=params, note=note) as run:
        models = []
        for step, alpha in enumerate(alphas):
            models.append(kind(alpha=alpha).fit(patients.train_rows, patients.train_truth))
            errors = _errors(models[-1], patients)
            used = int(np.count_nonzero(models[-1].coef_))
            run.metrics({"alpha": alpha, "nonzero_coefficients": used, **errors}, step=step)
        best = int(np.argmin([point.value for point in run.logged.metrics["validation_rmse"]]))
        run.params({"best_alpha": f"{alphas[best]:.4g}"})
        coefficients = np.array([model.coef_ for model in models])
        figures.coefficient_path(
            run.place("coefficient-path.png"), alphas, coefficients, patients.features, float(alphas[best])
        )
        _judge(run, models[best], patients)


def _boosted_trees(recorder: Recorder, experiment_id: str, patients: _Patients) -> None:
    tuned = {"n_estimators": _TREES, "max_depth": 3, "learning_rate": 0.1, "subsample": 0.8}
    params = {"model": "GradientBoostingRegressor", **tuned, "seed": _SEED}
    note = "The training error keeps falling while the validation error turns: **overfitting**, as in the textbook."
    with recorder.run(experiment_id, "boosted trees", params=params, note=note) as run:
        model = GradientBoostingRegressor(random_state=_SEED, **tuned).fit(patients.train_rows, patients.train_truth)
        staged = zip(model.staged_predict(patients.train_rows), model.staged_predict(patients.rows), strict=True)
        run.curve(
            {"train_rmse": _rmse(patients.train_truth, train_said), "validation_rmse": _rmse(patients.truth, said)}
            for train_said, said in staged
        )
        weights = dict(zip(patients.features, map(float, model.feature_importances_), strict=True))
        figures.importances(run.place("feature-importances.png"), weights)
        _judge(run, model, patients)


def _rmse(truth: figures.Floats, said: figures.Floats) -> float:
    return float(np.sqrt(np.mean((truth - said) ** 2)))


def _errors(model: Any, patients: _Patients) -> dict[str, float]:
    return {
        "train_rmse": _rmse(patients.train_truth, model.predict(patients.train_rows)),
        "validation_rmse": _rmse(patients.truth, model.predict(patients.rows)),
    }


def _judge(run: Recording, model: Any, patients: _Patients) -> None:
    said = model.predict(patients.rows)
    run.metrics(
        {
            "best_rmse": _rmse(patients.truth, said),
            "best_mae": mean_absolute_error(patients.truth, said),
            "best_r2": r2_score(patients.truth, said),
        }
    )
    figures.predicted_and_measured(run.place("predicted-and-measured.png"), patients.truth, said)
    run.model(model, patients.rows)
