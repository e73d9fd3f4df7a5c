"""System metrics of two passages of one run, by the genuine package."""

import json
import sys
import time
from pathlib import Path

sys.path.append(sys.argv[2])  # psutil, which this environment lacks

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own

mlflow.set_system_metrics_sampling_interval(0.05)
mlflow.set_system_metrics_samples_before_logging(2)
client = mlflow.MlflowClient()


def wait_for(run_id: str, step: int) -> None:
    """Until a step is logged."""
    while step not in [metric.step for metric in client.get_metric_history(run_id, "system/disk_usage_megabytes")]:
        time.sleep(0.05)


with mlflow.start_run(log_system_metrics=True) as run:
    wait_for(run.info.run_id, 1)
with mlflow.start_run(run.info.run_id, log_system_metrics=True):
    wait_for(run.info.run_id, 3)
mlflow.set_system_metrics_node_id("node_0")
with mlflow.start_run(log_system_metrics=True) as named:
    wait_for(run.info.run_id, 3)
    time.sleep(1)

Path(sys.argv[1]).write_text(json.dumps({"run_id": run.info.run_id, "named": named.info.run_id}), encoding="utf-8")
