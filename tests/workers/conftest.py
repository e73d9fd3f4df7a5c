"""A model to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.flavors import saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.saving import Extras
from runstone.workers.process import Worker
from tests.workers.behaviours import obedient
from tests.workers.conversations import CONFIG, echo
from tests.workers.processes import started


@pytest.fixture(scope="session")
def echo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model of the conversations."""
    folder = tmp_path_factory.mktemp("echo") / "model"
    saving.save(PyfuncFlavor(), echo(), folder, Extras(), model_config=CONFIG)
    return folder


@pytest.fixture(scope="session")
def obedient_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that does what it is told to."""
    folder = tmp_path_factory.mktemp("obedient") / "model"
    saving.save(PyfuncFlavor(), obedient(), folder, Extras())
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where environments are kept; the same for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "environments"


@pytest.fixture(autouse=True)
def environments(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment is made in the home of who runs the tests, nor found there from the last time."""
    monkeypatch.setenv("RUNSTONE_ENVIRONMENTS", str(kept))


@pytest.fixture(scope="module")
def worker(echo_folder: Path) -> Iterator[Worker]:
    """One worker for all tests that leave it alive."""
    made = started(echo_folder)
    yield made
    made.close()
