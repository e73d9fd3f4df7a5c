"""Custom models go both ways: MLflow predicts with ours where Runstone is not, and we with its where it is not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.errors import SignatureMismatch
from runstone.pyfunc import PythonModel, load_model
from tests.peers import genuine

pytestmark = [pytest.mark.peer, pytest.mark.slow]

ROWS = pd.DataFrame({"height": [1.0, 2.0]})
SCRIPT = genuine.SCRIPTS / "custom_models.py"


@pytest.fixture(scope="module", params=sorted(genuine.MAKERS))
def maker(request: pytest.FixtureRequest) -> Path:
    """The Python of a genuine MLflow."""
    python = genuine.MAKERS[request.param]
    if not python.exists():
        pytest.skip("the genuine MLflow is not installed: run `make peer`")
    return python


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours, made by a process of its own: the classes of a test module are not those of a user's script."""
    folder = tmp_path_factory.mktemp("ours")
    subprocess.run([sys.executable, Path(__file__).with_name("our_custom_models.py"), folder], check=True)
    return folder


@pytest.fixture(scope="module")
def seen(maker: Path, ours: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What genuine MLflow finds in folders of ours."""
    told = tmp_path_factory.mktemp("seen") / "seen.json"
    genuine.run(SCRIPT, "load", ours, told, address="", folder=told.parent, python=maker)
    return json.loads(told.read_text())


@pytest.fixture(scope="module")
def theirs(maker: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of genuine MLflow."""
    folder = tmp_path_factory.mktemp("theirs")
    genuine.run(SCRIPT, "save", folder, address="", folder=folder, python=maker)
    return folder


def test_our_models_need_no_runstone_there(seen: Any) -> None:
    assert seen["runstone"] is False


def test_our_class_predicts_there_with_its_files_and_helpers(seen: Any) -> None:
    assert seen["class"] == [6, "late", "text", {"depth": 2}, None]
    assert seen["stream"] == ["bit", "by", "bit"]
    assert seen["params"] == [4.0, 8.0]


def test_our_functions_predict_there(seen: Any) -> None:
    assert (seen["without_context"], seen["function"], seen["lambda"]) == (["A", "B"], ["a!", "b!"], 2)


def test_our_script_and_our_loader_module_predict_there(seen: Any) -> None:
    assert seen["script"] == ["late", [2.0, 4.0]]
    assert seen["loader"] == ["text", 2]


def test_our_code_that_imports_runstone_gets_mlflow_there(seen: Any) -> None:
    assert seen["packed"] == [True, True, 2]


def test_our_type_hints_make_rows_of_their_classes_there(seen: Any) -> None:
    assert seen["hinted"] == ["a 80.0", "b 7.0"]
    assert seen["hinted_function"] == ["a"]


def test_their_type_hints_make_rows_of_their_classes_here(theirs: Path) -> None:
    loaded = load_model(str(theirs / "hinted"))

    assert loaded.predict([{"name": "a"}, {"name": "b", "height": 7}]) == ["a 80.0", "b 7.0"]
    with pytest.raises(SignatureMismatch, match="row 0"):
        loaded.predict([{"height": 7}])


def test_their_script_and_their_loader_module_predict_here(theirs: Path) -> None:
    script = load_model(str(theirs / "script"), model_config={"by": 3.0})

    assert script.predict(ROWS) == ["late", [3.0, 6.0]]
    assert load_model(str(theirs / "loader")).predict(ROWS) == ["text", 2]
    assert "mlflow" not in sys.modules


def test_their_class_predicts_here_with_its_files_and_helpers(theirs: Path) -> None:
    loaded = load_model(str(theirs / "class"))

    assert loaded.predict(ROWS) == [6, "late", "text", {"depth": 2}, None]
    assert list(loaded.predict_stream(ROWS)) == ["bit", "by", "bit"]
    assert isinstance(loaded.unwrap_python_model(), PythonModel)
    assert "mlflow" not in sys.modules


def test_their_functions_predict_here(theirs: Path) -> None:
    assert load_model(str(theirs / "without_context")).predict(["a", "b"]) == ["A", "B"]
    assert load_model(str(theirs / "function")).predict(["a", "b"]) == ["a!", "b!"]
    assert load_model(str(theirs / "lambda")).predict(ROWS) == 2
