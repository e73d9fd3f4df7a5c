"""One experiment with runs logged by the genuine client, read back as the server's own JSON."""

import json
import math
import os
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from mlflow import MlflowClient  # type: ignore[import-not-found]  # the genuine package is in its own environment
from mlflow.entities import Metric, Param, RunTag  # type: ignore[import-not-found]  # as above

API = f"{os.environ['MLFLOW_TRACKING_URI']}/api/2.0/mlflow"
client = MlflowClient()
seen: dict[str, Any] = {}


def get(path: str) -> Any:
    """The answer to a GET."""
    with urlopen(f"{API}/{path}") as answer:  # the address is ours
        return json.load(answer)


def post(path: str, **fields: Any) -> Any:
    """The answer to a POST."""
    headers = {"Content-Type": "application/json"}
    request = Request(f"{API}/{path}", json.dumps(fields).encode(), headers)  # the address is ours
    with urlopen(request) as answer:  # the address is ours
        return json.load(answer)


experiment_id = client.create_experiment("records · 記録", tags={"b": "2", "a": "1"})
mother = client.create_run(experiment_id, start_time=1000, run_name="mother", tags={"mlflow.user": "ada"}).info.run_id
client.log_batch(
    mother,
    metrics=[
        Metric("loss", 0.1 + 0.2, 1001, 1),
        Metric("loss", 1e-320, 1002, 2),
        Metric("loss", 0.5, 999, 2),
        Metric("whole", 3, 1003, 0),
        Metric("nan", math.nan, 1004, 0),
        Metric("behind", -1.5, 1005, -9),
        Metric("large", 1.7976931348623157e308, 1006, 2**53),
    ],
    params=[Param("lr", "0.1"), Param("text", "Zeile 1\nZeile 2 🌾"), Param("empty", "")],
    tags=[RunTag("t", "v"), RunTag("mlflow.note.content", "*noted*")],
)
child = client.create_run(experiment_id, start_time=2000, run_name="child", tags={"mlflow.parentRunId": mother})
client.log_metric(child.info.run_id, "loss", 0.25, timestamp=2001, step=1)
client.set_terminated(child.info.run_id, "FAILED", end_time=3000)
client.set_terminated(mother, "FINISHED", end_time=4000)
client.log_text(mother, "hello", "notes/hello.txt")

seen["experiment"] = get(f"experiments/get?experiment_id={experiment_id}")
seen["experiments"] = post("experiments/search", max_results=10, filter="name LIKE 'records%'")
seen["mother"] = get(f"runs/get?run_id={mother}")
seen["child"] = get(f"runs/get?run_uuid={child.info.run_id}")
seen["runs"] = post("runs/search", experiment_ids=[experiment_id], order_by=["attributes.start_time ASC"])
seen["none"] = post("runs/search", experiment_ids=[experiment_id], filter="metrics.loss > 9")
seen["page"] = sorted(post("runs/search", experiment_ids=[experiment_id], max_results=1))
seen["history"] = get(f"metrics/get-history?run_id={mother}&metric_key=loss")
seen["nan"] = get(f"metrics/get-history?run_id={mother}&metric_key=nan")
seen["no_history"] = get(f"metrics/get-history?run_id={mother}&metric_key=never")
seen["interval"] = get(f"metrics/get-history-bulk-interval?run_ids={mother}&metric_key=loss&max_results=100")
seen["files"] = get(f"artifacts/list?run_id={mother}")
seen["folder"] = get(f"artifacts/list?run_id={mother}&path=notes")
seen["models"] = post("logged-models/search", experiment_ids=[experiment_id])

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
