"""An ordinary training script, written for MLflow, runs with nothing but its import line changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runstone.client import Client

pytest.importorskip("sklearn")

SCRIPT = """
import os
import tempfile

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, f1_score
from sklearn.model_selection import train_test_split

import runstone as mlflow

mlflow.set_experiment("wine")
x_train, x_test, y_train, y_test = train_test_split(*load_wine(return_X_y=True, as_frame=True), random_state=0)

with mlflow.start_run(run_name="sweep", tags={"purpose": "compare"}, description="Depth of the trees.") as sweep:
    mlflow.log_params({"n_train": len(x_train), "features": list(x_train.columns)[:3]})
    for depth in (1, 2, 4):
        with mlflow.start_run(run_name=f"depth {depth}", nested=True):
            mlflow.log_param("max_depth", depth)
            for trees in (2, 4, 8):
                model = RandomForestClassifier(n_estimators=trees, max_depth=depth, random_state=0)
                model.fit(x_train, y_train)
                guess = model.predict(x_test)
                mlflow.log_metrics(
                    {"accuracy": accuracy_score(y_test, guess), "f1": f1_score(y_test, guess, average="macro")},
                    step=trees,
                )
            display = ConfusionMatrixDisplay.from_predictions(y_test, guess)
            mlflow.log_figure(display.figure_, "confusion.png")
            plt.close(display.figure_)
            mlflow.log_dict(model.get_params(), "params.json")
            mlflow.log_table({"truth": list(y_test), "guess": list(guess)}, "guesses.json")
            with tempfile.TemporaryDirectory() as folder:
                for name, importance in zip(x_train.columns, model.feature_importances_):
                    with open(os.path.join(folder, f"{name.replace('/', '_')}.txt"), "w") as file:
                        file.write(str(importance))
                mlflow.log_artifacts(folder, artifact_path="importances")

best = mlflow.search_runs(
    filter_string=f"tags.mlflow.parentRunId = '{sweep.info.run_id}'", order_by=["metrics.accuracy DESC"]
).iloc[0]
client = mlflow.MlflowClient()
history = client.get_metric_history(best.run_id, "accuracy")
print(best["tags.mlflow.runName"], [m.step for m in history], best["metrics.accuracy"] > 0.8)
print(sorted(f.path for f in client.list_artifacts(best.run_id)))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured_children")
def test_script_runs_unchanged(address: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)

    ended = subprocess.run(
        [sys.executable, "train.py"],
        cwd=tmp_path,
        env={**os.environ, "MLFLOW_TRACKING_URI": address},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stderr, ended.returncode) == ("", 0)
    first, second = ended.stdout.splitlines()
    assert first in {f"depth {depth} [2, 4, 8] True" for depth in (1, 2, 4)}
    assert second == "['confusion.png', 'guesses.json', 'importances', 'params.json']"
    experiment = Client(address).get_experiment_by_name("wine")
    assert experiment is not None
    runs = Client(address).search_runs([experiment.experiment_id])
    assert {run.info.status.value for run in runs} == {"FINISHED"}
    assert len(runs) == 4
