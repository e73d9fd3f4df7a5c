"""Tables into files and back."""

import json
from importlib.util import find_spec
from typing import Any

import pytest

from runstone.entities import ArtifactPath
from runstone.errors import InvalidValue, Unsupported
from runstone.media import images, tables

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ({"a": [1, 2], "b": ["x", "y"]}, 2),
        ({"a": 1, "b": "x"}, 1),
        ({"a": np.arange(3)}, 3),
        ({"a": pd.Series([1, 2])}, 2),
        ({}, 0),
        (pd.DataFrame({"a": [1]}, index=[7]), 1),
    ],
)
def test_table_is_a_frame_or_a_dict_of_columns(data: Any, rows: int) -> None:
    assert len(tables.to_frame(data)) == rows


def test_frame_of_the_caller_is_left_as_it_is() -> None:
    given = pd.DataFrame({"a": [images.Image([[0]])]}, dtype=object)

    list(tables.take_out_images(tables.to_frame(given), ArtifactPath("t.json")))

    assert isinstance(given["a"][0], images.Image)


@pytest.mark.parametrize("bad", [[1], "a", None, 5, {"a": [1], "b": [1, 2]}])
def test_what_is_no_table_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidValue):
        tables.to_frame(bad)


def test_json_holds_columns_and_rows() -> None:
    data = tables.encode(tables.to_frame({"a": [1, None], "b": ["x/y", "ü"]}), ".json")

    assert json.loads(data) == {"columns": ["a", "b"], "data": [[1.0, "x/y"], [None, "ü"]]}
    assert tables.decode(data, ".json")["b"].tolist() == ["x/y", "ü"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"columns": ["a"], "data": [[1, 2]]}', b"\xff"])
def test_bytes_that_are_no_table_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidValue, match="no table"):
        tables.decode(data, ".json")


def test_parquet_is_written_and_read_or_refused_with_the_way_out() -> None:
    frame = tables.to_frame({"a": [1, 2]})
    if find_spec("pyarrow") is None:
        with pytest.raises(Unsupported, match="pyarrow"):
            tables.encode(frame, ".parquet")
        with pytest.raises(Unsupported, match="pyarrow"):
            tables.decode(b"PAR1", ".parquet")
        return

    assert tables.decode(tables.encode(frame, ".parquet"), ".parquet")["a"].tolist() == [1, 2]


def test_images_are_taken_out_and_named() -> None:
    pil = pytest.importorskip("PIL.Image")
    frame = tables.to_frame({"n": [1, 2, 3], "i": [images.Image([[0]]), pil.new("L", (2, 2)), None]})

    files = dict(tables.take_out_images(frame, ArtifactPath("deep/t.json")))

    assert len(files) == 4
    assert all(name.startswith("table_images/deep/t/") for name in files)
    assert frame["i"][0]["type"] == "image"
    assert {frame["i"][1]["filepath"], frame["i"][1]["compressed_filepath"]} <= set(files)
    assert frame["i"][2] is None
    assert frame["n"].tolist() == [1, 2, 3]
