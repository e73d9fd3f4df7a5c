"""Examples are written as MLflow writes them, and lose nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runstone.models import example

FRAME = {"type": "dataframe", "pandas_orient": "split"}


def test_numbers_of_a_frame_keep_all_their_digits(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"height": [0.1234567890123456, 2 / 3], "leaves": [1, 2], "short": np.array([0.1, np.nan], "float32")}
    )

    example.write(tmp_path, rows)

    found = json.loads((tmp_path / "input_example.json").read_text())
    assert found["data"] == [[0.1234567890123456, 1, 0.10000000149011612], [2 / 3, 2, None]]


@pytest.mark.parametrize(
    ("rows", "written", "about"),
    [
        (pd.DataFrame({"a": [1.5]}), {"columns": ["a"], "data": [[1.5]]}, FRAME),
        (pd.Series([1.5], name="a"), {"columns": ["a"], "data": [[1.5]]}, FRAME),
        (np.array([[1, 2]]), [[1, 2]], {"type": "ndarray"}),
        ({"x": np.array([1, 2])}, {"x": [1, 2]}, {"type": "ndarray"}),
        ({"x": [1, 2]}, {"x": [1, 2]}, {"type": "json_object"}),
        ("a text", "a text", {"type": "json_object"}),
    ],
)
def test_kinds_of_examples_are_those_of_mlflow(rows: Any, written: Any, about: dict[str, str], tmp_path: Path) -> None:
    info = example.write(tmp_path, rows)

    assert json.loads((tmp_path / "input_example.json").read_text()) == written
    places = {"artifact_path": "input_example.json", "serving_input_path": "serving_input_example.json"}
    assert info == places | about


def test_params_stand_beside_the_rows(tmp_path: Path) -> None:
    info = example.write(tmp_path, np.array([1.0]), {"raw": True})

    assert json.loads((tmp_path / "input_example.json").read_text()) == {"inputs": [1.0], "params": {"raw": True}}
    assert json.loads((tmp_path / "serving_input_example.json").read_text()) == {
        "inputs": [1.0],
        "params": {"raw": True},
    }
    assert info["params"] == "true"
