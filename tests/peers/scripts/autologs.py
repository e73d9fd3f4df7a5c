"""Training with scikit-learn, logged by the genuine package's automatic logging, without models."""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

client = MlflowClient()
seen: dict[str, Any] = {}
features, target = load_iris(return_X_y=True, as_frame=True)
experiment = mlflow.set_experiment("automatic logging")
mlflow.sklearn.autolog(log_models=False, log_datasets=False)

with mlflow.start_run(run_name="plain") as plain:
    LogisticRegression(C=0.5, max_iter=300).fit(features, target)
got = client.get_run(plain.info.run_id)
seen["plain"] = {
    "run_id": plain.info.run_id,
    "params": got.data.params,
    "metrics": got.data.metrics,
    "tags": {key: value for key, value in got.data.tags.items() if not key.startswith("mlflow.")},
    "files": sorted(each.path for each in client.list_artifacts(plain.info.run_id)),
}

with mlflow.start_run(run_name="grid") as grid:
    GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.1, 1.0, 10.0]}, cv=3).fit(features, target)
children = client.search_runs(
    [experiment.experiment_id], f"tags.mlflow.parentRunId = '{grid.info.run_id}'", order_by=["params.C ASC"]
)
seen["grid"] = {
    "run_id": grid.info.run_id,
    "best": client.get_run(grid.info.run_id).data.params["best_C"],
    "children": [[child.data.params["C"], "mean_test_score" in child.data.metrics] for child in children],
    "files": sorted(each.path for each in client.list_artifacts(grid.info.run_id)),
}

x_train, x_test, y_train, y_test = features[::2], features[1::2], target[::2], target[1::2]
model = LogisticRegression(max_iter=300).fit(x_train, y_train)
later = mlflow.last_active_run()
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
seen["later"] = {"run_id": later.info.run_id, "metrics": client.get_run(later.info.run_id).data.metrics}

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
