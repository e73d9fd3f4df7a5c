"""Data that made a signature passes it unchanged, whatever its dtypes, also when it was written and read between."""

import copy
import datetime as dt
import json
import pickle
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runstone.errors import SignatureMismatch
from runstone.models import ModelSignature, infer_signature
from runstone.models.enforcement import check_input, check_output

WHOLE = st.integers(-(2**63), 2**63 - 1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York"]
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))

CENTURIES: Any = pd.DatetimeIndex(["1900", "1999", "2101"])


def some(values: st.SearchStrategy[Any], missing: Any = None) -> st.SearchStrategy[list[Any]]:
    return st.lists(values | st.just(missing), max_size=5)


def integers(bits: int, signed: bool) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else st.integers(0, 2**bits - 1)


def pandas_columns() -> st.SearchStrategy[pd.Series]:
    plain = hnp.arrays(
        st.sampled_from(["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c16"]), st.just(3)
    )
    times = st.tuples(some(MOMENTS), st.sampled_from(["s", "ms", "us", "ns"]), st.sampled_from([None, *ZONES]))
    return st.one_of(
        plain.map(pd.Series),
        *(
            some(integers(bits, signed)).map(partial(made, dtype=f"{'' if signed else 'U'}Int{bits}"))
            for bits in (8, 32, 64)
            for signed in (True, False)
        ),
        some(st.booleans()).map(lambda v: made(v, "boolean")),
        some(st.floats(width=32)).map(lambda v: made(v, "Float32")),
        some(st.floats()).map(lambda v: made(v, "Float64")),
        some(st.text()).map(lambda v: made(v, "string")),
        some(st.text()).map(lambda v: made(v, "str")),
        some(st.text()).map(lambda v: made(v, pd.StringDtype("python"))),
        some(st.text()).map(lambda v: made(v, object)),
        some(WHOLE).map(lambda v: made(v, object)),
        some(WHOLE | st.floats()).map(lambda v: made(v, object)),
        some(st.booleans()).map(lambda v: made(v, object)),
        some(st.binary()).map(lambda v: made(v, object)),
        some(st.dates()).map(lambda v: made(v, object)),
        some(st.times()).map(lambda v: made(v, object)),
        some(st.timedeltas()).map(lambda v: made(v, object)),
        some(MOMENTS).map(lambda v: made(v, object)),
        some(st.datetimes(timezones=st.timezones())).map(lambda v: made(v, object)),
        some(st.decimals(allow_nan=False, places=2)).map(lambda v: made(v, object)),
        some(st.lists(WHOLE | st.none(), max_size=3)).map(lambda v: made(v, object)),
        some(hnp.arrays("f4", hnp.array_shapes(max_dims=2))).map(lambda v: made(v, object)),
        some(st.dictionaries(st.sampled_from("ab"), st.text() | st.floats())).map(lambda v: made(v, object)),
        some(st.text() | WHOLE | st.booleans() | st.binary()).map(lambda v: made(v, object)),
        some(st.text(max_size=3)).map(lambda v: made(v, "category")),
        some(WHOLE).map(lambda v: pd.Series(pd.Categorical(v, ordered=True))),
        some(st.floats(allow_nan=False)).map(lambda v: made(v, "category")),
        some(st.booleans()).map(lambda v: made(v, "category")),
        some(MOMENTS).map(lambda v: pd.Series(pd.to_datetime(v).as_unit("us")).astype("category")),
        some(MOMENTS).map(lambda v: pd.Series(pd.to_datetime(v, utc=True)).dt.tz_convert(ZONES[1]).astype("category")),
        some(st.timedeltas(dt.timedelta(-9), dt.timedelta(9))).map(lambda v: made(v, "category")),
        some(MOMENTS).map(lambda v: pd.Series(pd.to_datetime(v)).dt.to_period("M").astype("category")),
        some(MOMENTS).map(lambda v: pd.Series(pd.cut(pd.DatetimeIndex(v), CENTURIES))),
        st.lists(st.floats(0, 9), min_size=2, max_size=5).map(lambda v: pd.Series(pd.cut(v, [-np.inf, 2, 5, np.inf]))),
        times.map(lambda v: pd.Series(pd.to_datetime(v[0], utc=v[2] is not None).as_unit(v[1])).pipe(zoned, v[2])),
        some(st.timedeltas(dt.timedelta(-999), dt.timedelta(999))).map(lambda v: pd.Series(pd.to_timedelta(v))),
        some(MOMENTS).map(lambda v: pd.Series(pd.to_datetime(v)).dt.to_period("M")),
        st.just(pd.Series(pd.interval_range(0, 3))),
        st.just(pd.Series(pd.arrays.SparseArray([0, 0, 1]))),
        some(WHOLE).map(lambda v: made(v, "int64[pyarrow]")),
        some(st.text()).map(lambda v: made(v, "string[pyarrow]")),
        some(st.text()).map(lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.string()))),
        some(MOMENTS).map(lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.timestamp("us", "Europe/Berlin")))),
        some(st.dates()).map(lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.date32()))),
        some(st.lists(WHOLE)).map(lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.list_(pa.int64())))),
        some(st.decimals(-99, 99, places=2)).map(lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.decimal128(9, 2)))),
    )


def made(values: list[Any], dtype: Any) -> Any:
    return pd.Series(values, dtype=dtype)


def zoned(times: Any, zone: str | None) -> Any:
    return times if zone is None else times.dt.tz_convert(zone)


def both_ways(signature: ModelSignature) -> list[ModelSignature]:
    """A signature, and what it is once written in either form and read."""
    typed = ModelSignature.from_typed(json.loads(json.dumps(signature.to_typed(), allow_nan=False)))
    return [signature, typed, ModelSignature.from_dict(json.loads(json.dumps(signature.to_dict())))]


@settings(max_examples=150, deadline=None)
@given(pandas_columns())
def test_frame_of_pandas_passes_its_own_signature(column: pd.Series) -> None:
    frame = pd.DataFrame({"x": column, "y": 1})

    ours, typed, of_mlflow = both_ways(infer_signature(frame, frame))

    assert check_input(ours, frame) is frame
    assert check_input(typed, frame) is frame
    assert check_output(ours, frame) is frame
    assert np.array_equal(check_input(of_mlflow, frame).isna().to_numpy(), frame.isna().to_numpy())


@settings(max_examples=40, deadline=None)
@given(st.lists(pandas_columns(), min_size=2, max_size=4))
def test_columns_in_another_order_and_more_of_them_come_out_in_order(columns: list[pd.Series]) -> None:
    frame = pd.concat([column.head(1).reset_index(drop=True) for column in columns], axis=1)
    frame.columns = pd.Index([f"c{number}" for number in range(len(columns))])

    found = check_input(infer_signature(frame), frame[frame.columns[::-1]].assign(more=1))

    pd.testing.assert_frame_equal(found, frame)


@settings(max_examples=40, deadline=None)
@given(pandas_columns(), st.sampled_from([None, "x"]))
def test_series_passes_its_own_signature(column: pd.Series, name: str | None) -> None:
    series = column.rename(name)

    for signature in both_ways(infer_signature(series))[:2]:
        found = check_input(signature, series)

    assert found is series
    assert check_input(ModelSignature.from_dict(infer_signature(series).to_dict()), series).shape == (len(series), 1)


POLARS = st.one_of(
    *(
        some(integers(bits, signed)).map(
            partial(pl.Series, "x", dtype=getattr(pl, f"{'' if signed else 'U'}Int{bits}"))
        )
        for bits in (8, 32, 64)
        for signed in (True, False)
    ),
    some(st.floats()).map(lambda v: pl.Series(v, dtype=pl.Float64)),
    some(st.floats(width=32)).map(lambda v: pl.Series(v, dtype=pl.Float32)),
    some(st.booleans()).map(lambda v: pl.Series(v, dtype=pl.Boolean)),
    some(st.text()).map(lambda v: pl.Series(v, dtype=pl.String)),
    some(st.binary()).map(lambda v: pl.Series(v, dtype=pl.Binary)),
    some(st.dates()).map(lambda v: pl.Series(v, dtype=pl.Date)),
    some(st.times()).map(lambda v: pl.Series(v, dtype=pl.Time)),
    some(MOMENTS).map(lambda v: pl.Series(v, dtype=pl.Datetime("us"))),
    some(MOMENTS).map(
        lambda v: pl.Series(v, dtype=pl.Datetime("ms")).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONES[1])
    ),
    some(st.timedeltas(dt.timedelta(-999), dt.timedelta(999))).map(lambda v: pl.Series(v, dtype=pl.Duration("ns"))),
    some(st.decimals(-99, 99, places=2)).map(lambda v: pl.Series(v, dtype=pl.Decimal(9, 2))),
    some(st.sampled_from("abc")).map(lambda v: pl.Series(v, dtype=pl.Categorical)),
    some(st.sampled_from("abc")).map(lambda v: pl.Series(v, dtype=pl.Enum(["c", "b", "a"]))),
    some(st.lists(WHOLE | st.none())).map(lambda v: pl.Series(v, dtype=pl.List(pl.Int64))),
    some(st.fixed_dictionaries({"a": WHOLE, "b": st.text()})).map(
        lambda v: pl.Series(v, dtype=pl.Struct({"a": pl.Int64, "b": pl.String}))
    ),
    st.just(pl.Series([None, None])),
)


@settings(max_examples=80, deadline=None)
@given(POLARS)
def test_frame_of_polars_passes_its_own_signature(column: pl.Series) -> None:
    frame = pl.DataFrame({"x": column}).with_columns(y=1)

    ours, typed, of_mlflow = both_ways(infer_signature(frame, frame))

    assert check_input(ours, frame) is frame
    assert check_input(typed, frame) is frame
    assert check_output(ours, frame) is frame
    assert len(check_input(of_mlflow, frame)) == len(frame)
    assert check_input(infer_signature(column), column) is column


@settings(max_examples=80, deadline=None)
@given(POLARS)
def test_table_of_arrow_passes_its_own_signature(column: pl.Series) -> None:
    table = pl.DataFrame({"x": column}).with_columns(y=1).to_arrow()

    ours, typed, of_mlflow = both_ways(infer_signature(table, table))

    assert check_input(ours, table) is table
    assert check_input(typed, table) is table
    assert check_output(ours, table) is table
    assert len(check_input(of_mlflow, table)) == table.num_rows
    assert check_input(infer_signature(table["x"]), table["x"]) is not None


ARRAYS = hnp.arrays(
    hnp.scalar_dtypes() | hnp.unicode_string_dtypes() | hnp.byte_string_dtypes() | st.just(np.dtype(object)),
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=3),
    elements=None,
)


@settings(max_examples=80, deadline=None)
@given(ARRAYS)
def test_array_passes_its_own_signature(array: Any) -> None:
    named = {"x": array, "y": np.zeros(1)}

    for signature in both_ways(infer_signature(array)):
        assert check_input(signature, array) is array
    for signature in both_ways(infer_signature(named)):
        assert check_input(signature, named) is named


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "lil", "dok", "dia"])
def test_sparse_matrix_passes_its_own_signature(kind: str) -> None:
    for sparse in (scipy.sparse.eye(3).asformat(kind), scipy.sparse.eye_array(3).asformat(kind)):
        for signature in both_ways(infer_signature(sparse)):
            assert check_input(signature, sparse) is sparse
        assert infer_signature(sparse).to_typed()["inputs"]["tensors"][0]["sparse"] == kind


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.floats(), st.text(max_size=3)), max_size=3))
def test_array_with_fields_passes_its_own_signature(rows: list[tuple[int, float, str]]) -> None:
    array = np.array(rows, dtype=[("a", "i4"), ("b", "f8"), ("c", "U3")])

    for signature in both_ways(infer_signature(array)):
        assert check_input(signature, array).columns.to_list() == ["a", "b", "c"]


PLAIN = st.recursive(
    st.one_of(
        st.booleans(),
        WHOLE,
        st.floats(),
        st.text(),
        st.binary(),
        MOMENTS,
        st.dates(),
        st.decimals(places=2, allow_nan=False),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner | st.none(), max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(PLAIN)
def test_plain_data_passes_its_own_signature(data: Any) -> None:
    if data == {}:
        return

    for signature in both_ways(infer_signature(data, data)):
        check_input(signature, data)
        check_output(signature, data)


NUMBERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]
KINDS = [*NUMBERS, "Int8", "Int64", "UInt64", "Float64", "int64[pyarrow]", "double[pyarrow]", "object"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(-300, 300) | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=3),
    st.sampled_from(KINDS),
    st.sampled_from(NUMBERS),
)
def test_number_becomes_an_equal_one_or_is_refused_where_there_is_none(
    values: list[int], given: Any, wanted: Any
) -> None:
    try:
        frame = pd.DataFrame({"x": pd.Series(values, dtype=given)})
    except (OverflowError, TypeError, ValueError, pa.ArrowInvalid):
        return
    signature = infer_signature(pd.DataFrame({"x": pd.Series([0, 1], dtype=wanted)}))
    held = [int(value) for value in frame["x"]]

    wrong = [row for row, value in enumerate(held) if not is_held(value, wanted)]

    if wrong:
        with pytest.raises(SignatureMismatch) as caught:
            check_input(signature, frame)
        assert caught.value.row in wrong
    else:
        found = check_input(signature, frame)["x"]
        assert found.dtype == wanted
        assert [int(value) for value in found] == held


def is_held(value: int, dtype: str) -> bool:
    if dtype.startswith("float"):
        return int(np.float64(value).astype(dtype)) == value
    return bool(np.iinfo(dtype).min <= value <= np.iinfo(dtype).max)


def test_signature_is_pickled_and_copied() -> None:
    frame = pd.DataFrame({"x": pd.Categorical(["a"]), "y": [[1]]})
    signature = infer_signature(frame, np.zeros(2), {"p": {"q": 1}})
    check_input(signature, frame)

    for again in (pickle.loads(pickle.dumps(signature)), copy.deepcopy(signature)):
        assert again == signature
        assert again.to_typed() == signature.to_typed()
        assert check_input(again, frame) is frame
