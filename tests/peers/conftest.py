"""A server of ours, and the genuine MLflow to drive it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.stores.rest.tracking import RestStore
from tests.cli.processes import RunningServer
from tests.peers import genuine

# They import the genuine package, which only their own environment has.
collect_ignore = ["scripts"]


@pytest.fixture(scope="session")
def peer() -> None:
    """The genuine MLflow is there."""
    if not genuine.PYTHON.exists():
        pytest.skip("the genuine MLflow is not installed: run `make peer`")


@pytest.fixture(scope="session")
def address(peer: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `runstone server` answers, as a process of its own."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("RUNSTONE_TRACK", "MLFLOW_"))}
    with RunningServer(["server", "--port", "0"], tmp_path_factory.mktemp("server")) as server:
        os.environ.update(kept)
        yield server.address


@pytest.fixture(scope="session")
def store(address: str) -> Iterator[RestStore]:
    """Our own view of the same server."""
    store = RestStore(address)
    yield store
    store.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scripts of a module run."""
    return tmp_path_factory.mktemp("scripts")
