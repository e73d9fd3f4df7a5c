"""Examples are written as MLflow writes them, and lose nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from runstone.errors import InvalidModel, InvalidValue
from runstone.models import Model, convert_input_example_to_serving_input, example, infer_signature
from runstone.models.comparison import differences

LOOP: list[Any] = []
LOOP.append(LOOP)
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
        (
            pd.DataFrame({"at": pd.to_datetime(["2026-01-31 12:00:00.123456789", "NaT"]), "raw": [b"\xff\0", None]}),
            {"columns": ["at", "raw"], "data": [["2026-01-31T12:00:00.123456789", "/wA="], [None, None]]},
            FRAME,
        ),
        (
            sparse.csr_matrix([[0.0, 1.5]]),
            {"data": [1.5], "indices": [1], "indptr": [0, 1], "shape": [1, 2]},
            {"type": "sparse_matrix_csr"},
        ),
        (pd.array([1, 2]), [1, 2], {"type": "json_object"}),
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


@pytest.mark.parametrize("rows", [pd.DataFrame({"x": [LOOP]}), LOOP, sparse.coo_matrix([[1.0]]), {1j}])
def test_example_that_json_cannot_hold_is_refused(rows: Any) -> None:
    with pytest.raises(InvalidValue, match="an example of a model's input is kept as JSON"):
        convert_input_example_to_serving_input(rows)


@pytest.mark.parametrize(
    ("written", "about", "inputs", "rows"),
    [
        (
            '{"columns": ["n", "t", "raw"], "data": [[1, "2026-01-31T12:00:00", "/wA=\\n"], [NaN, null, null]]}',
            {"type": "dataframe", "pandas_orient": "split"},
            pd.DataFrame({"n": [1.5], "t": [pd.Timestamp(2026, 1, 31)], "raw": [b""]}),
            pd.DataFrame(
                {"n": [1.0, np.nan], "t": pd.to_datetime(["2026-01-31T12:00:00", "NaT"]), "raw": [b"\xff\0", None]}
            ),
        ),
        ("[[1.0, 0.5]]", {"type": "ndarray"}, np.zeros((1, 2), "float32"), np.array([[1, 0.5]], "float32")),
        ('{"x": [1]}', {"type": "ndarray"}, {"x": np.zeros(1)}, {"x": np.array([1.0])}),
        ("[[1]]", {"type": "ndarray"}, None, np.array([[1]])),
        (
            '{"data": [1.5], "indices": [1], "indptr": [0, 1], "shape": [2, 1]}',
            {"type": "sparse_matrix_csc"},
            None,
            np.array([[0.0], [1.5]]),
        ),
        ('["x", "y"]', {"type": "json_object"}, ["x"], ["x", "y"]),
        ('{"inputs": 5, "params": {"k": 1}}', {"type": "json_object", "params": "true"}, None, 5),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_example_of_mlflow_is_read_with_the_types_of_the_signature(
    written: str, about: dict[str, str], inputs: Any, rows: Any, tmp_path: Path
) -> None:
    (tmp_path / "input_example.json").write_text(written)
    signature = None if inputs is None else infer_signature(inputs)
    model = Model(saved_input_example_info={"artifact_path": "input_example.json", **about})
    model.signature = None if signature is None else signature.from_dict(signature.to_dict())

    found = model.load_input_example(tmp_path)

    if hasattr(found, "toarray"):
        found = found.toarray()
    assert differences(rows, found) == []
    assert getattr(found, "dtype", None) == getattr(rows, "dtype", None)
    assert model.load_input_example_params(tmp_path) == ({"k": 1} if "params" in about else None)


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"artifact_path": "../secret"}, "InvalidArtifactPath"),
        ({"artifact_path": "absent.json"}, "FileNotFoundError"),
        ({}, "FileNotFoundError"),
        ({"artifact_path": "no.json"}, "JSONDecodeError"),
        ({"artifact_path": "list.json", "type": "dataframe"}, "TypeError"),
        ({"artifact_path": "list.json", "params": "true"}, "TypeError"),
    ],
)
def test_example_that_cannot_be_read_is_told(about: dict[str, str], message: str, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{")
    (tmp_path / "list.json").write_text("[1]")

    with pytest.raises(InvalidModel, match=f"the example in .* cannot be read: {message}"):
        Model(saved_input_example_info=dict(about)).load_input_example(tmp_path)


def test_model_without_an_example_has_none() -> None:
    model = Model()

    assert (model.load_input_example(), model.load_input_example_params(), model.get_serving_input()) == (None,) * 3


def test_model_of_no_folder_asks_where_its_example_is() -> None:
    with pytest.raises(InvalidValue, match="the model was read from no folder; give its path"):
        Model(saved_input_example_info={}).load_input_example()
