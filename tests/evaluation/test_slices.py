"""Metrics of parts of the examples."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.errors import InvalidValue
from tests.evaluation.conftest import PLAIN


def sliced(data: pd.DataFrame, *slices: str, **config: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="regressor",
        slices=list(slices),
        evaluator_config={**PLAIN, **config},
    )


@pytest.fixture
def data() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "y": random.normal(size=100),
            "guess": random.normal(size=100),
            "kind": random.choice(["a", "b"], 100),
            "size": random.uniform(0, 40, 100),
            "rooms": random.integers(1, 4, 100),
        }
    )


def test_column_is_cut_by_its_values(data: pd.DataFrame) -> None:
    found = sliced(data, "kind", "rooms").evaluation.slices

    assert [part.name for part in found] == ["kind = a", "kind = b", "rooms = 1", "rooms = 2", "rooms = 3"]
    own = data[data["kind"] == "a"]
    assert found[0].examples == len(own)
    error = found[0].metrics["mean_absolute_error"].value
    assert error == pytest.approx((own["y"] - own["guess"]).abs().mean())


def test_numbers_of_many_values_are_cut_in_quarters(data: pd.DataFrame) -> None:
    found = sliced(data, "size").evaluation.slices

    assert [part.examples for part in found] == [25, 25, 25, 25]
    ends = np.quantile(data["size"], [0.25, 0.5, 0.75])
    one, two, three = (f"{end:g}" for end in ends)
    assert [part.name for part in found] == [
        f"size <= {one}",
        f"{one} < size <= {two}",
        f"{two} < size <= {three}",
        f"size > {three}",
    ]


def test_value_that_fills_several_quarters_is_one_part(data: pd.DataFrame) -> None:
    data["wait"] = np.r_[np.arange(20), np.zeros(80)]
    data["debt"] = -data["wait"]

    found = sliced(data, "wait", "debt").evaluation.slices

    assert [(part.name, part.examples) for part in found] == [
        ("wait <= 0", 81),
        ("wait > 0", 19),
        ("debt <= -1", 19),
        ("debt > -1", 81),
    ]


def test_infinite_and_large_numbers_and_times_are_cut_in_quarters(data: pd.DataFrame) -> None:
    data["ratio"] = np.r_[np.inf, -np.inf, np.nan, np.arange(97)]
    data["day"] = 20260000.0 + np.arange(100) // 4
    data["at"] = pd.date_range("2026-01-01", periods=100, freq="D")

    def parts(by: str) -> list[tuple[str, int]]:
        return [(part.name, part.examples) for part in sliced(data, by).evaluation.slices]

    assert parts("ratio") == [
        ("ratio <= 24", 26),
        ("24 < ratio <= 48", 24),
        ("48 < ratio <= 72", 24),
        ("ratio > 72", 25),
        ("ratio is missing", 1),
    ]
    assert parts("day")[0] == ("day <= 20260006", 28)
    assert [examples for _, examples in parts("at")] == [25, 25, 25, 25]
    assert parts("at")[0][0] == "at <= 2026-01-25 18:00:00"


def test_column_of_lists_is_no_slice(data: pd.DataFrame) -> None:
    with pytest.raises(InvalidValue, match="the slice 'kind' is a column whose values cannot be compared"):
        sliced(data.assign(kind=pd.Series([[1]] * 100, dtype=object)), "kind")


def test_column_that_is_there_twice_is_no_slice(data: pd.DataFrame) -> None:
    doubled = pd.concat([data, data[["kind"]]], axis=1)

    with pytest.raises(InvalidValue, match="slices names the column 'kind', and the data has several of this name"):
        sliced(doubled, "kind")


def test_filter_is_a_slice(data: pd.DataFrame) -> None:
    found = sliced(data, "size > 20 and kind == 'a'").evaluation.slices

    assert found[0].by == found[0].name == "size > 20 and kind == 'a'"
    assert found[0].examples == int(((data["size"] > 20) & (data["kind"] == "a")).sum())


def test_missing_values_are_a_slice(data: pd.DataFrame) -> None:
    data.loc[:3, "kind"] = None

    assert [part.name for part in sliced(data, "kind").evaluation.slices][-1] == "kind is missing"


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "string", "boolean", "category", "object"])
def test_missing_values_of_every_type_are_a_slice(data: pd.DataFrame, dtype: str) -> None:
    values = ["a", "b"] if dtype in {"string", "category"} else [0, 1]
    data["kind"] = pd.Series([*values, pd.NA, values[0]] * 25, dtype=dtype)

    found = sliced(data, "kind").evaluation.slices

    assert [part.examples for part in found] == [50, 25, 25]
    assert found[-1].name == "kind is missing"


def test_missing_values_of_nullable_numbers_are_in_no_quarter_and_pass_no_filter(data: pd.DataFrame) -> None:
    data["rooms"] = pd.Series([*range(60), *[pd.NA] * 40], dtype="Int64")

    found = sliced(data, "rooms", "rooms > 10").evaluation.slices

    assert [part.examples for part in found] == [15, 15, 15, 15, 40, 49]


def test_values_that_have_no_order_are_taken_as_they_come(data: pd.DataFrame) -> None:
    data["kind"] = pd.Series(["a", 1] * 50, dtype=object)

    assert [part.name for part in sliced(data, "kind").evaluation.slices] == ["kind = a", "kind = 1"]


def test_slice_has_intervals_and_a_table(data: pd.DataFrame) -> None:
    result = sliced(data, "kind", resamples=50)

    measure = result.evaluation.slices[0].metrics["mean_absolute_error"]
    assert measure.value is not None
    assert measure.low is not None
    assert measure.high is not None
    assert measure.low < measure.value < measure.high
    assert result.tables["slices"]["slice"].tolist() == ["kind = a", "kind = b"]
    assert b"kind = a" in result.artifacts["slices"].data


def test_only_the_most_frequent_values_are_shown(data: pd.DataFrame) -> None:
    data["kind"] = [f"kind {min(place, 30)}" for place in range(100)]

    result = sliced(data, "kind")

    assert len(result.evaluation.slices) == 20
    assert result.evaluation.slices[0].name == "kind = kind 30"
    assert result.evaluation.notes == ["of 31 values of 'kind' the 20 most frequent are shown"]


def test_empty_slice_is_said_to_be_empty(data: pd.DataFrame) -> None:
    assert sliced(data, "size > 1000").evaluation.notes == ["no example is in the slice 'size > 1000'"]


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("siz > 3", "the slice 'siz > 3' is no column of the data, and as a filter it fails: name 'siz'"),
        ("size + 1", "is a filter that says yes or no of each row"),
        ("size >", "as a filter it fails"),
    ],
)
def test_what_is_neither_is_refused(data: pd.DataFrame, by: str, told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        sliced(data, by)
