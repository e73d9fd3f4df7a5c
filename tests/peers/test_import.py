"""What the genuine MLflow made, brought into stores of ours: MLflow's own words about it hold there."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from runstone.bridge.copying import files_below
from runstone.bridge.importing import bring
from runstone.bridge.marks import ORIGIN
from runstone.bridge.resolve import open_source
from runstone.bridge.store_source import StoreSource
from runstone.entities import Run
from runstone.stores.resolve import open_store
from tests.peers.genuine import MAKERS, fill_store, running_genuine_server

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module", params=[*(f"{maker}-database" for maker in MAKERS), "3-server"])
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    """A store of ours with all that a store of MLflow had, as a source, and what MLflow says that it had."""
    maker, kind = request.param.split("-")
    folder = tmp_path_factory.mktemp("brought")
    target = f"sqlite:///{folder}/runs.db"
    with ExitStack() as stack:
        if kind == "server":
            address = stack.enter_context(running_genuine_server(folder))
            told = fill_store(maker, address, folder)
        else:
            address = f"sqlite:///{folder}/mlflow.db"
            told = fill_store(maker, address, folder, artifacts=folder / "files")
        store = stack.enter_context(closing(open_store(target)))
        source = stack.enter_context(closing(open_source(address)))
        assert bring(source, store, tracking_uri=target).problems == []
        yield StoreSource(target, store), told


@pytest.fixture
def ours(brought: tuple[Any, Any]) -> StoreSource:
    source: StoreSource = brought[0]
    return source


@pytest.fixture
def told(brought: tuple[Any, Any]) -> Any:
    return brought[1]


def runs_of(ours: StoreSource) -> dict[str, Run]:
    return {run.info.run_id: run for each in ours.experiments() for run in ours.runs(each.experiment_id)}


def told_runs(told: Any) -> dict[str, Any]:
    return {run_id: run for each in told["experiments"].values() for run_id, run in each["runs"].items()}


def sizes(files: list[list[Any]]) -> list[list[Any]]:
    """Path and size of each file; MLflow's server tells no size of an empty one."""
    return [[path, size or 0] for path, size in files]


def test_experiments_come_with_their_runs_and_tags(ours: StoreSource, told: Any) -> None:
    seen = {
        each.name: (each.lifecycle_stage, each.tags, {run.info.run_id for run in ours.runs(each.experiment_id)})
        for each in ours.experiments()
    }

    assert seen == {
        each["name"]: (each["stage"], each["tags"], set(each["runs"])) for each in told["experiments"].values()
    }


def test_runs_come_with_all_that_they_have(ours: StoreSource, told: Any) -> None:
    runs = runs_of(ours)

    for run_id, wanted in told_runs(told).items():
        info, data = runs[run_id].info, runs[run_id].data
        assert (info.run_name, info.status, info.lifecycle_stage) == (wanted["name"], wanted["status"], wanted["stage"])
        assert (info.start_time, info.end_time, info.user_id) == (
            wanted["start_time"],
            wanted["end_time"],
            wanted["user"],
        )
        assert (data.params, data.tags) == (wanted["params"], wanted["tags"])
        assert {
            key: sorted((step, timestamp, repr(value)) for value, timestamp, step in history)
            for key, history in wanted["histories"].items()
        } == {
            key: sorted((m.step, m.timestamp, repr(float(m.value))) for m in ours.metrics(run_id) if m.key == key)
            for key in data.metrics
        }
        files = files_below(ours.files(info.artifact_uri))
        assert sorted([file.path, file.file_size] for file in files) == sizes(wanted["files"])


def test_inputs_come_along(ours: StoreSource, told: Any) -> None:
    runs = runs_of(ours)

    for run_id, wanted in told_runs(told).items():
        read = [
            [use.dataset.name, use.dataset.digest, use.dataset.schema, sorted([t.key, t.value] for t in use.tags)]
            for use in runs[run_id].inputs.dataset_inputs
        ]
        assert sorted(read) == wanted["inputs"]


def test_logged_models_come_along_with_their_files_and_their_ties(ours: StoreSource, told: Any) -> None:
    experiments = {each.name: each for each in ours.experiments()}
    models = {
        model.tags[ORIGIN]: model for each in experiments.values() for model in ours.logged_models(each.experiment_id)
    }
    former = {model.model_id: former_id for former_id, model in models.items()}
    runs = runs_of(ours)

    wanted = {key: model for each in told["experiments"].values() for key, model in each.get("models", {}).items()}
    assert set(models) == set(wanted)
    for key, model in wanted.items():
        ours_now = models[key]
        facts = (ours_now.name, ours_now.status, ours_now.source_run_id)
        assert facts == (model["name"], model["status"], model["run"])
        assert (ours_now.params, {**ours_now.tags, ORIGIN: key}) == (model["params"], {**model["tags"], ORIGIN: key})
        files = files_below(ours.files(ours_now.artifact_location))
        assert sorted([file.path, file.file_size] for file in files) == sizes(model["files"])
        assert sorted((m.key, m.step, m.dataset_name) for m in ours_now.metrics) == sorted(
            (m[0], m[1], m[3]) for m in model["metrics"]
        )
    for run_id, run in told_runs(told).items():
        assert [former[each.model_id] for each in runs[run_id].inputs.model_inputs] == run.get("models_read", [])
        made = [[former[each.model_id], each.step] for each in runs[run_id].outputs.model_outputs]
        assert made == run.get("models_made", [])


def test_registered_models_come_with_their_numbers(ours: StoreSource, told: Any) -> None:
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
                for version in ours.model_versions(model.name)
            },
        }
        for model in ours.registered_models()
    }

    assert seen == told["models"]


def test_files_of_a_version_are_those_of_its_run_here(ours: StoreSource) -> None:
    runs = runs_of(ours)

    for version in ours.model_versions("Größe"):
        assert version.source == f"{runs[version.run_id].info.artifact_uri}/model"
