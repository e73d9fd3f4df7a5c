"""Runs, nested runs, params, tags and metrics by the genuine fluent functions and the genuine client."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag  # type: ignore[import-not-found]  # as above
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above

client = MlflowClient()
seen: dict[str, Any] = {}


def refused(call: Any, *arguments: Any, **named: Any) -> list[str]:
    """The code of the error that a call ends with, and what it says."""
    try:
        call(*arguments, **named)
    except MlflowException as error:
        return [error.error_code, str(error)]
    return ["", ""]


def text(value: float) -> str:
    """A float as text, so that JSON holds NaN and the infinities too."""
    return repr(value)


experiment = mlflow.set_experiment("runs of the genuine client")
with mlflow.start_run(run_name="mother", tags={"stage": "one"}, description="A run with children") as mother:
    mlflow.log_param("lr", 0.01)
    mlflow.log_params({"depth": 3, "name": "Bäume", "empty": ""})
    mlflow.log_metric("loss", 0.5, step=1, timestamp=1_700_000_000_000)
    mlflow.log_metric("loss", 0.25, step=2, timestamp=1_700_000_001_000)
    mlflow.log_metrics({"accuracy": 0.9, "auc": 1}, step=-5)
    mlflow.set_tags({"colour": "grün", "gone": "soon"})
    mlflow.delete_tag("gone")
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("loss", math.nan, step=1)
        mlflow.log_metric("high", math.inf)
        mlflow.log_metric("low", -math.inf)
        with mlflow.start_run(nested=True) as grandchild:
            mlflow.set_tag("deep", "yes")
    seen["param_twice"] = refused(mlflow.log_param, "lr", 0.01)
    seen["param_changed"] = refused(mlflow.log_param, "lr", 0.02)
seen["ids"] = {"mother": mother.info.run_id, "child": child.info.run_id, "grandchild": grandchild.info.run_id}
seen["experiment_id"] = experiment.experiment_id

got = mlflow.get_run(mother.info.run_id)
seen["mother"] = {
    "name": got.info.run_name,
    "status": got.info.status,
    "stage": got.info.lifecycle_stage,
    "ended": got.info.end_time >= got.info.start_time > 0,
    "experiment_id": got.info.experiment_id,
    "artifacts": got.info.artifact_uri,
    "params": got.data.params,
    "metrics": got.data.metrics,
    "tags": got.data.tags,
}
seen["child_metrics"] = {key: text(value) for key, value in client.get_run(child.info.run_id).data.metrics.items()}
seen["parents"] = [
    mlflow.get_parent_run(grandchild.info.run_id).info.run_id,
    mlflow.get_parent_run(child.info.run_id).info.run_id,
    mlflow.get_parent_run(mother.info.run_id),
]
seen["loss"] = [
    [point.step, point.timestamp, point.value] for point in client.get_metric_history(mother.info.run_id, "loss")
]
seen["not_finite"] = {
    key: [text(point.value) for point in client.get_metric_history(child.info.run_id, key)]
    for key in ("loss", "high", "low")
}

with mlflow.start_run(run_id=mother.info.run_id) as resumed:
    mlflow.log_metric("loss", 0.125, step=3)
seen["resumed"] = [resumed.info.run_id, client.get_run(resumed.info.run_id).data.metrics["loss"]]

try:
    with mlflow.start_run(run_name="breaks") as broken:
        raise ValueError("on purpose")
except ValueError:
    seen["broken"] = client.get_run(broken.info.run_id).info.status

made = client.create_run(experiment.experiment_id, start_time=12345, run_name="by hand", tags={"who": "client"})
run_id = made.info.run_id
seen["made"] = [run_id, made.info.status, made.info.start_time, made.info.run_name, made.data.tags]
client.log_batch(
    run_id,
    metrics=[Metric("m", value / 4, 1000 + value, value) for value in range(1000)],
    params=[Param(f"p{number}", str(number)) for number in range(100)],
    tags=[RunTag(f"t{number}", str(number)) for number in range(100)],
)
batched = client.get_run(run_id)
seen["batched"] = [batched.data.metrics, len(batched.data.params), len(batched.data.tags)]
client.log_param(run_id, "single", "value")
client.log_metric(run_id, "single", 1.5, step=7)
client.set_tag(run_id, "single", "tag")
client.update_run(run_id, status="SCHEDULED", name="renamed")
updated = client.get_run(run_id)
seen["updated"] = [updated.info.status, updated.info.run_name, updated.data.tags["mlflow.runName"]]
client.set_terminated(run_id, status="KILLED", end_time=54321)
killed = client.get_run(run_id)
seen["killed"] = [killed.info.status, killed.info.end_time]
client.delete_run(run_id)
seen["deleted"] = client.get_run(run_id).info.lifecycle_stage
seen["to_deleted"] = refused(client.log_metric, run_id, "m", 1.0)
client.restore_run(run_id)
seen["restored"] = client.get_run(run_id).info.lifecycle_stage
mlflow.delete_run(broken.info.run_id)
seen["mlflow_deleted"] = client.get_run(broken.info.run_id).info.lifecycle_stage

with mlflow.start_run() as background:
    futures = [mlflow.log_metric("late", number, step=number, synchronous=False) for number in range(50)]
    mlflow.log_param("late", "too", synchronous=False)
    for future in futures:
        future.wait()
    mlflow.flush_async_logging()
seen["late"] = len(client.get_metric_history(background.info.run_id, "late"))

no_run = "0" * 32
seen["unknown_run"] = refused(client.get_run, no_run)
seen["unknown_metric_run"] = refused(client.log_metric, no_run, "m", 1.0)
seen["unknown_history"] = refused(client.get_metric_history, no_run, "m")
seen["no_experiment"] = refused(client.create_run, "987654321")
seen["long_key"] = refused(client.log_metric, run_id, "k" * 251, 1.0)
seen["long_param"] = refused(client.log_param, run_id, "long", "v" * 6001)
seen["bad_key"] = refused(client.log_metric, run_id, "../up", 1.0)
seen["no_tag"] = refused(client.delete_tag, run_id, "never set")
again = [Param("repeated", "1"), Param("repeated", "1")]
seen["param_twice_in_batch"] = refused(client.log_batch, run_id, params=again)

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
