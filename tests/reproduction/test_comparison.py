"""Two runs are the same where every metric is within its tolerance."""

from math import inf, nan

import pytest

from runstone.errors import InvalidValue
from runstone.reproduction.comparison import Tolerances, compare


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (1.0, 1.0, True),
        (1.0, 1.0 + 9e-7, True),
        (1.0, 1.0 + 2e-6, False),
        (-1e6, -1e6 - 0.9, True),
        (0.0, 1e-13, True),
        (0.0, 1e-9, False),
        (nan, nan, True),
        (nan, 1.0, False),
        (inf, inf, True),
        (inf, -inf, False),
        (inf, 1.0, False),
        (1.0, inf, False),
    ],
)
def test_rounding_is_no_difference(first: float, second: float, is_same: bool) -> None:
    assert Tolerances().are_same("loss", first, second) is is_same


def test_single_metrics_have_tolerances_of_their_own() -> None:
    tolerances = Tolerances(rtol=0, atol=0, rtol_of={"a": 0.1, "c": inf}, atol_of={"b": 0.5})

    compared = compare({"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 1.05, "b": 1.5, "c": 9, "d": 1.0001}, tolerances)

    assert [(one.name, one.is_same) for one in compared] == [("a", True), ("b", True), ("c", True), ("d", False)]


def test_metric_that_one_run_lacks_differs_and_those_of_the_machine_do_not_count() -> None:
    compared = compare({"a": 1, "system/cpu": 1}, {"b": 1, "system/cpu": 2}, Tolerances(rtol=inf))

    assert [(one.name, one.first, one.second, one.is_same) for one in compared] == [
        ("a", 1, None, False),
        ("b", None, 1, False),
    ]


@pytest.mark.parametrize("value", [-1.0, nan])
def test_tolerance_is_a_number_from_zero(value: float) -> None:
    with pytest.raises(InvalidValue, match="a tolerance is a number from 0"):
        Tolerances(atol_of={"a": value})
