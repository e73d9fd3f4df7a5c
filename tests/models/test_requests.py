"""Requests to a served model are read, and written of an example."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidValue
from runstone.models import ModelSignature, convert_input_example_to_serving_input, infer_signature, requests
from runstone.models.schema import ColSpec, Schema


@pytest.mark.parametrize(
    ("example", "body"),
    [
        (pd.DataFrame({"a": [1.5]}), {"dataframe_split": {"columns": ["a"], "data": [[1.5]]}}),
        (np.array([[1, 2]]), {"inputs": [[1, 2]]}),
        ({"a": np.array([1])}, {"inputs": {"a": [1]}}),
        ({"inputs": [1]}, {"inputs": {"inputs": [1]}}),
        ("a text", {"inputs": "a text"}),
        (([1, 2], {"depth": 3}), {"inputs": [1, 2], "params": {"depth": 3}}),
    ],
)
def test_request_of_an_example_is_that_of_mlflow(example: Any, body: Any) -> None:
    written = convert_input_example_to_serving_input(example)

    assert written is not None
    assert json.loads(written) == body


def test_no_example_makes_no_request() -> None:
    assert convert_input_example_to_serving_input(None) is None


def test_params_come_with_the_rows() -> None:
    signature = infer_signature("a text", params={"depth": 1})

    found = requests.read('{"inputs": "a text", "params": {"depth": 3}}', signature=signature)

    assert found == ("a text", {"depth": 3})


def test_texts_are_bytes_where_the_signature_says_so() -> None:
    signature = ModelSignature(Schema([ColSpec("binary", "raw"), ColSpec("string", "said"), ColSpec("long", "absent")]))
    body = {"dataframe_split": {"columns": ["raw", "said"], "data": [["/wA=\n", "/wA="], [None, None]]}}

    rows, _ = requests.read(body, signature=signature)

    assert rows["raw"].tolist() == [b"\xff\0", None]
    assert rows["said"][0] == "/wA="


def test_request_with_what_json_has_no_word_for_is_read_as_mlflow_writes_it() -> None:
    rows, _ = requests.read('{"dataframe_split": {"columns": ["a"], "data": [["x"], [NaN]]}}', signature=None)

    assert rows["a"].isna().tolist() == [False, True]


def test_arrays_by_name_are_arrays() -> None:
    rows, _ = requests.read({"inputs": {"x": [[1, 2]], "ragged": [[1], [1, 2]]}}, signature=None)

    assert rows["x"].shape == (1, 2)
    assert rows["ragged"] == [[1], [1, 2]]


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        ('{"inputs":', "a request is JSON; got"),
        ("[1]", "wanted: an object with one of 'dataframe_split'"),
        (5, "wanted: an object with one of"),
        ({}, "a request with nothing cannot be read; wanted"),
        ({"rows": [1]}, "a request with 'rows' cannot be read; wanted"),
        ({"inputs": [1], "instances": [1]}, "with 'inputs', 'instances' cannot be read"),
        ({"inputs": [1], "params": 3}, "'params' of a request is an object; got 3"),
        ({"dataframe_split": [1]}, "'dataframe_split' of a request makes no frame"),
        ({"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}, "'dataframe_split' of a request makes no frame"),
        ("[" * 5000, "a request is JSON; got"),
        ({"dataframe_records": 5}, "'dataframe_records' of a request makes no frame"),
    ],
)
@pytest.mark.usefixtures("no_search_for_garbage")
def test_what_is_no_request_is_told(request_body: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        requests.read(request_body, signature=None)
