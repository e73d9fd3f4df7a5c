"""Fill an empty store with one of everything, by the genuine client, and tell what it then has.

Works with MLflow 2.22 and 3.x, on a folder, a database or a server: whatever ``MLFLOW_TRACKING_URI`` names. Arguments:
the file in which it tells; a folder or URI for the artifacts of experiments, or "" for where the store would put them;
how many values the long metric has.
"""

import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
from mlflow import MlflowClient
from mlflow.entities import (  # type: ignore[import-not-found]  # as above
    Dataset,
    DatasetInput,
    InputTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)

HAS_LOGGED_MODELS = int(mlflow.__version__.partition(".")[0]) >= 3
BATCH = 1000
client = MlflowClient()
told, artifacts, points = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def experiment(name: str, tags: dict[str, str] | None = None) -> str:
    """Make an experiment, with its artifacts where they are wanted."""
    place = f"{artifacts}/{len(name)}" if artifacts else None
    return str(client.create_experiment(name, artifact_location=place, tags=tags))


def dataset(name: str, digest: str, **more: str) -> Any:
    """A dataset by name and digest."""
    return Dataset(name=name, digest=digest, source_type="local", source=json.dumps({"uri": f"{name}.csv"}), **more)


def fill_runs() -> str:
    """Runs in all states, nested, with values of every kind; returns the id of the one that has most."""
    main = experiment("records · 記録", {"b": "2", "mlflow.note.content": "*noted* 🌾"})
    mother = client.create_run(main, start_time=1000, run_name="mother", tags={"mlflow.user": "ada"}).info.run_id
    fill_values(mother)
    child = client.create_run(main, start_time=2000, run_name="child", tags={"mlflow.parentRunId": mother}).info.run_id
    client.log_metric(child, "loss", 0.25, timestamp=2001, step=1)
    client.set_terminated(child, "FAILED", end_time=3000)
    for status in ("KILLED", "SCHEDULED", "RUNNING"):
        other = client.create_run(main, start_time=2500, run_name=status.lower()).info.run_id
        client.update_run(other, status=status)
    deleted = client.create_run(main, start_time=2600, run_name="deleted").info.run_id
    client.log_param(deleted, "kept", "yes")
    client.log_metric(deleted, "loss", 0.5, timestamp=2601, step=1)
    client.log_text(deleted, "still here", "note.txt")
    client.delete_run(deleted)
    read = [DatasetInput(dataset("line", "abc123", schema='{"a": 1}', profile='{"rows": 3}'), [InputTag("part", "a")])]
    client.log_inputs(mother, [*read, DatasetInput(dataset("plane", "def456"), [InputTag("mlflow.data.context", "t")])])
    client.log_inputs(child, [DatasetInput(read[0].dataset, [InputTag("part", "b")])])
    fill_files(mother)
    client.set_terminated(mother, "FINISHED", end_time=4000)
    return str(mother)


def fill_values(run_id: str) -> None:
    """Metrics, params and tags that are hard to keep."""
    client.log_batch(
        run_id,
        metrics=[
            Metric("loss", 0.1 + 0.2, 1001, 1),
            Metric("loss", 1e-320, 1002, 2),
            Metric("loss", 0.5, 999, 2),
            Metric("loss", 0.75, 999, 2),
            Metric("Verlust/größe", 3, 1003, 0),
            Metric("strange", math.nan, 1004, 0),
            Metric("strange", math.inf, 1004, 1),
            Metric("strange", -math.inf, 1004, 2),
            Metric("strange", math.nan, 1005, 3),
            Metric("behind", -1.5, 1005, -9),
            Metric("large", 1.7976931348623157e308, 1006, 2**53),
        ],
        params=[Param("lr", "0.1"), Param("text", "Zeile 1\nZeile 2 🌾"), Param("long", "x" * 6000)],
        tags=[RunTag("t", "v"), RunTag("lines", "a\tb\r\nc"), RunTag("full", "ü" * 5000)],
    )
    for first in range(0, points, BATCH):
        steps = range(first, min(first + BATCH, points))
        client.log_batch(run_id, metrics=[Metric("long", 1 / (step + 1), 5000 + step, step) for step in steps])


def fill_files(run_id: str) -> None:
    """Artifacts of a run: in folders, empty, of bytes, with a name beyond ASCII."""
    client.log_text(run_id, "hello", "notes/hello.txt")
    client.log_text(run_id, "größer", "notes/größe 記録.txt")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty").write_bytes(b"")
        (Path(folder) / "bytes.bin").write_bytes(bytes(range(256)) * 512)
        client.log_artifacts(run_id, folder, "deep/er")
        (Path(folder) / "MLmodel").write_text("flavors: {}\n")
        client.log_artifact(run_id, f"{folder}/MLmodel", "model")


def fill_trash() -> None:
    """An experiment in the trash with a run, and one that has the name of none."""
    gone = experiment("gone")
    client.log_metric(client.create_run(gone, run_name="went along").info.run_id, "loss", 1.0, timestamp=1, step=0)
    client.delete_experiment(gone)
    client.rename_experiment(experiment("first name"), "second name")
    client.log_param(client.create_run("0", run_name="by default").info.run_id, "p", "q")


def fill_logged_models(run_id: str) -> str:
    """Logged models in all states, with what was measured of them; returns the id of the one that has most."""
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    main = client.get_run(run_id).info.experiment_id
    ready = client.create_logged_model(
        main, name="ready", source_run_id=run_id, model_type="tree", params={"depth": "3"}, tags={"team": "blue"}
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "MLmodel").write_text("flavors: {}\n")
        (Path(folder) / "weights.bin").write_bytes(bytes(range(256)))
        client.log_model_artifacts(ready.model_id, folder)
    client.finalize_logged_model(ready.model_id, "READY")
    on = {"model_id": ready.model_id}
    client.log_metric(run_id, "rmse", 0.25, 1007, 1, dataset_name="line", dataset_digest="abc123", **on)
    client.log_metric(run_id, "rmse", math.nan, 1008, 2, **on)
    client.log_outputs(run_id, [LoggedModelOutput(ready.model_id, 4)])
    failed = client.create_logged_model(main, name="failed")
    client.finalize_logged_model(failed.model_id, "FAILED")
    client.create_logged_model(main, name="pending", tags={"t": "u"})
    client.delete_logged_model(client.create_logged_model(main, name="deleted").model_id)
    reader = client.create_run(main, run_name="reader", start_time=2700).info.run_id
    client.log_inputs(reader, models=[LoggedModelInput(ready.model_id)])
    client.set_terminated(reader, "FINISHED", end_time=2800)
    return str(ready.model_id)


def fill_registry(run_id: str, model_id: str) -> None:
    """Registered models with versions in all stages, one that is gone, aliases and tags."""
    source = f"{client.get_run(run_id).info.artifact_uri}/model"
    client.create_registered_model("Größe", tags={"team": "blue"}, description="A *model*.")
    for number in ("1", "2", "3", "4"):
        client.create_model_version(
            "Größe", source, run_id, tags={"n": number}, run_link="http://runs.example/1", description=f"the {number}."
        )
    client.transition_model_version_stage("Größe", "1", "Archived")
    client.transition_model_version_stage("Größe", "3", "Production")
    client.transition_model_version_stage("Größe", "4", "Staging")
    client.delete_model_version("Größe", "2")
    client.set_registered_model_alias("Größe", "champion", "3")
    client.set_registered_model_alias("Größe", "first-one", "1")
    client.set_registered_model_alias("Größe", "also", "3")
    client.create_registered_model("without versions")
    if model_id:
        client.create_registered_model("logged")
        client.create_model_version("logged", f"models:/{model_id}", run_id, model_id=model_id)


def files_of(run_id: str, path: str = "") -> list[list[Any]]:
    """Path and size of each artifact of a run."""
    found: list[list[Any]] = []
    for file in client.list_artifacts(run_id, path):
        found += files_of(run_id, file.path) if file.is_dir else [[file.path, file.file_size]]
    return sorted(found)


def seen_run(run: Any) -> dict[str, Any]:
    """A run as its users see it."""
    info, run_id = run.info, run.info.run_id
    inputs = [
        [read.dataset.name, read.dataset.digest, read.dataset.schema or "", sorted([t.key, t.value] for t in read.tags)]
        for read in run.inputs.dataset_inputs
    ]
    seen = {
        "name": info.run_name,
        "status": info.status,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "stage": info.lifecycle_stage,
        "user": info.user_id,
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "metrics": dict(run.data.metrics),
        "histories": {
            key: [[m.value, m.timestamp, m.step] for m in client.get_metric_history(run_id, key)]
            for key in run.data.metrics
        },
        "inputs": sorted(inputs),
        "files": files_of(run_id),
    }
    if HAS_LOGGED_MODELS:
        seen["models_read"] = [read.model_id for read in run.inputs.model_inputs]
        seen["models_made"] = [[made.model_id, made.step] for made in run.outputs.model_outputs]
    return seen


def seen_experiment(each: Any) -> dict[str, Any]:
    """An experiment as its users see it, with its runs and logged models by id."""
    runs = client.search_runs([each.experiment_id], run_view_type=ViewType.ALL)
    seen = {
        "name": each.name,
        "stage": each.lifecycle_stage,
        "tags": dict(each.tags),
        "creation_time": each.creation_time,
        "last_update_time": each.last_update_time,
        # Asked for one by one: a search leaves out which models a run read.
        "runs": {run.info.run_id: seen_run(client.get_run(run.info.run_id)) for run in runs},
    }
    if HAS_LOGGED_MODELS:
        found = client.search_logged_models([each.experiment_id])
        seen["models"] = {model.model_id: seen_logged_model(model) for model in found}
    return seen


def seen_logged_model(model: Any) -> dict[str, Any]:
    """A logged model as its users see it."""
    return {
        "name": model.name,
        "status": str(model.status),
        "type": model.model_type,
        "run": model.source_run_id or "",
        "made": model.creation_timestamp,
        "params": dict(model.params),
        "tags": dict(model.tags),
        "metrics": sorted([m.key, m.step, repr(m.value), m.dataset_name or ""] for m in model.metrics or []),
        "files": sorted([file.path, file.file_size] for file in client.list_logged_model_artifacts(model.model_id)),
    }


def seen_registered_model(model: Any) -> dict[str, Any]:
    """A registered model as its users see it, with its versions by number."""
    versions = client.search_model_versions(f"name = '{model.name}'")
    return {
        "description": model.description or "",
        "made": model.creation_timestamp,
        "tags": dict(model.tags),
        "aliases": {alias: str(version) for alias, version in model.aliases.items()},
        "versions": {
            str(each.version): {
                "stage": each.current_stage,
                "description": each.description or "",
                "made": each.creation_timestamp,
                "run": each.run_id or "",
                "run_link": each.run_link or "",
                "tags": dict(each.tags),
            }
            for each in versions
        },
    }


run_id = fill_runs()
fill_trash()
fill_registry(run_id, fill_logged_models(run_id) if HAS_LOGGED_MODELS else "")
seen = {
    "version": mlflow.__version__,
    "experiments": {
        each.experiment_id: seen_experiment(each) for each in client.search_experiments(view_type=ViewType.ALL)
    },
    "models": {each.name: seen_registered_model(each) for each in client.search_registered_models()},
}
told.write_text(json.dumps(seen), encoding="utf-8")
