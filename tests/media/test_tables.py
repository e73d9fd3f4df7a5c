"""Tables into files and back."""

import json
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runstone.entities import ArtifactPath
from runstone.errors import InvalidValue, Unsupported
from runstone.media import images, tables

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")
pl = pytest.importorskip("polars")

NUMBERS = [some.floats(), some.integers(-(2**64), 2**64), some.none(), some.booleans()]
COLUMN = some.one_of(
    *(some.lists(kind, min_size=1, max_size=4) for kind in NUMBERS),
    some.lists(some.one_of(*NUMBERS), min_size=1, max_size=4),
)


def seen(values: Any) -> list[tuple[bool, str]]:
    """Cells for comparison: what is missing is one thing, and -0.0 is another than 0.0."""
    return [(isinstance(value, bool), "none" if pd.isna(value) else repr(value)) for value in values]


def reread(frame: Any) -> Any:
    return tables.decode(tables.encode(frame, ".json"), ".json")


def as_numbers(values: Any) -> list[Any]:
    """Cells with floats and integers of one value made equal, as a frame of pandas may make floats of integers."""
    return ["none" if pd.isna(value) else value for value in values]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ({"a": [1, 2], "b": ["x", "y"]}, 2),
        ({"a": 1, "b": "x"}, 1),
        ({"a": np.arange(3)}, 3),
        ({"a": pd.Series([1, 2])}, 2),
        ({}, 0),
        (pd.DataFrame({"a": [1]}, index=[7]), 1),
        (pl.DataFrame({"a": [1, None, 3], "b": [[1], [2], []]}), 3),
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


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidValue, match="two named 'a'"):
        tables.to_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))


@given(some.lists(some.floats(), min_size=1))
def test_every_float_is_read_as_it_was_written(values: list[float]) -> None:
    assert seen(reread(tables.to_frame({"a": values}))["a"].tolist()) == seen(values)


@given(COLUMN, some.lists(COLUMN, max_size=3))
def test_no_number_is_lost_by_writing_reading_and_adding_rows(first: list[Any], more: list[list[Any]]) -> None:
    whole = reread(tables.to_frame({"a": first}))
    for values in more:
        whole = reread(tables.joined([whole, tables.to_frame({"a": values})]))

    assert as_numbers(whole["a"].tolist()) == as_numbers([*first, *(value for values in more for value in values)])


def test_large_integers_survive_a_table_that_lacks_their_column() -> None:
    large = 2**60 + 1

    whole = reread(tables.joined([tables.to_frame({"a": [large]}), tables.to_frame({"b": [0.5]})]))

    assert whole["a"].tolist() == [large, None]


def test_infinities_are_plain_json_that_every_reader_takes() -> None:
    data = tables.encode(tables.to_frame({"a": [float("inf"), float("-inf"), 0.1]}), ".json")

    assert data == b'{"columns":["a"],"data":[[1e999],[-1e999],[0.1]]}'
    assert pd.read_json(BytesIO(data), orient="split")["a"].tolist() == [float("inf"), float("-inf"), 0.1]


def test_tables_that_cannot_be_joined_are_refused() -> None:
    twice = tables.decode(b'{"columns": ["a", "a"], "data": [[1, 2]]}', ".json")

    with pytest.raises(InvalidValue, match="two columns of one name"):
        tables.joined([twice, tables.to_frame({"b": [1]})])


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
