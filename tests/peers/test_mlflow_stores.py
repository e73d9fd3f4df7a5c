"""Databases and folders that the genuine MLflow made, read as a source: it tells what MLflow tells."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.importing import bring
from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.bridge.resolve import open_source
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.bridge.verifying import differences
from runstone.entities import ArtifactPath, Run
from runstone.errors import BackendError
from runstone.stores.sql.store import SqlStore
from tests.peers.genuine import MAKERS, fill_store
from tests.postgres import MISSING, new_database, programs

pytestmark = pytest.mark.peer

MAX_FLOAT = 1.7976931348623157e308


@pytest.fixture(
    scope="module", params=[f"{maker}-{kind}" for maker in MAKERS for kind in ("sqlite", "postgres", "folder")]
)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any, Path]]:
    """Address of a store that MLflow made, and what MLflow says that is in it."""
    maker, kind = request.param.split("-")
    folder = tmp_path_factory.mktemp("made")
    with ExitStack() as stack:
        address = f"sqlite:///{folder}/mlflow.db"
        if kind == "postgres":
            if programs() is None:
                pytest.skip(MISSING)
            address = stack.enter_context(new_database(is_empty=True))
        if kind == "folder":
            address = str(folder / "mlruns")
        artifacts = None if kind == "folder" else folder / "files"
        told = fill_store(maker, address, folder, artifacts=artifacts)
        if artifacts is None and maker == "3":
            # MLflow's folder reads step 0 where a value names a dataset; what stands in the file is 1.
            mended = [run["histories"]["rmse"] for run in told_runs(told).values() if "rmse" in run["histories"]]
            for history in mended:
                history[:] = [[value, timestamp, timestamp - 1006] for value, timestamp, _ in history]
        yield address, told, folder


@pytest.fixture
def source(filled: tuple[str, Any, Path]) -> Iterator[Source]:
    with closing(open_source(filled[0], [filled[2]])) as opened:
        yield opened


@pytest.fixture
def told(filled: tuple[str, Any, Path]) -> Any:
    return filled[1]


def runs_of(source: Source) -> dict[str, Run]:
    return {run.info.run_id: run for each in source.experiments() for run in source.runs(each.experiment_id)}


def told_runs(told: Any) -> dict[str, Any]:
    return {run_id: run for each in told["experiments"].values() for run_id, run in each["runs"].items()}


def test_experiments_are_those_of_mlflow(source: Source, told: Any) -> None:
    seen = {
        each.experiment_id: (each.name, each.lifecycle_stage, each.tags, each.creation_time, each.last_update_time)
        for each in source.experiments()
    }

    assert seen == {
        number: (each["name"], each["stage"], each["tags"], each["creation_time"], each["last_update_time"])
        for number, each in told["experiments"].items()
    }


def test_runs_are_those_of_mlflow(source: Source, told: Any) -> None:
    runs = runs_of(source)

    assert set(runs) == set(told_runs(told))
    for run_id, wanted in told_runs(told).items():
        info, data = runs[run_id].info, runs[run_id].data
        assert (info.run_name, info.status, info.lifecycle_stage) == (wanted["name"], wanted["status"], wanted["stage"])
        assert (info.start_time, info.end_time) == (wanted["start_time"], wanted["end_time"])
        assert (data.params, data.tags) == (wanted["params"], wanted["tags"])


def test_every_value_of_every_metric_is_told(source: Source, told: Any) -> None:
    for run_id, wanted in told_runs(told).items():
        seen = defaultdict(list)
        for metric in source.metrics(run_id):
            seen[metric.key].append((metric.step, metric.timestamp, repr(float(metric.value))))

        assert {key: sorted(values) for key, values in seen.items()} == {
            key: sorted((step, timestamp, repr(value)) for value, timestamp, step in history)
            for key, history in wanted["histories"].items()
        }


def test_infinities_are_as_mlflow_keeps_them(filled: tuple[str, Any, Path], source: Source, told: Any) -> None:
    [mother] = [run_id for run_id, run in told_runs(told).items() if run["name"] == "mother"]
    infinity = "inf" if filled[0].endswith("mlruns") else repr(MAX_FLOAT)  # a database has no room for it

    strange = {metric.step: repr(float(metric.value)) for metric in source.metrics(mother) if metric.key == "strange"}

    assert strange == {0: "nan", 1: infinity, 2: f"-{infinity}", 3: "nan"}


def test_inputs_and_outputs_are_those_of_mlflow(source: Source, told: Any) -> None:
    runs = runs_of(source)

    for run_id, wanted in told_runs(told).items():
        read = [
            [use.dataset.name, use.dataset.digest, use.dataset.schema, sorted([t.key, t.value] for t in use.tags)]
            for use in runs[run_id].inputs.dataset_inputs
        ]
        assert sorted(read) == wanted["inputs"]
        assert [each.model_id for each in runs[run_id].inputs.model_inputs] == wanted.get("models_read", [])
        made = [[each.model_id, each.step] for each in runs[run_id].outputs.model_outputs]
        assert made == wanted.get("models_made", [])


def test_files_are_those_of_mlflow(source: Source, told: Any) -> None:
    runs = runs_of(source)

    for run_id, wanted in told_runs(told).items():
        for path, size in wanted["files"]:
            files = source.files(runs[run_id].info.artifact_uri)
            assert sum(map(len, files.read(ArtifactPath(path)))) == size


def test_logged_models_are_those_of_mlflow(source: Source, told: Any) -> None:
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
        for each in source.experiments()
        for model in source.logged_models(each.experiment_id)
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


def test_registered_models_are_those_of_mlflow(source: Source, told: Any) -> None:
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
                for version in source.model_versions(model.name)
            },
        }
        for model in source.registered_models()
    }

    assert seen == told["models"]
    assert all(version.source.startswith("/") for version in source.model_versions("Größe"))


def test_nothing_is_left_out(source: Source) -> None:
    assert source.problems == []


def test_nothing_is_written_to_a_database(filled: tuple[str, Any, Path], source: Source) -> None:
    if not isinstance(source, MlflowDatabase):
        assert filled[0].endswith("mlruns")
        return

    with pytest.raises(BackendError):
        list(source._database.rows("DELETE FROM tags"))


def test_import_brings_all_once(filled: tuple[str, Any, Path], source: Source, told: Any, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        brought = bring(source, store, tracking_uri=uri)
        again = bring(source, store, tracking_uri=uri)
        target = StoreSource(uri, store)
        runs = runs_of(target)

        assert brought.problems == again.problems == []
        assert (brought.runs, again.runs, again.metric_values, again.files) == (len(told_runs(told)), 0, 0, 0)
        assert {each.name for each in target.experiments()} == {each["name"] for each in told["experiments"].values()}
        assert set(runs) == set(told_runs(told))
        for run_id, wanted in told_runs(told).items():
            info, data = runs[run_id].info, runs[run_id].data
            seen = (info.run_name, info.status, info.lifecycle_stage, info.start_time, info.end_time)
            assert seen == tuple(wanted[each] for each in ("name", "status", "stage", "start_time", "end_time"))
            assert (data.params, data.tags) == (wanted["params"], wanted["tags"])
            assert list(differences(source, runs[run_id], target)) == []
            files = target.files(info.artifact_uri)
            assert {path: sum(map(len, files.read(ArtifactPath(path)))) for path, _ in wanted["files"]} == dict(
                wanted["files"]
            )
        models = {model.name: model for model in target.registered_models()}
        assert {name: (each.description, each.tags, each.aliases) for name, each in models.items()} == {
            name: (each["description"], each["tags"], each["aliases"]) for name, each in told["models"].items()
        }
