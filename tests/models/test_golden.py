"""The folders of ``spec/models`` are read, and predict what their makers said.

Up to the last bits, which differ from processor to processor: the libraries choose their kernels by it.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.flavors import loading
from runstone.models import manifest
from runstone.models.comparison import differences
from runstone.models.format import PYFUNC, RUNSTONE, Model
from tests.peers.flavor_examples import plain

SPEC = Path(__file__).parents[2] / "spec" / "models"
MAKERS = ("mlflow-2", "mlflow-3", "runstone")
FOLDERS = sorted(path.parent for maker in MAKERS for path in (SPEC / maker).glob("*/expected.json"))

OURS = [folder for folder in FOLDERS if folder.parent.name == "runstone"]


def expected(folder: Path) -> Any:
    return json.loads((folder / "expected.json").read_text("utf-8"))


def test_each_maker_has_one_of_each_kind() -> None:
    assert len(FOLDERS) == len(MAKERS) * len({folder.name for folder in FOLDERS})


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_folder_predicts_what_its_maker_said(folder: Path) -> None:
    wanted = expected(folder)
    kind = "float32" if folder.name == "onnx" else "float64"

    found = loading.load(folder / "model", uri="spec", trust=True).predict(pd.DataFrame(wanted["rows"], dtype=kind))

    assert differences(wanted["predictions"], plain(found)) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_file_of_a_folder_says_what_it_holds(folder: Path) -> None:
    found = Model.load(folder / "model")

    assert found.flavors[PYFUNC]["loader_module"].startswith(f"mlflow.{folder.name}")
    assert found.signature is not None or folder.name == "onnx"  # MLflow finds none there
    assert (manifest.check(folder / "model") is not None) == (folder.parent.name == "runstone")
    assert (RUNSTONE in found.flavors) == (folder.parent.name == "runstone")


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: folder.name)
def test_example_of_ours_gives_what_stands_beside_it(folder: Path) -> None:
    inputs = json.loads((folder / "model" / "example" / "inputs.json").read_text("utf-8"))
    kind = "float32" if folder.name == "onnx" else "float64"
    rows = pd.DataFrame(inputs["data"], columns=inputs["columns"], dtype=kind)

    answer = loading.load(folder / "model", uri="spec", trust=True).predict(rows)

    outputs = json.loads((folder / "model" / "example" / "outputs.json").read_text("utf-8"))
    frame = answer.to_frame() if isinstance(answer, pd.Series) else answer
    values = frame.to_numpy() if isinstance(frame, pd.DataFrame) else frame
    assert differences(outputs["data"] if isinstance(outputs, dict) else outputs, values.tolist()) == []
