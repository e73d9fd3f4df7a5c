"""What the genuine MLflow made, read as a source and brought into a store of ours: both tell what MLflow tells."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.brought import Brought
from runstone.bridge.copying import files_below
from runstone.bridge.importing import bring
from runstone.bridge.marks import is_mark
from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.bridge.resolve import open_source
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities import Run
from runstone.errors import BackendError, LocalFileNotFound
from runstone.stores.resolve import open_store
from tests.peers.genuine import MAKERS, fill_store, running_genuine_server
from tests.postgres import MISSING, new_database, programs

pytestmark = pytest.mark.peer

MAX_FLOAT = 1.7976931348623157e308
# A server of MLflow 2 closes the connection of whoever asks it for a file whose name is beyond Latin-1.
UNREACHABLE = "notes/größe 記録.txt"


@dataclass
class Made:
    """What MLflow made.

    Attributes:
        kind: Version of MLflow and kind of its store.
        source: The store as a source.
        told: What MLflow says that is in it.
        folder: Where there is room for more.
    """

    kind: str
    source: Source
    told: Any
    folder: Path


@pytest.fixture(
    scope="module",
    params=[f"{maker}-{kind}" for maker in MAKERS for kind in ("sqlite", "postgres", "folder", "server")],
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """A store that MLflow made."""
    maker, kind = request.param.split("-")
    folder = tmp_path_factory.mktemp("made")
    with ExitStack() as stack:
        address, artifacts = f"sqlite:///{folder}/mlflow.db", None
        if kind == "postgres":
            if programs() is None:
                pytest.skip(MISSING)
            address = stack.enter_context(new_database(is_empty=True))
        if kind in {"sqlite", "postgres"}:
            artifacts = folder / "files"
        if kind == "folder":
            address = str(folder / "mlruns")
        if kind == "server":
            address = stack.enter_context(running_genuine_server(folder, maker))
        told = fill_store(maker, address, folder, artifacts=artifacts)
        if request.param == "3-folder":
            # MLflow's folder reads step 0 where a value names a dataset; what stands in the file is 1.
            mended = [run["histories"]["rmse"] for run in told_runs(told).values() if "rmse" in run["histories"]]
            for history in mended:
                history[:] = [[value, timestamp, timestamp - 1006] for value, timestamp, _ in history]
        if request.param == "2-server":
            stack.enter_context(pytest.MonkeyPatch.context()).setenv("RUNSTONE_HTTP_RETRIES", "0")
        source = stack.enter_context(closing(open_source(address, [folder])))
        yield Made(request.param, source, told, folder)


@pytest.fixture(scope="module")
def brought(made: Made) -> Iterator[tuple[StoreSource, Brought, Brought]]:
    """A store of ours into which all was brought, twice, and what was said of it."""
    address = f"sqlite:///{made.folder}/runstone.db"
    with closing(open_store(address)) as store:
        first, again = (bring(made.source, store, tracking_uri=address) for _ in range(2))
        yield StoreSource(address, store), first, again


@pytest.fixture(params=["source", "brought"])
def seen(request: pytest.FixtureRequest, made: Made) -> Source:
    """MLflow's store, or ours."""
    if request.param == "source":
        return made.source
    ours: Source = request.getfixturevalue("brought")[0]
    return ours


@pytest.fixture
def told(made: Made) -> Any:
    return made.told


def runs_of(source: Source) -> dict[str, Run]:
    return {run.info.run_id: run for each in source.experiments() for run in source.runs(each.experiment_id)}


def told_runs(told: Any) -> dict[str, Any]:
    return {run_id: run for each in told["experiments"].values() for run_id, run in each["runs"].items()}


def own(tags: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if not is_mark(key)}


def files_of(source: Source, uri: str, wanted: list[list[Any]]) -> list[list[Any]]:
    """Path and size of each file; MLflow makes no folder for none, and its server tells no size of an empty one."""
    with suppress(*([] if wanted else [LocalFileNotFound])):
        return sorted([file.path, file.file_size or 0] for file in files_below(source.files(uri)))
    return []


def sizes(files: list[list[Any]]) -> list[list[Any]]:
    return [[path, size or 0] for path, size in files]


def test_store_has_one_of_everything(made: Made, told: Any) -> None:
    experiments = {each["name"]: each for each in told["experiments"].values()}
    runs = experiments["records · 記録"]["runs"].values()
    mother = next(run for run in runs if run["name"] == "mother")

    assert {name: each["stage"] for name, each in experiments.items()} == {
        "Default": "active",
        "gone": "deleted",
        "records · 記録": "active",
        "second name": "active",
    }
    assert {run["status"] for run in runs} == {"FAILED", "FINISHED", "KILLED", "RUNNING", "SCHEDULED"}
    assert {run["stage"] for run in runs} == {"active", "deleted"}
    assert (len(mother["histories"]["long"]), len(mother["inputs"]), len(mother["files"])) == (3000, 2, 5)
    assert len(experiments["records · 記録"].get("models", {})) == (3 if made.kind.startswith("3") else 0)
    assert set(told["models"]["Größe"]["versions"]) == {"1", "3", "4"}
    assert told["models"]["Größe"]["aliases"] == {"also": "3", "champion": "3", "first-one": "1"}


def test_experiments_are_those_of_mlflow(seen: Source, told: Any) -> None:
    found = {
        each.name: (
            each.lifecycle_stage,
            own(each.tags),
            None if each.name == "Default" else each.creation_time,
            {run.info.run_id for run in seen.runs(each.experiment_id)},
        )
        for each in seen.experiments()
    }

    assert found == {
        each["name"]: (
            each["stage"],
            each["tags"],
            None if each["name"] == "Default" else each["creation_time"],  # each store has made its own
            set(each["runs"]),
        )
        for each in told["experiments"].values()
    }


def test_source_tells_ids_and_times_of_experiments(made: Made) -> None:
    found = {
        each.experiment_id: (each.name, each.creation_time, each.last_update_time) for each in made.source.experiments()
    }

    assert found == {
        number: (each["name"], each["creation_time"], each["last_update_time"])
        for number, each in made.told["experiments"].items()
    }


def test_runs_are_those_of_mlflow(seen: Source, told: Any) -> None:
    runs = runs_of(seen)

    assert set(runs) == set(told_runs(told))
    for run_id, wanted in told_runs(told).items():
        info, data = runs[run_id].info, runs[run_id].data
        assert (info.run_name, info.status, info.lifecycle_stage) == (wanted["name"], wanted["status"], wanted["stage"])
        assert (info.start_time, info.end_time) == (wanted["start_time"], wanted["end_time"])
        assert (info.user_id, data.params, own(data.tags)) == (wanted["user"], wanted["params"], wanted["tags"])


def test_every_value_of_every_metric_is_told(seen: Source, told: Any) -> None:
    for run_id, wanted in told_runs(told).items():
        found = defaultdict(list)
        for metric in seen.metrics(run_id):
            found[metric.key].append((metric.step, metric.timestamp, repr(float(metric.value))))

        assert {key: sorted(values) for key, values in found.items()} == {
            key: sorted((step, timestamp, repr(value)) for value, timestamp, step in history)
            for key, history in wanted["histories"].items()
        }


def test_infinities_are_as_mlflow_keeps_them(made: Made, seen: Source, told: Any) -> None:
    [mother] = [run_id for run_id, run in told_runs(told).items() if run["name"] == "mother"]
    infinity = "inf" if made.kind.endswith("folder") else repr(MAX_FLOAT)  # a database has no room for it

    strange = {metric.step: repr(float(metric.value)) for metric in seen.metrics(mother) if metric.key == "strange"}

    assert strange == {0: "nan", 1: infinity, 2: f"-{infinity}", 3: "nan"}


def test_inputs_and_outputs_are_those_of_mlflow(seen: Source, told: Any) -> None:
    runs = runs_of(seen)

    for run_id, wanted in told_runs(told).items():
        read = [
            [use.dataset.name, use.dataset.digest, use.dataset.schema, sorted([t.key, t.value] for t in use.tags)]
            for use in runs[run_id].inputs.dataset_inputs
        ]
        assert sorted(read) == wanted["inputs"]
        assert [each.model_id for each in runs[run_id].inputs.model_inputs] == wanted.get("models_read", [])
        outputs = [[each.model_id, each.step] for each in runs[run_id].outputs.model_outputs]
        assert outputs == wanted.get("models_made", [])


def test_files_are_those_of_mlflow(made: Made, seen: Source, told: Any) -> None:
    runs = runs_of(seen)

    for run_id, wanted in told_runs(told).items():
        files = sizes(wanted["files"])
        if made.kind == "2-server" and seen is not made.source:
            files = [file for file in files if file[0] != UNREACHABLE]
        assert files_of(seen, runs[run_id].info.artifact_uri, wanted["files"]) == files


def test_logged_models_are_those_of_mlflow(seen: Source, told: Any) -> None:
    wanted = {
        model_id: model for each in told["experiments"].values() for model_id, model in each.get("models", {}).items()
    }

    found = {
        model.model_id: {
            "name": model.name,
            "status": str(model.status),
            "type": model.model_type,
            "run": model.source_run_id,
            "made": model.creation_timestamp,
            "params": model.params,
            "tags": own(model.tags),
            "metrics": sorted([m.key, m.step, repr(float(m.value)), m.dataset_name] for m in model.metrics),
            "files": files_of(seen, model.artifact_location, wanted[model.model_id]["files"]),
        }
        for each in seen.experiments()
        for model in seen.logged_models(each.experiment_id)
    }

    assert found == {
        model_id: {
            **model,
            "type": model["type"] or "",
            # MLflow tells 0 for a NaN of a logged model; the run that logged it has the NaN.
            "metrics": [[m[0], m[1], "nan" if m[:2] == ["rmse", 2] else m[2], m[3]] for m in model["metrics"]],
            "files": sizes(model["files"]),
        }
        for model_id, model in wanted.items()
    }


def test_registered_models_are_those_of_mlflow(seen: Source, told: Any) -> None:
    found = {
        model.name: {
            "description": model.description,
            "made": model.creation_timestamp,
            "tags": model.tags,
            "aliases": model.aliases,
            "versions": {
                version.version: {
                    "stage": version.current_stage,
                    "description": version.description,
                    "made": version.creation_timestamp,
                    "run": version.run_id,
                    "run_link": version.run_link,
                    "tags": version.tags,
                }
                for version in seen.model_versions(model.name)
            },
        }
        for model in seen.registered_models()
    }

    assert found == told["models"]


def test_files_of_a_version_are_those_of_its_run(seen: Source) -> None:
    runs = runs_of(seen)

    for version in seen.model_versions("Größe"):
        assert version.source == f"{runs[version.run_id].info.artifact_uri}/model"


def test_nothing_is_left_out_and_nothing_comes_twice(
    made: Made, told: Any, brought: tuple[StoreSource, Brought, Brought]
) -> None:
    _, first, again = brought

    left_out = [problem.partition(" was left out")[0] for problem in first.problems]
    [mother] = [run_id for run_id, run in told_runs(told).items() if run["name"] == "mother"]
    assert left_out == ([f"the file {UNREACHABLE!r} of the run {mother}"] if made.kind == "2-server" else [])
    assert (made.source.problems, again.problems) == ([], first.problems)
    assert first.runs == len(told_runs(told))
    assert (again.experiments, again.runs, again.metric_values) == (0, 0, 0)
    assert (again.logged_models, again.registered_models, again.model_versions) == (0, 0, 0)


def test_nothing_is_written_to_a_database(made: Made) -> None:
    if not isinstance(made.source, MlflowDatabase):
        assert made.kind.endswith(("folder", "server"))
        return

    with pytest.raises(BackendError):
        list(made.source._database.rows("DELETE FROM tags"))
