"""Logged models, datasets and what runs read and made, by the genuine client."""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
import mlflow.sklearn  # type: ignore[import-not-found]  # as above
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import (  # type: ignore[import-not-found]  # as above
    DatasetInput,
    InputTag,
    LoggedModelOutput,
    LoggedModelStatus,
)
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above
from sklearn.linear_model import LinearRegression

warnings.simplefilter("ignore")
client = MlflowClient()
seen: dict[str, Any] = {}


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    """The code of the error that a call ends with."""
    try:
        call(*arguments, **named)
    except MlflowException as error:
        return str(error.error_code)
    return ""


def model_of(model: Any) -> dict[str, Any]:
    """A logged model, as its users see it."""
    return {
        "name": model.name,
        "status": str(model.status),
        "type": model.model_type,
        "params": dict(model.params),
        "tags": {key: value for key, value in model.tags.items() if not key.startswith("mlflow.")},
        "metrics": [[m.key, m.value, m.step, m.dataset_name] for m in model.metrics or []],
        "has_run": bool(model.source_run_id),
    }


mlflow.set_experiment("lineage")
experiment_id = client.get_experiment_by_name("lineage").experiment_id
frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
dataset = mlflow.data.from_pandas(frame, source="data.csv", name="line", targets="y")
fitted = LinearRegression().fit(frame[["x"]], frame["y"])

with mlflow.start_run() as run:
    mlflow.log_input(dataset, context="training", tags={"part": "first"})
    info = mlflow.sklearn.log_model(
        fitted,
        name="line",
        params={"depth": 3},
        tags={"team": "blue"},
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],  # to find them it would start a process
    )
    mlflow.log_metric("rmse", 0.25, step=1, model_id=info.model_id, dataset=dataset)
    mlflow.log_metric("rmse", 0.125, step=2, model_id=info.model_id)
    external = mlflow.create_external_model(name="outside", model_type="tree", params={"a": "b"})
    mlflow.log_outputs([LoggedModelOutput(external.model_id, 4)])
model = client.get_logged_model(info.model_id)
seen["model"] = model_of(model)
seen["external"] = model_of(client.get_logged_model(external.model_id))
seen["predicted"] = [
    round(float(each), 6) for each in mlflow.pyfunc.load_model(f"models:/{info.model_id}").predict(frame[["x"]])
]
seen["of_run"] = [
    round(float(each), 6) for each in mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/line").predict(frame[["x"]])
]

found = client.get_run(run.info.run_id)
seen["inputs"] = [
    [
        read.dataset.name,
        read.dataset.source_type,
        len(read.dataset.digest) > 0,
        sorted([t.key, t.value] for t in read.tags),
    ]
    for read in found.inputs.dataset_inputs
]
seen["outputs"] = sorted([made.model_id == info.model_id, made.step] for made in found.outputs.model_outputs)
client.set_logged_model_tags(info.model_id, {"a": "b", "c": "d"})
client.delete_logged_model_tag(info.model_id, "c")
client.log_model_params(info.model_id, {"leaves": "8"})
seen["changed"] = model_of(client.get_logged_model(info.model_id))

pending = client.create_logged_model(experiment_id, name="pending", tags={"t": "u"}, params={"p": "q"})
seen["pending"] = model_of(pending)
seen["finished"] = str(client.finalize_logged_model(pending.model_id, LoggedModelStatus.FAILED).status)
for text in ("name = 'line'", "params.depth = '3'", "metrics.rmse < 0.2", "tags.team = 'blue'", "model_type = 'tree'"):
    seen[f"search {text}"] = [each.name for each in client.search_logged_models([experiment_id], text)]
seen["ordered"] = [
    each.name
    for each in client.search_logged_models([experiment_id], order_by=[{"field_name": "name", "ascending": False}])
]
of_data = [{"dataset_name": dataset.name, "dataset_digest": dataset.digest}]
seen["of_data"] = [each.name for each in client.search_logged_models([experiment_id], "metrics.rmse > 0", of_data)]
pages = []
token = None
while True:
    page = client.search_logged_models([experiment_id], max_results=2, page_token=token)
    pages.append(len(page))
    token = page.token
    if not token:
        break
seen["pages"] = pages
seen["frame"] = sorted(mlflow.search_logged_models([experiment_id]).columns)

client.log_inputs(run.info.run_id, [DatasetInput(dataset._to_mlflow_entity(), [InputTag("again", "yes")])])
seen["inputs_again"] = len(client.get_run(run.info.run_id).inputs.dataset_inputs)
seen["by_dataset"] = len(client.search_runs([experiment_id], "datasets.name = 'line'"))
seen["files"] = sorted(file.path for file in client.list_logged_model_artifacts(info.model_id))
client.delete_logged_model(pending.model_id)
seen["refused"] = {
    "deleted": refused(client.get_logged_model, pending.model_id),
    "unknown": refused(client.get_logged_model, "m-nothing"),
    "tag": refused(client.delete_logged_model_tag, info.model_id, "nothing"),
    "name": refused(client.create_logged_model, experiment_id, name="a/b"),
    "experiment": refused(client.create_logged_model, "999999"),
    "filter": refused(client.search_logged_models, [experiment_id], "name > 'a' OR"),
}

mlflow.sklearn.autolog(log_datasets=True)
with mlflow.start_run() as automatic:
    LinearRegression().fit(frame[["x"]], frame["y"])
logged = client.get_run(automatic.info.run_id)
seen["autolog"] = [
    len(logged.inputs.dataset_inputs),
    len(logged.outputs.model_outputs),
    "fit_intercept" in logged.data.params,
]

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
