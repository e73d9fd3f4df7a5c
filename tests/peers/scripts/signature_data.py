"""Data of many kinds by name, for the genuine MLflow and for us."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp


def column(values: Any, dtype: Any = None) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({"x": pd.Series(values, dtype=dtype), "y": ["a"] * len(values)})


DATA: dict[str, Callable[[], Any]] = {
    "bool": column([True, False]),
    "int8": column([1, 2], "int8"),
    "uint8": column([1, 2], "uint8"),
    "int16": column([1, 2], "int16"),
    "uint16": column([1, 2], "uint16"),
    "int32": column([1, 2], "int32"),
    "uint32": column([1, 2], "uint32"),
    "int64": column([1, 2], "int64"),
    "float32": column([1.5, 2], "float32"),
    "float64": column([1.5, np.nan]),
    "Int64": column([1, 2], "Int64"),
    "Int64 with missing": column([1, None], "Int64"),
    "Int32 with missing": column([1, None], "Int32"),
    "UInt8 with missing": column([1, None], "UInt8"),
    "Float64": column([1, None], "Float64"),
    "Float32": column([1, None], "Float32"),
    "boolean": column([True, None], "boolean"),
    "str": column(["a", None]),
    "string": column(["a", None], "string"),
    "string objects": column(["a", None], object),
    "int objects": column([1, 2], object),
    "float objects": column([1, 1.5], object),
    "bool objects": column([True, None], object),
    "bytes": column([b"a", b"b"], object),
    "dates": column([dt.date(2020, 1, 1)], object),
    "datetimes": column([dt.datetime(2020, 1, 1)], object),
    "all missing": column([None, None], object),
    "category": column(["a", "b"], "category"),
    "category of int": column([1, 2], "category"),
    "category with missing": column(["a", None], "category"),
    "datetime64": lambda: pd.DataFrame({"x": pd.DatetimeIndex(["2020-01-01", None])}),
    "zoned": lambda: pd.DataFrame({"x": pd.to_datetime(["2020-01-01"]).tz_localize("Europe/Berlin")}),
    "arrow int": column([1, None], "int64[pyarrow]"),
    "arrow str": column(["a", None], "string[pyarrow]"),
    "lists": column([[1, 2], [3]]),
    "lists with missing": column([[1, 2], None]),
    "arrays": column([np.array([1, 2]), np.array([3])]),
    "dicts": column([{"a": 1, "b": "x"}, {"a": 2}]),
    "nested dicts": column([{"a": [1], "b": {"c": 2.0}}]),
    "numbered": lambda: pd.DataFrame(np.zeros((2, 2))),
    "several levels": lambda: pd.DataFrame(np.zeros((1, 2)), columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "series": lambda: pd.Series([1, 2], name="q"),
    "series without a name": lambda: pd.Series([1, 2]),
    "no rows": lambda: pd.DataFrame({"a": pd.Series([], dtype="int64")}),
    "array": lambda: np.array([1, 2]),
    "matrix": lambda: np.zeros((3, 4), "float32"),
    "array of texts": lambda: np.array(["aa", "b"]),
    "array of bytes": lambda: np.array([b"aa", b"b"]),
    "array of objects": lambda: np.array(["aa", None], dtype=object),
    "array of days": lambda: np.array(["2020-01-01"], dtype="datetime64[D]"),
    "array of truths": lambda: np.array([True]),
    "csr": lambda: sp.csr_matrix(np.eye(3)),
    "csc": lambda: sp.csc_matrix(np.eye(3, dtype="float32")),
    "dict of arrays": lambda: {"a": np.zeros((2, 3)), "b": np.zeros(2, "int32")},
    "dict of lists": lambda: {"a": [1, 2], "b": ["x"]},
    "dict of values": lambda: {"a": 1, "b": "x", "c": 2.5, "d": True, "e": b"x", "f": dt.datetime(2020, 1, 1)},
    "nested dict": lambda: {"a": {"b": [1.0, 2.0]}, "c": [{"d": 1}, {"d": 2, "e": "x"}]},
    "dict with missing": lambda: {"a": None, "b": 1},
    "rows": lambda: [{"a": 1, "b": "x"}, {"a": 2}],
    "list of int": lambda: [1, 2, 3],
    "list of str": lambda: ["a", "b"],
    "list of lists": lambda: [[1, 2], [3]],
    "list of lists of lists": lambda: [[[1, 2], [3]]],
    "list of arrays": lambda: [np.array([1, 2])],
    "mixed list": lambda: [1, "a"],
    "int": lambda: 1,
    "float": lambda: 1.5,
    "text": lambda: "a",
    "truth": lambda: True,
    "some bytes": lambda: b"a",
    "moment": lambda: dt.datetime(2020, 1, 1),
    "day": lambda: dt.date(2020, 1, 1),
    "scalar of numpy": lambda: np.float32(2),
}

# What MLflow has no word for, each beside a column that it knows.
OWN_KINDS: dict[str, Callable[[], Any]] = {
    "uint64": column(np.array([1], "uint64")),
    "duration": column(pd.to_timedelta(["1s"])),
    "period": column(pd.period_range("2026-01", periods=1, freq="M")),
    "complex": column([1j]),
    "mixed": column([1, "a"], object),
}

PARAMS: dict[str, dict[str, Any]] = {
    "values": {"a": 1, "b": 2.5, "c": "x", "d": True, "e": [1, 2], "f": ["x"]},
    "of numpy": {"a": np.int32(2), "b": np.float32(0.5), "c": np.array([1.0, 2.0])},
    "times": {"a": dt.datetime(2020, 1, 1, 3), "b": dt.date(2020, 1, 1)},
    "dict": {"a": {"b": 1, "c": "x"}},
}
