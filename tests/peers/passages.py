"""Models of flavors on their way from Runstone to the genuine MLflow, and back."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers import genuine

OURS = Path(__file__).with_name("our_flavors.py")
THEIRS = genuine.SCRIPTS / "flavors.py"


@dataclass(frozen=True)
class Passage:
    """What one side found in the folders of the other.

    Attributes:
        made: The folder of the folders.
        seen: For each model what it predicted with.
    """

    made: Path
    seen: dict[str, Any]

    def wanted(self, name: str) -> Any:
        """What the model predicted before it was saved."""
        return json.loads((self.made / f"{name}.json").read_text())


def ours(python: str | Path, *arguments: str | Path) -> None:
    """Run Runstone of this working tree in an environment that has the libraries."""
    variables = {**os.environ, "PYTHONPATH": str(genuine.ROOT / "src")}
    done = subprocess.run([python, OURS, *arguments], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def theirs(python: Path, folder: Path, *arguments: str | Path, libraries: Iterable[str] = ()) -> None:
    """Run the genuine MLflow; ``libraries`` are folders with those that its environment lacks."""
    genuine.run(THEIRS, json.dumps(list(libraries)), *arguments, address="", folder=folder, python=python)


def seen(made: Path, told: Path) -> Passage:
    """What was told."""
    return Passage(made, json.loads(told.read_text()))
