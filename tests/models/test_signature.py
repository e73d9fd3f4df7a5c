"""A signature is made of data, and says the same in MLflow's JSON and in that of schema.json."""

import json

import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidSignature
from runstone.models import ModelSignature, infer_signature
from runstone.models.schema import ColSpec, Schema

FRAME = pd.DataFrame(
    {
        "age": pd.array([31, None], "Int64"),
        "town": pd.Categorical(["b", "a"], categories=["b", "a", "c"], ordered=True),
        "seen": pd.to_datetime(["2026-01-01", "2026-01-02"]).tz_localize("Europe/Berlin"),
    }
)


def test_columns_of_a_frame_have_mlflows_types() -> None:
    signature = infer_signature(FRAME, np.zeros((2, 3), np.float32), {"k": 3})

    assert json.loads(signature.to_dict()["inputs"]) == [
        {"type": "long", "name": "age", "required": False},
        {"type": "string", "name": "town", "required": True},
        {"type": "datetime", "name": "seen", "required": True},
    ]
    assert json.loads(signature.to_dict()["outputs"]) == [
        {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}
    ]
    assert json.loads(signature.to_dict()["params"]) == [{"name": "k", "default": 3, "shape": None, "type": "long"}]
    assert ModelSignature.from_dict(signature.to_dict()) == signature


def test_typed_form_keeps_levels_zones_and_ranges() -> None:
    signature = infer_signature(FRAME)

    typed = json.loads(json.dumps(signature.to_typed()))

    age, town, seen = typed["inputs"]["columns"]
    assert (age["type"], age["dtype"], age["missing"], age["range"]) == ("int64", "Int64", True, [31, 31])
    assert (town["type"], town["levels"], town["ordered"]) == ("category", ["b", "a", "c"], True)
    assert (seen["type"], seen["zone"]) == ("timestamp", "Europe/Berlin")
    assert ModelSignature.from_typed(typed).to_typed() == signature.to_typed()


def test_signature_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidSignature, match="none of them was given"):
        infer_signature()


def test_schema_of_named_and_unnamed_columns_is_refused() -> None:
    with pytest.raises(InvalidSignature, match="all parts"):
        Schema([ColSpec("long", "a"), ColSpec("long")])
