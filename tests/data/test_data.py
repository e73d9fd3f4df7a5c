"""Data in memory is described as MLflow describes it, with a digest of its content."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from runstone.data import Dataset, from_numpy, from_pandas, from_polars
from runstone.errors import InvalidValue

FRAME = pd.DataFrame(
    {
        "flag": [True, False],
        "small": np.array([1, 2], np.int32),
        "large": [1, 2],
        "single": np.array([1, 2], np.float32),
        "real": [1.5, float("nan")],
        "text": ["a", "b"],
        "day": pd.to_datetime(["2026-01-01", "2026-01-02"]),
    }
)


def test_frame_is_described_by_its_columns_and_its_size() -> None:
    found = from_pandas(FRAME, source="wheat.csv", name="wheat", targets="text").describe()

    assert (found.name, found.source_type, json.loads(found.source)) == ("wheat", "local", {"uri": "wheat.csv"})
    columns = json.loads(found.schema)["mlflow_colspec"]
    assert [(column["name"], column["type"], column["required"]) for column in columns] == [
        ("flag", "boolean", True),
        ("small", "integer", True),
        ("large", "long", True),
        ("single", "float", True),
        ("real", "double", False),
        ("text", "string", True),
        ("day", "datetime", True),
    ]
    assert json.loads(found.profile) == {"num_rows": 2, "num_elements": 14}


def test_frame_of_polars_is_described_alike() -> None:
    frame = pl.DataFrame({"real": [1.5, None], "text": ["a", "b"], "large": [1, 2]})

    found = from_polars(frame, name="wheat")

    assert found.schema is not None
    assert [(column["name"], column["type"], column["required"]) for column in found.schema["mlflow_colspec"]] == [
        ("real", "double", False),
        ("text", "string", True),
        ("large", "long", True),
    ]
    assert found.profile == {"num_rows": 2, "num_elements": 6}
    assert from_polars(frame).digest == found.digest != from_polars(frame.head(1)).digest


@pytest.mark.parametrize(
    "other",
    [
        FRAME.head(1),
        FRAME.rename(columns={"real": "other"}),
        FRAME.assign(text=["a", "c"]),
        FRAME.assign(real=[1.5, 2.5]),
        FRAME[FRAME.columns[::-1]],
        FRAME.assign(large=FRAME["large"].astype("Int64")),
    ],
)
def test_other_content_has_another_digest(other: pd.DataFrame) -> None:
    assert from_pandas(other).digest != from_pandas(FRAME).digest == from_pandas(FRAME.copy()).digest


def test_digest_that_is_given_counts() -> None:
    assert from_pandas(FRAME, digest="mine").digest == from_numpy(np.zeros(1), digest="mine").digest == "mine"


def test_arrays_are_described_by_shape_and_dtype() -> None:
    found = from_numpy({"x": np.zeros((4, 3), np.float32), "y": np.zeros(4)}, targets=np.arange(4), name="named")

    assert found.profile == {
        "features_shape": {"x": [4, 3], "y": [4]},
        "features_size": {"x": 12, "y": 4},
        "features_nbytes": {"x": 48, "y": 32},
        "targets_shape": [4],
        "targets_size": 4,
        "targets_nbytes": 32,
    }
    assert found.schema is not None
    features = json.loads(found.schema["mlflow_tensorspec"]["features"])
    assert features[0] == {"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}


def test_digest_of_an_array_knows_values_shape_dtype_and_targets() -> None:
    array = np.arange(6.0)

    digests = {
        from_numpy(array).digest,
        from_numpy(array.reshape(2, 3)).digest,
        from_numpy(array.astype(np.float32)).digest,
        from_numpy(array, targets=array).digest,
        from_numpy(array + 1).digest,
        from_numpy(np.array(["a", None], object)).digest,
    }

    assert len(digests) == 6
    assert all(len(digest) == 8 for digest in digests)


@pytest.mark.parametrize(
    ("source", "kind", "described"),
    [
        ("data/wheat.csv", "local", {"uri": "data/wheat.csv"}),
        (Path("wheat.csv"), "local", {"uri": "wheat.csv"}),
        ("https://example.org/wheat.csv", "http", {"url": "https://example.org/wheat.csv"}),
        ("s3://bucket/wheat.csv", "s3", {"uri": "s3://bucket/wheat.csv"}),
        ({"table": "wheat"}, "external", {"table": "wheat"}),
    ],
)
def test_source_is_told_by_its_kind(source: Any, kind: str, described: dict[str, str]) -> None:
    found = from_numpy(np.zeros(1), source=source)

    assert (found.source_type, found.source) == (kind, described)


def test_data_without_a_source_is_the_scripts_own() -> None:
    found = from_numpy(np.zeros(1))

    assert (found.name, found.source_type) == ("dataset", "code")
    assert set(found.source["tags"]) == {"mlflow.user", "mlflow.source.name", "mlflow.source.type"}
    assert json.loads(found.to_json())["name"] == "dataset"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: from_pandas([1]),  # type: ignore[arg-type]
        lambda: from_polars(FRAME),  # type: ignore[arg-type]
        lambda: from_numpy([1]),
        lambda: from_numpy({"x": [1]}),
        lambda: from_numpy(np.zeros(1), source=7),
        lambda: from_numpy(np.zeros(1), name=7),  # type: ignore[arg-type]
        lambda: from_pandas(FRAME, targets="nothing"),
        lambda: from_polars(pl.DataFrame({"a": [1]}), predictions="nothing"),
    ],
)
def test_what_is_no_data_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValue, match="got"):
        wrong()


def test_dataset_is_the_type_that_is_offered() -> None:
    assert isinstance(from_pandas(FRAME), Dataset)
