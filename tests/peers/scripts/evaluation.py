"""Evaluates models with the genuine package, and writes down the metrics that it found."""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

CASES: dict[str, Any] = {
    "binary": (load_breast_cancer, LogisticRegression(max_iter=5000), "classifier", {}),
    "several": (load_iris, LogisticRegression(max_iter=5000), "classifier", {}),
    "macro": (load_iris, LogisticRegression(max_iter=5000), "classifier", {"average": "macro"}),
    "negative": (load_breast_cancer, LogisticRegression(max_iter=5000), "classifier", {"pos_label": 0}),
    "numbers": (load_diabetes, LinearRegression(), "regressor", {}),
}


def main() -> None:
    """Write the metrics of each case, and the data and predictions that they are of."""
    told = {}
    for name, (load, estimator, model_type, config) in CASES.items():
        features, targets = load(return_X_y=True, as_frame=True)
        features = features.iloc[:, :4]
        model = estimator.fit(features, targets)
        data = features.assign(target=targets)
        given = {"targets": "target", "model_type": model_type}
        options = {"log_model_explainability": False, **config}
        with mlflow.start_run():
            uri = mlflow.sklearn.log_model(model, name="model", pip_requirements=[]).model_uri
            whole = mlflow.models.evaluate(uri, data, **given, evaluator_config=options)
            static = mlflow.models.evaluate(
                None,
                data.assign(guess=model.predict(features)),
                predictions="guess",
                **given,
                evaluator_config={**options, "metric_prefix": "static_"},
            )
        said = model.predict_proba(features) if model_type == "classifier" else pd.DataFrame(model.predict(features))
        told[name] = {
            "metrics": {key: float(value) for key, value in whole.metrics.items()},
            "static": {key: float(value) for key, value in static.metrics.items()},
            "targets": targets.tolist(),
            "said": pd.DataFrame(said).to_numpy().tolist(),
        }
    Path(sys.argv[1]).write_text(json.dumps(told), encoding="utf-8")


main()
