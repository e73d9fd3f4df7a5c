"""Models of flavors on their way from Runstone to the genuine MLflow, and back.

What either side does in one process is a list of steps: ``save`` its own models, ``load`` those of the other.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers import genuine

OURS = Path(__file__).with_name("our_flavors.py")
THEIRS = genuine.SCRIPTS / "flavors.py"
Step = tuple[str, Path, list[str]]
NOTHING: Mapping[str, str] = {}


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


def save(folder: Path, names: Iterable[str]) -> Step:
    """The step that saves models of these names in a folder."""
    return "save", folder, list(names)


def load(folder: Path, names: Iterable[str]) -> Step:
    """The step that loads them, of which ``seen`` tells afterwards."""
    return "load", folder, list(names)


def ours(python: Path, *steps: Step, more: Mapping[str, str] = NOTHING) -> None:
    """Let Runstone of this working tree take steps in an environment that has the libraries; ``more`` are variables."""
    if python == Path(sys.executable):
        subprocess.run([python, OURS, _told(steps)], check=True, capture_output=True)
        return
    variables = {**os.environ, **more, "PYTHONPATH": str(genuine.ROOT / "src")}
    genuine.run_in(python, OURS, _told(steps), variables=variables, folder=genuine.ROOT)


def theirs(
    python: Path, folder: Path, *steps: Step, libraries: Iterable[str] = (), more: Mapping[str, str] = NOTHING
) -> None:
    """Let the genuine MLflow take steps.

    Args:
        python: The Python that has it.
        folder: Where it runs.
        steps: What it does.
        libraries: Folders with libraries that its environment lacks.
        more: Variables.
    """
    variables = {**genuine.environment("", python), **more}
    genuine.run_in(python, THEIRS, json.dumps(list(libraries)), _told(steps), variables=variables, folder=folder)


def seen(made: Path) -> Passage:
    """What was told of the models of a folder."""
    return Passage(made, json.loads((made / "seen.json").read_text()))


def _told(steps: Iterable[Step]) -> str:
    return json.dumps([(step, str(folder), names) for step, folder, names in steps])
