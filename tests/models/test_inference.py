"""What is known of each kind of data: its type, whether values are missing, and what has been seen."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from runstone.errors import InvalidSignature
from runstone.models import ModelSignature, infer_signature
from runstone.models.schema import ColSpec, Schema


def columns_of(data: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = infer_signature(data).to_typed()["inputs"]["columns"]
    return found


def first(data: Any, *keys: str) -> list[Any]:
    column = columns_of(data)[0]
    return [column.get(key) for key in keys]


@pytest.mark.parametrize(
    ("values", "kind", "facts"),
    [
        (np.array([1, 5], "int8"), "int8", {"range": [1, 5], "nullable": False}),
        (np.array([1, 2**63], "uint64"), "uint64", {"range": [1, 2**63]}),
        ([1.5, np.nan, np.inf], "float64", {"missing": True, "range": [1.5, None]}),
        ([np.nan], "float64", {"missing": True, "range": None}),
        (np.array([1j]), "complex128", {}),
        (np.array([1], "longdouble"), "any", {}),
        (pd.array([1, None], "Int16"), "int16", {"missing": True, "nullable": True, "dtype": "Int16"}),
        (pd.array([True, None], "boolean"), "bool", {"missing": True, "range": None}),
        (pd.array(["a"], "string"), "string", {"missing": False, "nullable": True}),
        (pd.Categorical([3, 1], [3, 1, 2], ordered=True), "category", {"levels": [3, 1, 2], "ordered": True}),
        (pd.Categorical(pd.to_datetime(["2026-01-01"])), "category", {"levels": ["2026-01-01T00:00:00"]}),
        (pd.cut([1], [0, np.inf]), "category", {"levels": [[0.0, "inf"]]}),
        (pd.to_datetime(["2026-01-01"]).as_unit("s"), "timestamp", {"resolution": "s", "zone": None}),
        (
            pd.to_datetime(["2026-01-01"], utc=True),
            "timestamp",
            {"zone": "UTC", "range": ["2026-01-01T00:00:00+00:00"] * 2},
        ),
        (pd.to_timedelta(["90s"]), "duration", {"range": ["P0DT0H1M30S"] * 2}),
        (pd.period_range("2026-01", periods=1, freq="M"), "period", {"freq": "M"}),
        (pd.interval_range(0, 1), "interval", {"closed": "right"}),
        (pd.arrays.SparseArray([0, 1]), "int64", {}),
        (pd.array([1.5], "double[pyarrow]"), "float64", {}),
        ([dt.date(2026, 1, 1)], "date", {"range": ["2026-01-01"] * 2, "dtype": "object"}),
        ([dt.time(1)], "time", {}),
        ([Decimal("1.5")], "decimal", {}),
        ([b"a"], "binary", {}),
        ([1, None], "float64", {"missing": True}),
        (np.array([1, None], object), "int64", {"missing": True, "nullable": True}),
        (np.array([1, 0.5], object), "float64", {}),
        (np.array([2**60, 0.5], object), "any", {}),
        (np.array([2**63], object), "uint64", {}),
        (np.array([2**70], object), "any", {}),
        (np.array([1, "a"], object), "any", {}),
        (np.array([None], object), "null", {"missing": True, "required": False}),
        ([[1, None], [2]], "list", {}),
        ([{"a": 1}, {"b": 2}], "struct", {}),
        ([{}], "map", {}),
        ([{1: 2}], "any", {}),
        (np.array([dt.date(2026, 1, 1), dt.datetime(2026, 1, 1)], object), "timestamp", {}),
        (np.array([], object), "any", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_column_of_pandas(values: Any, kind: str, facts: dict[str, Any]) -> None:
    column = columns_of(pd.DataFrame({"x": pd.Series(values)}))[0]

    assert column["type"] == kind
    assert {key: column.get(key) for key in facts} == facts


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pl.Series([1], dtype=pl.UInt8), "uint8"),
        (pl.Series([1], dtype=pl.Int128), "any"),
        (pl.Series([dt.time(1)]), "time"),
        (pl.Series([dt.timedelta(1)]), "duration"),
        (pl.Series([Decimal("1.5")], dtype=pl.Decimal(9, 2)), "decimal"),
        (pl.Series(["a"], dtype=pl.Enum(["b", "a"])), "category"),
        (pl.Series(["a"], dtype=pl.Categorical), "category"),
        (pl.Series([["a"]], dtype=pl.List(pl.Categorical)), "list"),
        (pl.Series([[1]], dtype=pl.Array(pl.Int8, 1)), "list"),
        (pl.Series([{"a": 1}]), "struct"),
        (pl.Series([object()], dtype=pl.Object), "any"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_column_of_polars(values: pl.Series, kind: str) -> None:
    assert first(pl.DataFrame({"x": values}), "type", "name") == [kind, "x"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([1.5, float("nan")], pa.float32()), "float32"),
        (pa.array(np.array([1.5], "float16")), "float16"),
        (pa.array(["a"], pa.large_string()), "string"),
        (pa.array([dt.date(2026, 1, 1)]), "date"),
        (pa.array([dt.time(1)]), "time"),
        (pa.array([1], pa.duration("s")), "duration"),
        (pa.array([Decimal("1.5")]), "decimal"),
        (pa.array(["a"]).dictionary_encode(), "category"),
        (pa.array([[1]]), "list"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), "map"),
        (pa.array([{"a": 1}]), "struct"),
        (pa.array([None]), "null"),
        (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), "any"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_column_of_arrow(values: pa.Array, kind: str) -> None:
    assert first(pa.table({"x": values}), "type", "name") == [kind, "x"]
    assert first(values, "type", "name") == [kind, None]


def test_units_are_taken_from_where_the_libraries_keep_them() -> None:
    frame = pd.DataFrame({"height": [1.5], "name": ["a"]})
    frame.attrs["units"] = {"height": "cm"}
    table = pa.table([pa.array([1.5])], schema=pa.schema([pa.field("height", pa.float64(), metadata={"unit": "cm"})]))

    assert [column.get("unit") for column in columns_of(frame)] == ["cm", None]
    assert first(table, "unit") == ["cm"]


def test_fields_of_an_array_are_columns() -> None:
    array = np.array([(1, [1.5, 2.5], (3,))], dtype=[("a", "i4"), ("b", "f8", 2), ("c", [("d", "i8")])])

    assert [(column["name"], column["type"]) for column in columns_of(array)] == [
        ("a", "int32"),
        ("b", "list"),
        ("c", "list"),
    ]


def test_labels_of_several_levels_are_lists() -> None:
    frame = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", 1)]))

    assert columns_of(frame)[0]["name"] == ["a", 1]
    assert (
        columns_of(frame)
        == ModelSignature.from_typed(infer_signature(frame).to_typed()).to_typed()["inputs"]["columns"]
    )


def test_labels_that_are_neither_texts_nor_numbers_become_texts() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.Index([np.int64(1), 1.5, pd.Timestamp("2026-01-01")], dtype=object))

    assert [column["name"] for column in columns_of(frame)] == [1, "1.5", "2026-01-01 00:00:00"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (True, "bool"),
        (5, "int64"),
        (np.float32(2), "float32"),
        (np.str_("a"), "string"),
        (np.bytes_(b"a"), "binary"),
        (np.datetime64("2026-01-01"), "date"),
        (np.timedelta64(1, "s"), "duration"),
        (np.array(3.0), "float64"),
        (pd.Timestamp("2026-01-01", tz="UTC"), "timestamp"),
        (pa.scalar(1), "any"),
        (1j, "complex128"),
        (object(), "any"),
        ({1: 2}, "any"),
        (None, None),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_single_value(data: Any, kind: str | None) -> None:
    if kind is None:
        assert infer_signature(data, [1]).inputs is None
    else:
        assert columns_of(data)[0]["type"] == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ([1, None], "int64"),
        ([1, 2.5], "float64"),
        ([np.int8(1), np.int64(2)], "int64"),
        ([np.float32(1), 2.0], "float64"),
        ([np.uint64(1), 2], "any"),
        ([1, "a"], "any"),
        ([dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1)], "timestamp"),
        ([np.zeros((0, 2))], "list"),
        ([np.zeros((2, 2))], "list"),
        ([np.array([{"a": 1}])], "list"),
        ([], "any"),
        (("a", "b"), "string"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_values_together(data: Any, kind: str) -> None:
    assert columns_of(data)[0]["type"] == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pd.DataFrame(), "a frame without columns"),
        (pl.DataFrame(), "a frame without columns"),
        (pa.table({}), "a table without columns"),
        ({}, "an empty dict"),
        (pl.LazyFrame({"a": [1]}), "collect() it first"),
        (pl.Int64(), "a frame or a series of polars; got"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_holds_nothing_is_refused(data: Any, says: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        infer_signature(data)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (
            {"p": []},
            "the param 'p' is an empty list, of which the type cannot be told; declare it: ParamSpec('p', 'string'",
        ),
        ({"p": None}, "the param 'p' is None, a NoneType; a param is a truth, a number"),
        ({"p": b"x"}, "the param 'p' is b'x'"),
        ({"p": [[1]]}, "the param 'p' is [[1]]"),
    ],
)
def test_param_that_has_no_type_is_refused(params: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        infer_signature(params=params)

    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: ModelSignature(pd.DataFrame({"a": [1]})), "the inputs of a signature are a Schema or None"),  # type: ignore[arg-type]
        (lambda: ModelSignature(params={"a": 1}), "the params of a signature are a ParamSchema or None"),  # type: ignore[arg-type]
        (lambda: ModelSignature.from_dict("nope"), "is an object; got 'nope'"),  # type: ignore[arg-type]
        (lambda: ModelSignature.from_typed({}), "an object with 'schema_version', a number; got {}"),
        (
            lambda: ModelSignature.from_typed({"schema_version": 99}),
            "version 99 of its format, and this Runstone knows 1",
        ),
        (
            lambda: ModelSignature.from_typed({"schema_version": 1, "inputs": {}}),
            "has 'columns' or 'tensors', each a list",
        ),
        (
            lambda: ModelSignature.from_typed({"schema_version": 1, "inputs": {"tensors": [{}]}}),
            "a tensor in schema.json has 'dtype' and 'shape'",
        ),
    ],
)
def test_signature_that_makes_no_sense_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        wrong()

    assert says in str(caught.value)


def test_signature_is_shown_and_compared() -> None:
    signature = infer_signature(pd.DataFrame({"a": [1]}), np.zeros(3), {"x": 1})

    assert repr(signature) == (
        "inputs: \n  ['a': long (required)]\n"
        "outputs: \n  [Tensor('float64', (-1,))]\n"
        "params: \n  ['x': long (default: 1)]\n"
    )
    assert hash(signature) == hash(ModelSignature.from_dict(signature.to_dict()))
    assert signature != ModelSignature(Schema([ColSpec("long", "a")]))
    assert signature != "signature"


def test_newer_keys_of_a_column_are_left() -> None:
    typed = infer_signature(pd.DataFrame({"a": [1]})).to_typed()
    typed["inputs"]["columns"][0]["colour"] = "green"

    assert ModelSignature.from_typed(typed) == infer_signature(pd.DataFrame({"a": [1]}))
