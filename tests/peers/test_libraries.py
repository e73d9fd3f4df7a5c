"""Libraries that log through MLflow train on our server, and experiments move over from MLflow's own."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.stores.rest.tracking import RestStore
from tests.peers import genuine
from tests.peers.genuine import ROOT, SCRIPTS, running_genuine_server
from tests.peers.ours import our_server

pytestmark = [pytest.mark.peer, pytest.mark.slow]

BIN = ROOT / ".venv-libraries" / "bin"


@pytest.fixture(scope="module")
def libraries() -> Path:
    """The folder of the libraries' commands."""
    if not (BIN / "python").exists():
        pytest.skip("the libraries that log through MLflow are not installed: run `make libraries`")
    return BIN


@pytest.fixture(scope="module")
def own_address(libraries: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with our_server(tmp_path_factory.mktemp("libraries")) as server:
        yield server.address


@pytest.fixture(scope="module")
def seen(libraries: Path, own_address: str, folder: Path) -> dict[str, Any]:
    told = folder / "libraries.json"
    genuine.run(SCRIPTS / "libraries.py", told, address=own_address, folder=folder, python=libraries / "python")
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found


def test_optuna_logs_a_run_for_each_trial(seen: dict[str, Any]) -> None:
    assert seen["optuna"] == {"runs": 4, "best": True, "params": True, "states": ["FINISHED"]}


def test_lightning_logs_a_curve_and_parameters(seen: dict[str, Any]) -> None:
    assert seen["lightning"] == {"points": 12, "params": {"width": "1"}, "status": "FINISHED"}


def test_transformers_log_a_curve_and_parameters(seen: dict[str, Any]) -> None:
    assert seen["transformers"] == {"points": 4, "params": True, "status": "FINISHED"}


def test_experiment_of_a_genuine_server_is_exported_and_imported(
    libraries: Path, own_address: str, tmp_path: Path
) -> None:
    with running_genuine_server(tmp_path) as theirs:
        with closing(RestStore(theirs)) as store:
            experiment = store.create_experiment("moves over")
        log = (
            "import mlflow\n"
            f"with mlflow.start_run(experiment_id='{experiment}', run_name='first'):\n"
            "    mlflow.log_params({'depth': 3})\n"
            "    [mlflow.log_metric('loss', 1 / (step + 1), step=step) for step in range(20)]\n"
            "    mlflow.log_text('It went well.', 'notes.txt')\n"
        )
        python, command = libraries / "python", libraries / "export-experiment"
        genuine.run("-c", log, address=theirs, folder=tmp_path, python=python)
        exported = ["--experiment", "moves over", "--output-dir", "out"]
        genuine.run(command, *exported, address=theirs, folder=tmp_path, python=python)
    command = libraries / "import-experiment"
    imported = ["--experiment-name", "moved over", "--input-dir", "out"]
    genuine.run(command, *imported, address=own_address, folder=tmp_path, python=python)

    with closing(RestStore(own_address)) as store:
        found = store.get_experiment_by_name("moved over")
        assert found is not None
        [run] = store.search_runs([found.experiment_id])
        history = store.metric_history(run.info.run_id, "loss")
    assert (run.data.params, run.data.tags["mlflow.runName"]) == ({"depth": "3"}, "first")
    assert [(point.step, point.value) for point in history] == [(step, 1 / (step + 1)) for step in range(20)]
