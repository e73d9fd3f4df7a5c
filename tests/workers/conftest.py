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


@pytest.fixture(scope="module")
def worker(echo_folder: Path) -> Iterator[Worker]:
    """One worker for all tests that leave it alive."""
    made = started(echo_folder)
    yield made
    made.close()
