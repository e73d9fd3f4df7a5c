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

PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours."""
    folder = tmp_path_factory.mktemp("ours")
    passages.ours(PYTHON, passages.save(folder, LIGHT))
    return folder


@pytest.fixture(scope="module")
def theirs(peer: None, made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of either MLflow, of which the third has loaded ours as well; the second does not know the safe format of
    scikit-learn's.
    """
    folders = {maker: tmp_path_factory.mktemp("theirs") for maker in genuine.MAKERS}
    for maker, folder in folders.items():
        loaded = [passages.load(made, LIGHT)] if maker == "3" else []
        passages.theirs(genuine.MAKERS[maker], folder, *loaded, passages.save(folder, LIGHT))
    return folders


@pytest.fixture(scope="module")
def out(made: Path, theirs: dict[str, Path]) -> Passage:
    """Ours, loaded by MLflow 3 before it saved its own."""
    return passages.seen(made)


@pytest.fixture(scope="module")
def back(theirs: dict[str, Path]) -> dict[str, Passage]:
    """Theirs, loaded here."""
    passages.ours(PYTHON, *(passages.load(folder, LIGHT) for folder in theirs.values()))
    return {maker: passages.seen(folder) for maker, folder in theirs.items()}


@pytest.mark.parametrize("name", LIGHT)
def test_mlflow_predicts_with_ours(name: str, out: Passage) -> None:
    seen = out.seen[name]

    assert seen["pyfunc"] == seen["native"] == out.wanted(name)
    assert (seen["signature"], seen["example"]) == (True, True)


@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.parametrize("maker", genuine.MAKERS)
def test_we_predict_with_theirs(maker: str, name: str, back: dict[str, Passage]) -> None:
    seen = back[maker].seen[name]

    assert seen["pyfunc"] == seen["native"] == back[maker].wanted(name)


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
