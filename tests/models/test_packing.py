"""What is packed comes back as it was."""

import json
import re
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy
import pandas as pd
import polars
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

from runstone.errors import InvalidValue, Unsupported
from runstone.models.packing import packed, unpacked

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
UNITS = [
    "bool",
    "i1",
    "i2",
    "i4",
    "i8",
    "u1",
    "u8",
    "f2",
    "f4",
    "f8",
    ">i4",
    ">f8",
    "U3",
    "S3",
    "M8[s]",
    "M8[ms]",
    "M8[us]",
    "M8[ns]",
    "M8[D]",
    "M8[h]",
    "m8[s]",
    "m8[ns]",
    "m8[m]",
]


def back(value: Any) -> Any:
    """The value after a way as JSON."""
    made = packed(value)
    return unpacked(json.loads(json.dumps(made.tree, allow_nan=False)), made.tables)


@given(PLAIN)
def test_plain_values_come_back(value: Any) -> None:
    found = back(value)

    assert found == value
    assert type(found) is type(value)


@given(st.sampled_from(UNITS).flatmap(lambda unit: arrays.arrays(unit, arrays.array_shapes(min_side=0))))
@example(numpy.array(["\0a", "b"]))
@example(numpy.array([b"\0a", b"b"]))
@example(numpy.array([], "S3"))
@example(numpy.array([], "U3"))
def test_arrays_come_back(array: Any) -> None:
    found = back(array)

    numpy.testing.assert_array_equal(found, array)
    assert found.shape == array.shape
    assert found.dtype.kind == array.dtype.kind


@pytest.mark.parametrize(
    "value",
    [numpy.float32(1.5), numpy.int64(3), numpy.bool_(True), numpy.str_("a"), numpy.datetime64("2026-01-01", "D")],
    ids=str,
)
def test_scalars_keep_their_type(value: Any) -> None:
    found = back({"value": value})["value"]

    assert found == value
    assert type(found) is type(value)


def test_array_of_objects_comes_back() -> None:
    array = numpy.array([["a", None], [1, 2.5]], object)

    found = back(array)

    numpy.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array])
def test_sparse_matrices_come_back(kind: Any) -> None:
    matrix = kind([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]])

    found = back(matrix)

    assert type(found) is type(matrix)
    numpy.testing.assert_array_equal(found.toarray(), matrix.toarray())


@pytest.fixture
def frame() -> pd.DataFrame:
    """A column of each kind."""
    return pd.DataFrame(
        {
            "whole": pd.array([1, None], "Int64"),
            "level": pd.Categorical(["b", None], ["b", "a"], ordered=True),
            "zoned": pd.to_datetime(["2026-01-01", "2026-07-01"]).tz_localize("Europe/Berlin"),
            "nanoseconds": pd.DatetimeIndex(["2026-01-01", "NaT"]).as_unit("ns"),
            "length": pd.to_timedelta([1, 2], "s"),
            "text": ["ä", None],
            "string": pd.array(["a", None], "string"),
            "truth": pd.array([True, None], "boolean"),
            "day": [date(2026, 1, 1), None],
            "time": [time(12), None],
            "money": [Decimal("1.20"), None],
            "small": numpy.array([1, 2], "float32"),
            "bytes": [b"\x00", None],
        },
        index=pd.Index(["first", "second"], name="row"),
    )


def test_frames_come_back_with_each_type(frame: pd.DataFrame) -> None:
    found = back({"rows": [frame, frame.iloc[:0]]})["rows"]

    pd.testing.assert_frame_equal(found[0], frame)
    pd.testing.assert_frame_equal(found[1], frame.iloc[:0])


@pytest.mark.parametrize(
    "columns", [range(2), pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])], ids=["range", "levels"]
)
def test_frames_without_plain_names_come_back(columns: Any) -> None:
    frame = pd.DataFrame([[1, 2.5]], columns=columns)

    pd.testing.assert_frame_equal(back(frame), frame, check_column_type=False)


def test_series_come_back() -> None:
    for series in (pd.Series([1, 2], [5, 6], name="n"), pd.Series(["a"]), pd.Series([0.5], name=3)):
        pd.testing.assert_series_equal(back(series), series)


def test_polars_comes_back() -> None:
    frame = polars.DataFrame(
        {"text": ["a", None], "level": polars.Series(["u", "v"], dtype=polars.Enum(["u", "v"])), "n": [1, None]}
    )

    found = back({"frame": frame, "series": frame["n"]})

    assert found["frame"].equals(frame)
    assert found["series"].equals(frame["n"])
    assert found["series"].name == "n"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({1, 2}, "{1, 2} is a set, and cannot be packed"),
        ({"rows": [{1}]}, "in 'rows': {1} is a set"),
        ({1: 2}, "the keys of a dict are texts; got 1"),
        (2**63, "is beyond 64 bits; give it as a text"),
        (numpy.array([1j]), "an array of the type complex128 cannot be packed"),
        pytest.param(
            numpy.array([1], "longdouble"),
            f"an array of the type {numpy.dtype('longdouble')} cannot be packed",
            marks=pytest.mark.skipif(numpy.finfo("longdouble").bits == 64, reason="no wider fractions here"),
        ),
        (pd.DataFrame({"mixed": [1, "a"]}), "give each column values of one type"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "the column 'a' is there twice"),
        (pd.DataFrame([[1, 2]], columns=["a", 1]), "the names of the columns are of several types, int, str; use one"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_packed_is_named(value: Any, said: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(said)):
        packed(value)


@pytest.mark.parametrize(
    "tree",
    [
        {"kind": "matrix"},
        {},
        {"kind": "frame", "part": 1},
        {"kind": "array", "part": 0, "dtype": "float64", "shape": [7]},
        {"kind": "date", "value": "yesterday"},
        {"kind": "decimal", "value": "x"},
        {"kind": "bytes"},
        {"kind": "dict", "items": [{"kind": "unknown"}]},
        {"kind": "dict", "items": {"a": {"kind": "unknown"}}},
    ],
    ids=str,
)
def test_tree_that_is_none_is_refused(tree: Any) -> None:
    made = packed(numpy.array([1.0]))

    with pytest.raises(InvalidValue, match=r"the kind of a typed value is|the typed value .* cannot be read"):
        unpacked(tree, made.tables)


def test_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    made = packed(pd.DataFrame({"a": [1]}))
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(Unsupported, match=r"needs pandas, which is not installed where the model is"):
        unpacked(made.tree, made.tables)


def test_longest_times_come_back() -> None:
    values = [datetime.max, datetime.min, timedelta.max, timedelta.min, date.max, time.max]

    assert back(values) == values
