"""Models of every flavor go both ways: MLflow predicts with ours, and we predict with its, to the last digit."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
import urllib3
from sklearn.linear_model import LinearRegression

import runstone.sklearn
from runstone.models import infer_signature, set_signature, sign_model, verify_model
from tests.models.keys import key_pair
from tests.peers import genuine, passages
from tests.peers.flavor_examples import LIGHT
from tests.peers.passages import Passage

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module", params=sorted(genuine.MAKERS))
def maker(request: pytest.FixtureRequest) -> Path:
    """The Python of a genuine MLflow."""
    python = genuine.MAKERS[request.param]
    if not python.exists():
        pytest.skip("the genuine MLflow is not installed: run `make peer`")
    return python


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours."""
    folder = tmp_path_factory.mktemp("ours")
    passages.ours(sys.executable, "save", folder, *LIGHT)
    return folder


@pytest.fixture(scope="module")
def out(peer: None, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Ours, loaded by MLflow 3; MLflow 2 does not know the safe format of scikit-learn's."""
    told = tmp_path_factory.mktemp("out") / "seen.json"
    passages.theirs(genuine.PYTHON, told.parent, "load", made, told, *LIGHT)
    return passages.seen(made, told)


@pytest.fixture(scope="module")
def back(maker: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Theirs, loaded here."""
    folder = tmp_path_factory.mktemp("theirs")
    passages.theirs(maker, folder, "save", folder, *LIGHT)
    passages.ours(sys.executable, "load", folder, folder / "seen.json", *LIGHT)
    return passages.seen(folder, folder / "seen.json")


@pytest.mark.parametrize("name", LIGHT)
def test_mlflow_predicts_with_ours(name: str, out: Passage) -> None:
    seen = out.seen[name]

    assert seen["pyfunc"] == seen["native"] == out.wanted(name)
    assert (seen["signature"], seen["example"]) == (True, True)


@pytest.mark.parametrize("name", LIGHT)
def test_we_predict_with_theirs(name: str, back: Passage) -> None:
    seen = back.seen[name]

    assert seen["pyfunc"] == seen["native"] == back.wanted(name)


_TELLS = """
import sys
import mlflow
import pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
print(model.metadata.signature.inputs.input_names(), model.predict(pandas.DataFrame({"rain": [4.0]})).round(6).tolist())
"""


def test_mlflow_loads_ours_with_a_signature_of_either_kind(peer: None, tmp_path: Path) -> None:
    rows = pd.DataFrame({"rain": [1.0, 2.0, 3.0]})
    runstone.sklearn.save_model(LinearRegression().fit(rows, [2.0, 4.0, 6.0]), str(tmp_path / "model"))
    private, public = key_pair(tmp_path, "ours")
    set_signature(str(tmp_path / "model"), infer_signature(rows))
    sign_model(str(tmp_path / "model"), private)

    told = genuine.run("-c", _TELLS, tmp_path / "model", address="http://127.0.0.1:9", folder=tmp_path)

    assert told.strip() == "['rain'] [8.0]"
    assert verify_model(str(tmp_path / "model"), quick=True, public_key=public).has_passed


def test_mlflow_serves_ours(made: Path, peer: None, tmp_path: Path) -> None:
    with genuine.running_model_server(made / "xgboost_estimator", tmp_path) as address:
        body = (made / "xgboost_estimator" / "serving_input_example.json").read_bytes()

        answer = urllib3.request(
            "POST", f"{address}/invocations", body=body, headers={"Content-Type": "application/json"}
        )

    assert answer.status == 200, answer.data
    assert answer.json() == {"predictions": json.loads((made / "xgboost_estimator.json").read_text())}
