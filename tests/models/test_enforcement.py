"""Data that does not fit is refused with column, row and value; what fits is converted only to equal values."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from runstone.errors import InvalidSignature, InvalidValue, SignatureMismatch
from runstone.models import ModelSignature, infer_signature
from runstone.models.enforcement import check_input, check_output, check_params
from runstone.models.schema import Array, ColSpec, Object, ParamSchema, ParamSpec, Property, Schema

BERLIN = "Europe/Berlin"
FRAME = pd.DataFrame(
    {
        "age": [31, 40],
        "height": [1.5, 2.0],
        "town": pd.Categorical(["a", "b"]),
        "at": pd.to_datetime(["2026-01-01", "2026-01-02"]).as_unit("us").tz_localize(BERLIN),
        "flag": [True, False],
        "name": ["x", "y"],
        "small": np.array([1, 2], "int8"),
    }
)
SIGNATURE = infer_signature(FRAME)


def of_mlflow(*columns: ColSpec) -> ModelSignature:
    return ModelSignature(Schema(columns))


def refused(signature: ModelSignature, data: Any) -> SignatureMismatch:
    with pytest.raises(SignatureMismatch) as caught:
        check_input(signature, data)
    assert isinstance(caught.value, InvalidValue)
    return caught.value


@pytest.mark.parametrize(
    ("column", "values", "row", "says"),
    [
        ("age", [1, None], 1, "is missing; wanted: int64, which the signature does not let be missing; fill it"),
        ("age", pd.array([1, None], "Int64"), 1, "is missing"),
        ("age", pd.array([1, None], "int64[pyarrow]"), 1, "is missing"),
        ("age", [1, 2.5], 1, "is 2.5, which is no whole number; wanted: int64"),
        ("age", [1, np.inf], 1, "is inf, which is no whole number"),
        ("age", ["1", "2"], 0, "is '1', a str; wanted: int64"),
        ("age", pd.Series([1, "2"], dtype=object), 1, "is '2', a str"),
        ("age", np.array([1, 2**63], "uint64"), 1, "out of the range of int64"),
        ("age", pd.to_datetime(["2026-01-01"] * 2), 0, "a Timestamp; wanted: int64"),
        ("age", [True, False], 0, "is True, a bool; wanted: int64"),
        ("height", ["high", "low"], 0, "is 'high', a str; wanted: float64"),
        ("height", [1, 2**53 + 1], 1, "which float64 cannot hold exactly"),
        ("town", ["a", "zzz"], 1, "is 'zzz', which is none of the levels 'a', 'b'"),
        ("town", pd.Categorical(["a", "c"]), 1, "is 'c', which is none of the levels"),
        (
            "at",
            pd.to_datetime(["2026-01-01"] * 2),
            0,
            "without a time zone; wanted: timestamp in the zone Europe/Berlin",
        ),
        ("at", ["yesterday"] * 2, 0, "is 'yesterday', which is no time"),
        ("flag", [1, 0], 0, "is 1, an int; wanted: bool"),
        ("flag", pd.array([True, None], "boolean"), 1, "is missing; wanted: bool"),
        ("name", pd.Series(["x", 5], dtype=object), 1, "is 5, an int; wanted: string"),
        ("name", pd.Categorical([1, 2]), 0, "is 1, an int; wanted: string"),
        ("small", [1, 400], 1, "is 400, which is out of the range of int8, -128 to 127"),
    ],
)
def test_wrong_value_is_named_with_column_and_row(column: str, values: Any, row: int, says: str) -> None:
    error = refused(SIGNATURE, FRAME.assign(**{column: values}))

    assert str(error).startswith(f"column {column!r} of the input, row {row}, ")
    assert says in str(error)
    assert (error.column, error.row, error.error_code) == (column, row, "INVALID_PARAMETER_VALUE")
    assert error.value is not None
    assert error.wanted is not None


@pytest.mark.parametrize(
    ("column", "values", "becomes"),
    [
        ("age", [1.0, 2.0], [1, 2]),
        ("age", np.array([1, 2], "uint8"), [1, 2]),
        ("age", pd.array([1, 2], "Int64"), [1, 2]),
        ("age", pd.array([1, 2], "int64[pyarrow]"), [1, 2]),
        ("age", pd.Series([1, 2], dtype=object), [1, 2]),
        ("height", [1, 2], [1.0, 2.0]),
        ("height", pd.array([1, None], "Int64"), [1.0, np.nan]),
        ("height", np.array([0.5, np.inf], "float32"), [0.5, np.inf]),
        ("town", ["b", None], pd.Categorical(["b", None], ["a", "b"])),
        ("town", pd.Categorical(["b", "b"], ["b", "q"]), pd.Categorical(["b", "b"], ["a", "b"])),
        ("at", ["2026-01-01T00:00:00+00:00"] * 2, pd.to_datetime(["2026-01-01T01:00"] * 2).tz_localize(BERLIN)),
        (
            "at",
            pd.to_datetime(["2026-01-01"] * 2, utc=True),
            pd.to_datetime(["2026-01-01T01:00"] * 2).tz_localize(BERLIN),
        ),
        ("at", [pd.NaT, pd.NaT], pd.DatetimeIndex([None, None]).tz_localize(BERLIN)),
        ("name", pd.Categorical(["x", "q"]), ["x", "q"]),
        ("name", pd.array(["x", None], "string[pyarrow]"), ["x", np.nan]),
        ("small", [1, 100], [1, 100]),
    ],
)
def test_equal_value_of_another_type_is_converted(column: str, values: Any, becomes: Any) -> None:
    found = check_input(SIGNATURE, FRAME.assign(**{column: values}))

    pd.testing.assert_frame_equal(found, FRAME.assign(**{column: becomes}).astype(FRAME.dtypes.to_dict()))


@pytest.mark.parametrize(
    ("seen", "given", "says"),
    [
        (
            np.array([1.5], "float32"),
            [0.1],
            "is 0.1, of float64, which float32 cannot hold without a change; convert it",
        ),
        ([dt.time(1)], ["1:00"], "is '1:00', a str; wanted: time"),
        ([dt.date(2026, 1, 1)], [5], "is 5, an int; wanted: date"),
        (pd.to_timedelta(["1s"]), [1], "is 1, an int; wanted: duration"),
        (pd.period_range("2026-01", periods=1, freq="M"), ["2026-01"], "is '2026-01', a str; wanted: period"),
        (pd.interval_range(0, 1), [0.5], "is 0.5, a float; wanted: interval"),
        (pd.Categorical(["a"]), [["a"]], "is ['a'], which is none of the levels 'a'"),
        (pd.Categorical([0, 1]), [True], "is True, which is none of the levels 0, 1"),
        (pd.Categorical(range(20)), [20], "8, 9 and 10 more"),
        ([b"a"], ["a"], "is 'a', a str; wanted: binary"),
        ([{"a": 1}], [[1]], "is [1], a list; wanted: struct"),
        ([{}], [[1]], "is [1], a list; wanted: dict of any"),
        (pd.array([1, 2], "Int64"), pd.array([1, None], "Int64"), "is missing; wanted: int64"),
        (["a"], [1.5], "is 1.5, a float; wanted: string"),
    ],
)
def test_value_of_another_kind_is_refused(seen: Any, given: Any, says: str) -> None:
    error = refused(infer_signature(pd.DataFrame({"x": seen})), pd.DataFrame({"x": given}))

    assert says in str(error)
    assert error.column == "x"


@pytest.mark.parametrize(
    "facts",
    [
        {"type": "timestamp", "zone": "No/Where"},
        {"type": "timestamp", "resolution": "zz"},
        {"type": "category", "levels": ["a"], "items": {"type": "period", "freq": "zz"}},
        {"type": "category", "levels": [[["a"]]]},
    ],
    ids=str,
)
def test_column_that_pandas_cannot_have_here_is_told(facts: dict[str, Any]) -> None:
    typed = {"schema_version": 1, "inputs": {"container": "pandas", "columns": [{"name": "a", **facts}]}}
    signature = ModelSignature.from_typed(typed)

    with pytest.raises(InvalidSignature, match=r"column 'a' of the signature is a .*, which pandas cannot have here"):
        check_input(signature, pd.DataFrame({"a": ["x"]}))


def test_table_without_any_of_the_columns_is_refused() -> None:
    signature = of_mlflow(ColSpec("long", "n", required=False))

    assert "has no column 'n'; not known are ['m']" in str(refused(signature, [{"m": 1}]))


def test_time_as_a_text_keeps_its_nanoseconds() -> None:
    at = pd.Timestamp("2026-01-31 12:00:00.123456789")
    frame = pd.DataFrame({"at": pd.Series([at], dtype="datetime64[ns]")})
    signature = infer_signature(frame)

    for known in (signature, ModelSignature.from_dict(signature.to_dict())):
        assert check_input(known, [{"at": at.isoformat()}])["at"].tolist() == [at]
        assert check_input(known, pd.DataFrame({"at": [at.isoformat()]}))["at"].tolist() == [at]


def test_input_is_not_changed_when_it_is_converted() -> None:
    given = FRAME.assign(age=[1.0, 2.0], more=0)
    before = given.copy()

    check_input(SIGNATURE, given)

    pd.testing.assert_frame_equal(given, before)


def test_index_stays() -> None:
    given = FRAME.set_index(pd.Index(["p", "q"])).assign(age=[1.0, 2.0])

    assert check_input(SIGNATURE, given).index.to_list() == ["p", "q"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            FRAME.drop(columns=["age", "height"]),
            "the input has no column 'age' and no 'height'; wanted: ['age', 'height', 't",
        ),
        (FRAME.drop(columns="age").assign(AGE=1), "no column 'age'; not known are ['AGE']"),
        (pd.concat([FRAME, FRAME[["age"]]], axis=1), "has the column 'age' 2 times; leave one"),
        (FRAME.to_numpy(), "is an ndarray; wanted: a frame with the columns ['age'"),
        (FRAME.iloc[0], "is a Series; wanted: a frame with the columns"),
        ([1, 2], "pandas.DataFrame(..., columns=[...]) gives names to what has none"),
        (5, "the input is an int; wanted: a frame"),
        (object(), "the input is an object; wanted: a frame"),
        (pl.LazyFrame({"age": [1]}), "is a LazyFrame; wanted: a frame that holds its data: collect() it first"),
        (np.zeros((1, 2, 3)), "is an ndarray; wanted: a frame"),
        ({"age": [1, 2], "height": [1.5]}, "differ in length: 'age' has 2, 'height' has 1"),
        ({"age": [1, 2], "height": 1.5}, "'height' has one value"),
    ],
)
def test_what_is_no_such_table_is_refused(data: Any, says: str) -> None:
    assert says in str(refused(SIGNATURE, data))


@pytest.mark.parametrize(
    "data",
    [
        FRAME.to_dict("list"),
        FRAME.to_dict("records"),
        {name: FRAME[name] for name in FRAME},
        FRAME.to_records(index=False)[["age", "height", "name", "town", "at", "flag", "small"]],
        pl.from_pandas(FRAME),
        pa.Table.from_pandas(FRAME),
        FRAME[FRAME.columns[::-1]],
    ],
    ids=["dict", "rows", "series", "records", "polars", "arrow", "reversed"],
)
def test_same_data_in_another_container_becomes_the_same_frame(data: Any) -> None:
    pd.testing.assert_frame_equal(check_input(SIGNATURE, data), FRAME)


def test_frame_for_a_signature_of_polars_becomes_one_of_polars() -> None:
    frame = pl.DataFrame({"n": [1, None], "s": ["a", "b"], "c": pl.Series(["p", "q"], dtype=pl.Categorical)})
    signature = infer_signature(frame)

    for data in (frame.to_pandas(), frame.to_dicts(), frame.to_arrow(), frame.select("c", "s", "n")):
        found = check_input(signature, data)
        assert isinstance(found, pl.DataFrame)
        assert found.cast({"c": pl.String}).to_dicts() == frame.cast({"c": pl.String}).to_dicts()
    assert check_input(signature, frame.with_columns(n=pl.Series([1.0, 2.0])))["n"].to_list() == [1, 2]
    error = refused(signature, frame.with_columns(n=pl.Series([1.5, 2.0])))
    assert (error.column, error.row, error.value) == ("n", 0, "1.5")
    assert refused(signature, frame.with_columns(c=pl.Series(["p", "z"]))).value == "'z'"


def test_table_for_a_signature_of_arrow_becomes_one_of_arrow() -> None:
    table = pa.table({"n": [1, 2], "s": ["a", None]})
    signature = infer_signature(table)

    for data in (table.to_pandas(), table.to_pylist(), pl.from_arrow(table), table.select(["s", "n"])):
        assert check_input(signature, data).to_pylist() == table.to_pylist()
    assert check_input(signature, table.set_column(0, "n", pa.array([1.0, 2.0])))["n"].type == pa.int64()
    assert refused(signature, pa.table({"n": [1, None], "s": ["a", "b"]})).row == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (pd.array([1, None], "Int64"), "Int64"),
        ([1.0, np.nan], "Int64"),
        (pd.Series([1, None], dtype=object), "Int64"),
        ([1, 2], "Int64"),
    ],
)
def test_whole_numbers_may_be_missing_where_mlflow_says_optional(given: Any, wanted: str) -> None:
    signature = of_mlflow(ColSpec("long", "n", required=False))

    found = check_input(signature, pd.DataFrame({"n": given}))

    assert str(found["n"].dtype) in {wanted, "int64"}
    assert found["n"].isna().to_list() == pd.Series(given).isna().to_list()


def test_columns_without_names_are_told_by_their_places() -> None:
    signature = of_mlflow(ColSpec("long"), ColSpec("double"))

    for data in (pd.DataFrame({"a": [1], "b": [2.0], "more": [3]}), [[1, 2.0]], [(1, 2)], np.array([[1, 2.0]])):
        assert check_input(signature, data).to_numpy().tolist() == [[1, 2.0]]
    assert "has only 1 of the 2 columns" in str(refused(signature, pd.DataFrame({"a": [1]})))
    assert "row 0 of the input is [1]; wanted: a list with 2 values" in str(refused(signature, [[1]]))


def test_frame_of_numbered_columns_takes_an_array() -> None:
    signature = infer_signature(pd.DataFrame(np.zeros((2, 3))))

    assert check_input(signature, np.ones((1, 3))).to_numpy().tolist() == [[1.0, 1.0, 1.0]]


def test_lists_and_single_values_stay_what_they_are() -> None:
    signature = infer_signature(["a", "b"])
    given = ["c"]

    assert check_input(signature, given) is given
    assert check_input(signature, "c") == "c"
    for data in (
        ("c",),
        np.array(["c"]),
        pd.Series(["c"]),
        pd.DataFrame({"q": ["c"]}),
        pl.Series(["c"]),
        pa.array(["c"]),
    ):
        assert check_input(signature, data) == ["c"]
    assert str(refused(signature, ["a", 5])) == "the input, row 1, is 5, an int; wanted: string"
    assert "a frame with one column; it has 2" in str(refused(signature, pd.DataFrame({"q": ["c"], "r": ["d"]})))


@pytest.mark.parametrize(
    ("value", "is_taken_as"),
    [
        (np.float64(3.5), 3.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("wheat"), "wheat"),
        (pd.Timestamp("2026-03-01"), dt.datetime(2026, 3, 1)),
    ],
)
def test_single_value_of_a_library_is_no_list(value: Any, is_taken_as: Any) -> None:
    assert check_input(infer_signature(value), value) == is_taken_as


def test_series_takes_a_list_or_a_column_of_its_name() -> None:
    series = pd.Series(pd.Categorical(["p", "q"]), name="kind")
    signature = infer_signature(series)

    for data in (["p"], pd.DataFrame({"more": [1], "kind": ["p"]}), pl.Series("kind", ["p"])):
        pd.testing.assert_series_equal(check_input(signature, data), series.head(1), check_names=False)
    assert refused(signature, ["z"]).value == "'z'"
    assert isinstance(check_input(infer_signature(pl.Series([1])), [1]), pl.Series)


def test_dict_that_is_one_row_is_told_from_a_dict_of_columns() -> None:
    one_row = infer_signature({"n": 1, "tags": ["a", "b"]})
    rows = of_mlflow(ColSpec("long", "n"), ColSpec(Array("string"), "tags"))

    assert check_input(one_row, {"n": 2, "tags": ["c"]}).to_dict("records") == [{"n": 2, "tags": ["c"]}]
    assert check_input(rows, {"n": 2, "tags": ["c"]}).to_dict("records") == [{"n": 2, "tags": ["c"]}]
    assert check_input(rows, {"n": [2, 3], "tags": [["c"], []]}).to_dict("list") == {"n": [2, 3], "tags": [["c"], []]}


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.full((2, 3), 0.1), "the input at [0, 0] is 0.1, of float64, which float32 cannot hold without a change"),
        (np.zeros((2, 4)), "the input has the shape (2, 4); wanted: (-1, 3), where -1 is any length"),
        (np.zeros(3, np.float32), "for one row, give it as array[None]"),
        ([[1.5, 2.5, 3.5], [1]], "is a list whose parts differ in length"),
        ([["a", "b", "c"]], "has the dtype <U1; wanted: float32; convert it with .astype('float32')"),
        (np.array([[True, False, True]]), "has the dtype bool; wanted: float32"),
        ({"a": 1}, "the input is a dict; wanted: an array of numpy with the shape (-1, 3)"),
        (None, "the input is a NoneType"),
    ],
)
def test_wrong_array_is_refused(array: Any, says: str) -> None:
    assert says in str(refused(infer_signature(np.zeros((2, 3), np.float32)), array))


def test_array_is_converted_where_no_value_changes() -> None:
    signature = infer_signature(np.zeros((2, 2), np.float32))

    for data in (
        np.eye(2),
        np.eye(2, dtype="int8"),
        [[1, 0], [0, 1]],
        pd.DataFrame(np.eye(2)),
        pl.DataFrame(np.eye(2)),
    ):
        found = check_input(signature, data)
        assert found.dtype == np.float32
        assert found.tolist() == [[1, 0], [0, 1]]
    assert check_input(signature, [[0.1, np.nan]])[0, 0] == np.float32(0.1)
    assert check_input(infer_signature(np.zeros(2)), np.array([1, 2.5], object)).tolist() == [1, 2.5]
    assert refused(infer_signature(np.zeros(2, int)), np.array([1, 2.5])).row == 1


@pytest.mark.parametrize("kind", ["datetime64", "timedelta64"])
def test_times_are_converted_where_none_changes(kind: str) -> None:
    signature = infer_signature(np.zeros(1, f"{kind}[ms]"))

    found = check_input(signature, np.array([5000, "NaT"], f"{kind}[us]"))

    assert (found.dtype, found[0], np.isnat(found[1])) == (f"{kind}[ms]", np.array(5, f"{kind}[ms]"), True)
    assert "wanted: " in str(refused(signature, np.array([5], f"{kind}[us]")))


def test_named_arrays_come_in_a_dict_or_as_columns() -> None:
    signature = infer_signature({"x": np.zeros((2, 3)), "y": np.zeros(2, "int32")})
    wanted = {"x": [[1.0, 2.0, 3.0]], "y": [4]}

    for data in (
        {"x": np.array([[1.0, 2.0, 3.0]]), "y": np.array([4]), "more": 1},
        {"x": [[1, 2, 3]], "y": [4]},
        pd.DataFrame({"x": [[1.0, 2.0, 3.0]], "y": [4]}),
    ):
        assert {name: array.tolist() for name, array in check_input(signature, data).items()} == wanted
    assert check_input(infer_signature({"x": np.zeros(2)}), np.ones(1))["x"].tolist() == [1]
    assert "no tensor 'y'; wanted: ['x', 'y']; got: ['x']" in str(refused(signature, {"x": np.zeros((1, 3))}))
    assert "wanted: a dict with the arrays ['x', 'y']" in str(refused(signature, np.zeros((1, 3))))
    assert refused(signature, {"x": np.zeros((1, 2)), "y": [1]}).column == "x"


def test_output_is_checked_and_stays_itself() -> None:
    signature = infer_signature(FRAME, np.zeros(2))
    given = np.array([1, 2])

    assert check_output(signature, given) is given
    with pytest.raises(SignatureMismatch, match="the output has the shape"):
        check_output(signature, np.zeros((2, 2)))
    assert check_output(infer_signature(FRAME), "anything") == "anything"
    assert check_input(infer_signature(None, given), "anything") == "anything"


PARAMS = ModelSignature(
    params=ParamSchema(
        [
            ParamSpec("n", "integer", 1),
            ParamSpec("x", "double", [1.0], (-1,)),
            ParamSpec("at", "datetime", dt.datetime(2026, 1, 1, 3)),
            ParamSpec("box", Object([Property("k", "long"), Property("o", "string", required=False)]), {"k": 1}),
        ]
    )
)


def test_params_are_filled_up_and_converted() -> None:
    found = check_params(PARAMS, {"n": np.int64(3), "x": np.array([1, 2]), "at": "2026-02-01", "box": {"k": 2.0}})

    assert found == {"n": 3, "x": [1.0, 2.0], "at": dt.date(2026, 2, 1), "box": {"k": 2}}
    assert check_params(PARAMS, None)["n"] == 1
    assert check_params(infer_signature(FRAME), {}) == {}
    assert check_params(PARAMS, {"n": None})["n"] is None


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"m": 1}, "the model knows no param 'm': its params are 'n', 'x', 'at', 'box'; leave it out"),
        ({"n": "3"}, "the param 'n' is '3', a str; wanted: int32"),
        ({"n": 2**40}, "the param 'n' is 1099511627776, which is out of the range of int32"),
        ({"n": True}, "the param 'n' is True, a bool"),
        ({"n": [1]}, "the param 'n' is one value of the type integer; got the list [1]"),
        ({"x": 1.5}, "the param 'x' is a list of the type double; got 1.5"),
        ({"x": [1.5, "a"]}, "the param 'x' at [1], is 'a', a str; wanted: float64"),
        ({"at": 5}, "the param 'at' is 5, an int; wanted: timestamp"),
        ({"box": {}}, "the param 'box' has no 'k'"),
        ({"box": {"k": "a"}}, "the param 'box' at ['k'], is 'a'"),
    ],
)
def test_wrong_param_is_refused(params: dict[str, Any], says: str) -> None:
    with pytest.raises(SignatureMismatch) as caught:
        check_params(PARAMS, params)

    assert str(caught.value).startswith(says)
    assert caught.value.column == next(iter(params))


@pytest.mark.parametrize("params", ["n", [1], 5])
def test_params_that_are_no_dict_are_refused(params: Any) -> None:
    with pytest.raises(SignatureMismatch, match="params are a dict of values by name; got"):
        check_params(PARAMS, params)


def test_param_of_a_model_without_params_is_refused() -> None:
    with pytest.raises(SignatureMismatch, match="it has no params"):
        check_params(infer_signature(FRAME), {"n": 1})
