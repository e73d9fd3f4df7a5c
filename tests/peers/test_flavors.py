"""Models of every flavor go both ways: MLflow predicts with ours, and we predict with its, to the last digit."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.peers import genuine
from tests.peers.flavor_examples import LIGHT

pytestmark = [pytest.mark.peer, pytest.mark.slow]

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


@pytest.fixture(scope="module", params=sorted(genuine.MAKERS))
def maker(request: pytest.FixtureRequest) -> Path:
    """The Python of a genuine MLflow."""
    python = genuine.MAKERS[request.param]
    if not python.exists():
        pytest.skip("the genuine MLflow is not installed: run `make peer`")
    return python


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours."""
    folder = tmp_path_factory.mktemp("ours")
    subprocess.run([sys.executable, str(OURS), "save", str(folder), *LIGHT], check=True)
    return folder


@pytest.fixture(scope="module")
def out(peer: None, ours: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Ours, loaded by MLflow 3; MLflow 2 does not know the safe format of scikit-learn's."""
    told = tmp_path_factory.mktemp("out") / "seen.json"
    genuine.run(THEIRS, "[]", "load", ours, told, *LIGHT, address="", folder=told.parent)
    return Passage(ours, json.loads(told.read_text()))


@pytest.fixture(scope="module")
def back(maker: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Theirs, loaded here."""
    folder = tmp_path_factory.mktemp("theirs")
    told = folder / "seen.json"
    genuine.run(THEIRS, "[]", "save", folder, *LIGHT, address="", folder=folder, python=maker)
    subprocess.run([sys.executable, str(OURS), "load", str(folder), str(told), *LIGHT], check=True)
    return Passage(folder, json.loads(told.read_text()))


@pytest.mark.parametrize("name", LIGHT)
def test_mlflow_predicts_with_ours(name: str, out: Passage) -> None:
    seen = out.seen[name]

    assert seen["pyfunc"] == seen["native"] == out.wanted(name)
    assert (seen["signature"], seen["example"]) == (True, True)


@pytest.mark.parametrize("name", LIGHT)
def test_we_predict_with_theirs(name: str, back: Passage) -> None:
    seen = back.seen[name]

    assert seen["pyfunc"] == seen["native"] == back.wanted(name)


def test_mlflow_serves_ours(ours: Path, peer: None, tmp_path: Path) -> None:
    with genuine.running_model_server(ours / "xgboost_estimator", tmp_path) as address:
        body = (ours / "xgboost_estimator" / "serving_input_example.json").read_bytes()

        answer = urllib3.request(
            "POST", f"{address}/invocations", body=body, headers={"Content-Type": "application/json"}
        )

    assert answer.status == 200, answer.data
    assert answer.json() == {"predictions": json.loads((ours / "xgboost_estimator.json").read_text())}
