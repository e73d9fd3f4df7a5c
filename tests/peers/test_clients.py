"""Clients of every generation of MLflow do their work on our server, unchanged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers import genuine
from tests.peers.genuine import ROOT, SCRIPTS
from tests.peers.ours import our_server

pytestmark = [pytest.mark.peer, pytest.mark.slow]

# What the environment of each is called, and the version that is in it.
CLIENTS = {"mlflow1": "1.30.1", "mlflow2": "2.22.1", "peer": "3.17.2"}


@pytest.fixture(scope="module")
def own_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose models no other test counts."""
    with our_server(tmp_path_factory.mktemp("clients")) as server:
        yield server.address


@pytest.fixture(scope="module", params=CLIENTS)
def seen(request: pytest.FixtureRequest, own_address: str, folder: Path) -> dict[str, Any]:
    """What one client sees."""
    python = ROOT / f".venv-{request.param}" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the client of MLflow {CLIENTS[request.param]} is not installed: run `make peer clients`")
    told = folder / f"{request.param}.json"
    genuine.run(SCRIPTS / "clients.py", told, address=own_address, folder=folder, python=python)
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    assert found["version"] == CLIENTS[request.param]
    return found


def test_experiments_and_runs_read_back_as_they_were_logged(seen: dict[str, Any]) -> None:
    assert seen["experiment"] == [True, {"team": "blue", "colour": "red"}, "active"]
    assert seen["run"] == {
        "status": "FINISHED",
        "params": {"lr": "0.1", "depth": "3", "p": "q"},
        "loss": 0.2,
        "bad": "nan",
        "kind": "trial",
        "t": "u",
    }
    assert seen["history"] == [[48, 48.0], [49, 49.0]]
    assert seen["parent"]


def test_files_go_up_and_come_back(seen: dict[str, Any]) -> None:
    assert seen["files"] == ["model", "sub"]
    assert seen["notes"] == "It went well."


def test_searches_find_and_sort(seen: dict[str, Any]) -> None:
    assert seen["search"] == ["mother"]
    assert seen["ordered"] == [0.2, 0.05]
    assert seen["left"] == 1


def test_models_are_registered_and_moved_through_the_stages(seen: dict[str, Any]) -> None:
    assert seen["version 2"] == ["Production", "better", {"a": "b"}, True]
    assert seen["stages"] == [["1", "Archived"], ["2", "Production"]]
    assert seen["versions"] == ["1", "2"]
    assert seen["uri"]
    assert seen.get("alias", "2") == "2"
    assert seen["unknown"] == "RESOURCE_DOES_NOT_EXIST"
