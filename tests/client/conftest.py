"""Both kinds of address, and a client that begins anew with each test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

import runstone
from runstone.client import Client, context
from runstone.client.connection import open_journals
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.faults.servers import Server, free_port

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session", params=["sqlite", "http"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where runs are kept: a database of this process's own, or a real server."""
    folder = tmp_path_factory.mktemp(request.param)
    database = f"sqlite:///{folder}/runstone.db"
    if request.param == "sqlite":
        yield database
    else:
        options = ServerOptions(store_uri=database, artifacts_destination=f"{folder}/artifacts")
        with running_server(options) as served:
            yield served


@pytest.fixture(autouse=True)
def begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No run is active, nothing is chosen, and what is made by default is made in an empty folder."""
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    yield
    while runstone.active_run():
        runstone.end_run()
    open_journals.close()
    context.forget_choices()


@pytest.fixture
def client(address: str) -> Client:
    return Client(address)


@pytest.fixture
def experiment_id(client: Client) -> str:
    """A new experiment."""
    return client.create_experiment(f"experiment {uuid4()}")


@pytest.fixture
def run_id(client: Client, experiment_id: str) -> str:
    """A new run, which is not active."""
    return client.create_run(experiment_id).info.run_id


@pytest.fixture
def chosen(address: str) -> runstone.Client:
    """The address is chosen, and a new experiment."""
    runstone.set_tracking_uri(address)
    runstone.set_experiment(f"experiment {uuid4()}")
    return Client(address)


@pytest.fixture
def offline() -> Iterator[None]:
    """Offline, with an address at which nobody answers."""
    runstone.set_tracking_uri(NOWHERE)
    runstone.offline()
    yield
    runstone.offline(False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which may be killed; its address is chosen."""
    with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=free_port()) as served:
        runstone.set_tracking_uri(served.address)
        yield served
        open_journals.close()
