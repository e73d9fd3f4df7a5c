"""Our own server, as the command starts it."""

import os
from pathlib import Path

import pytest

from tests.cli.processes import RunningServer

SETTINGS = ("RUNSTONE_", "MLFLOW_")


def our_server(folder: Path) -> RunningServer:
    """Start ``runstone server`` on an empty database in a folder, whatever the developer's shell has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(SETTINGS)]:
            patch.delenv(name)
        return RunningServer(["server", "--port", "0"], folder)
