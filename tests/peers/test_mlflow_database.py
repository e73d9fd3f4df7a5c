"""Databases that the genuine MLflow made, read as a source: it tells what MLflow tells."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.entities import ArtifactPath, Run
from runstone.errors import BackendError
from tests.peers.genuine import MAKERS, fill_store
from tests.postgres import MISSING, new_database, programs

pytestmark = pytest.mark.peer

MAX_FLOAT = 1.7976931348623157e308


@pytest.fixture(scope="module", params=[f"{maker}-{kind}" for maker in MAKERS for kind in ("sqlite", "postgres")])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """Address of a database that MLflow made, and what MLflow says that is in it."""
    maker, kind = request.param.split("-")
    folder = tmp_path_factory.mktemp("made")
    with ExitStack() as stack:
        address = f"sqlite:///{folder}/mlflow.db"
        if kind == "postgres":
            if programs() is None:
                pytest.skip(MISSING)
            address = stack.enter_context(new_database(is_empty=True))
        yield address, fill_store(maker, address, folder, artifacts=folder / "files")


@pytest.fixture
def database(filled: tuple[str, Any]) -> Iterator[MlflowDatabase]:
    with closing(MlflowDatabase(filled[0])) as opened:
        yield opened


@pytest.fixture
def told(filled: tuple[str, Any]) -> Any:
    return filled[1]


def runs_of(database: MlflowDatabase) -> dict[str, Run]:
    return {run.info.run_id: run for each in database.experiments() for run in database.runs(each.experiment_id)}


def told_runs(told: Any) -> dict[str, Any]:
    return {run_id: run for each in told["experiments"].values() for run_id, run in each["runs"].items()}


def test_experiments_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    seen = {
        each.experiment_id: (each.name, each.lifecycle_stage, each.tags, each.creation_time, each.last_update_time)
        for each in database.experiments()
    }

    assert seen == {
        number: (each["name"], each["stage"], each["tags"], each["creation_time"], each["last_update_time"])
        for number, each in told["experiments"].items()
    }


def test_runs_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    runs = runs_of(database)

    assert set(runs) == set(told_runs(told))
    for run_id, wanted in told_runs(told).items():
        info, data = runs[run_id].info, runs[run_id].data
        assert (info.run_name, info.status, info.lifecycle_stage) == (wanted["name"], wanted["status"], wanted["stage"])
        assert (info.start_time, info.end_time) == (wanted["start_time"], wanted["end_time"])
        assert (data.params, data.tags) == (wanted["params"], wanted["tags"])


def test_every_value_of_every_metric_is_told(database: MlflowDatabase, told: Any) -> None:
    for run_id, wanted in told_runs(told).items():
        seen = defaultdict(list)
        for metric in database.metrics(run_id):
            seen[metric.key].append((metric.step, metric.timestamp, repr(float(metric.value))))

        assert {key: sorted(values) for key, values in seen.items()} == {
            key: sorted((step, timestamp, repr(value)) for value, timestamp, step in history)
            for key, history in wanted["histories"].items()
        }


def test_infinities_are_as_mlflow_keeps_them(database: MlflowDatabase, told: Any) -> None:
    [mother] = [run_id for run_id, run in told_runs(told).items() if run["name"] == "mother"]

    strange = {metric.step: repr(float(metric.value)) for metric in database.metrics(mother) if metric.key == "strange"}

    assert strange == {0: "nan", 1: repr(MAX_FLOAT), 2: repr(-MAX_FLOAT), 3: "nan"}


def test_inputs_and_outputs_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    runs = runs_of(database)

    for run_id, wanted in told_runs(told).items():
        read = [
            [use.dataset.name, use.dataset.digest, use.dataset.schema, sorted([t.key, t.value] for t in use.tags)]
            for use in runs[run_id].inputs.dataset_inputs
        ]
        assert sorted(read) == wanted["inputs"]
        assert [each.model_id for each in runs[run_id].inputs.model_inputs] == wanted.get("models_read", [])
        made = [[each.model_id, each.step] for each in runs[run_id].outputs.model_outputs]
        assert made == wanted.get("models_made", [])


def test_files_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    runs = runs_of(database)

    for run_id, wanted in told_runs(told).items():
        files = database.files(runs[run_id].info.artifact_uri)
        for path, size in wanted["files"]:
            assert sum(map(len, files.read(ArtifactPath(path)))) == size


def test_logged_models_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    seen = {
        model.model_id: {
            "name": model.name,
            "status": str(model.status),
            "type": model.model_type,
            "run": model.source_run_id,
            "params": model.params,
            "tags": model.tags,
            "metrics": sorted([m.key, m.step, repr(float(m.value)), m.dataset_name] for m in model.metrics),
        }
        for each in database.experiments()
        for model in database.logged_models(each.experiment_id)
    }

    wanted = {
        model_id: model for each in told["experiments"].values() for model_id, model in each.get("models", {}).items()
    }
    for model in wanted.values():
        model.pop("files", None)
        model["type"] = model["type"] or ""
        # MLflow tells 0 for a NaN of a logged model; the run that logged it has the NaN.
        model["metrics"] = [[m[0], m[1], "nan" if m[:2] == ["rmse", 2] else m[2], m[3]] for m in model["metrics"]]
    assert seen == wanted


def test_registered_models_are_those_of_mlflow(database: MlflowDatabase, told: Any) -> None:
    seen = {
        model.name: {
            "description": model.description,
            "tags": model.tags,
            "aliases": model.aliases,
            "versions": {
                version.version: {
                    "stage": version.current_stage,
                    "description": version.description,
                    "run": version.run_id,
                    "run_link": version.run_link,
                    "tags": version.tags,
                }
                for version in database.model_versions(model.name)
            },
        }
        for model in database.registered_models()
    }

    assert seen == told["models"]
    assert all(version.source.startswith("/") for version in database.model_versions("Größe"))


def test_nothing_is_written(filled: tuple[str, Any], database: MlflowDatabase) -> None:
    with pytest.raises(BackendError):
        list(database._database.rows("DELETE FROM tags"))
