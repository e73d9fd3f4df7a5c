"""A model to talk to."""

from pathlib import Path

import pytest

from runstone.flavors import saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.saving import Extras
from tests.workers.conversations import CONFIG, echo


@pytest.fixture(scope="session")
def echo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model of the conversations."""
    folder = tmp_path_factory.mktemp("echo") / "model"
    saving.save(PyfuncFlavor(), echo(), folder, Extras(), model_config=CONFIG)
    return folder
