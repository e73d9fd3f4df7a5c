"""What a script of any MLflow from 1.30 on does: experiments, runs, files, searches, the registry."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # each client is in an environment of its own
from mlflow.entities import Metric, Param, RunTag  # type: ignore[import-not-found]  # as above
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above
from mlflow.tracking import MlflowClient  # type: ignore[import-not-found]  # as above

client = MlflowClient()
seen: dict[str, Any] = {"version": mlflow.__version__}

name = f"clients {mlflow.__version__}"
experiment_id = client.create_experiment(name, tags={"team": "blue"})
client.set_experiment_tag(experiment_id, "colour", "red")
experiment = client.get_experiment_by_name(name)
seen["experiment"] = [experiment.experiment_id == experiment_id, dict(experiment.tags), experiment.lifecycle_stage]

mlflow.set_experiment(name)
with mlflow.start_run(run_name="mother") as mother:
    mlflow.log_params({"lr": 0.1, "depth": 3})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("bad", float("nan"))
    mlflow.set_tags({"kind": "trial"})
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "notes.txt").write_text("It went well.")
        mlflow.log_artifact(str(Path(folder) / "notes.txt"), "sub")
    mlflow.log_text("MLmodel", "model/MLmodel")
    with mlflow.start_run(nested=True) as child:
        mlflow.log_metric("loss", 0.05)
run_id = mother.info.run_id

many = [Metric("many", float(n), n, n) for n in range(50)]
client.log_batch(run_id, metrics=many, params=[Param("p", "q")], tags=[RunTag("t", "u")])
found = client.get_run(run_id)
seen["run"] = {
    "status": found.info.status,
    "params": dict(found.data.params),
    "loss": found.data.metrics["loss"],
    "bad": str(found.data.metrics["bad"]),
    "kind": found.data.tags["kind"],
    "t": found.data.tags["t"],
}
seen["history"] = [[point.step, point.value] for point in client.get_metric_history(run_id, "many")][-2:]
seen["parent"] = client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == run_id
seen["files"] = sorted(file.path for file in client.list_artifacts(run_id))
with tempfile.TemporaryDirectory() as folder:
    # Clients of 1.x have it on the client alone, those of 3.x among the artifacts alone.
    if hasattr(client, "download_artifacts"):
        notes = client.download_artifacts(run_id, "sub/notes.txt", folder)
    else:
        notes = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="sub/notes.txt", dst_path=folder)
    seen["notes"] = Path(notes).read_text()

runs = client.search_runs([experiment_id], "metrics.loss < 0.3 and params.lr = '0.1'", order_by=["metrics.loss ASC"])
seen["search"] = [run.data.tags["mlflow.runName"] for run in runs]
ordered = client.search_runs([experiment_id], order_by=["metrics.loss DESC"])
seen["ordered"] = [round(run.data.metrics["loss"], 3) for run in ordered]
client.set_terminated(child.info.run_id, "FAILED")
client.delete_run(child.info.run_id)
seen["left"] = len(client.search_runs([experiment_id]))
client.restore_run(child.info.run_id)

model = f"wheat-{mlflow.__version__}"
client.create_registered_model(model, tags={"crop": "grain"}, description="first")
client.create_model_version(model, f"{mother.info.artifact_uri}/model", run_id)
client.create_model_version(model, f"{mother.info.artifact_uri}/model", run_id)
client.transition_model_version_stage(model, "1", "Production")
client.transition_model_version_stage(model, "2", "Production", archive_existing_versions=True)
client.set_model_version_tag(model, "2", "a", "b")
client.update_model_version(model, "2", "better")
version = client.get_model_version(model, "2")
seen["version 2"] = [version.current_stage, version.description, dict(version.tags), version.run_id == run_id]
seen["stages"] = sorted([str(each.version), each.current_stage] for each in client.get_latest_versions(model))
seen["versions"] = sorted(str(each.version) for each in client.search_model_versions(f"name = '{model}'"))
seen["uri"] = client.get_model_version_download_uri(model, "2") == f"{mother.info.artifact_uri}/model"
if hasattr(client, "set_registered_model_alias"):
    client.set_registered_model_alias(model, "champion", "2")
    seen["alias"] = str(client.get_model_version_by_alias(model, "champion").version)
try:
    client.get_registered_model("nothing")
except MlflowException as error:
    seen["unknown"] = error.error_code

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
