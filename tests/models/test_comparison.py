"""Answers differ by more than arithmetic explains, or they do not."""

from typing import Any

import numpy
import pandas as pd
import pytest
from scipy import sparse

from runstone.models.comparison import differences

FRAME = pd.DataFrame({"y": [1.0, float("nan")], "level": ["a", None]})


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (numpy.array([1.0, float("nan")]), numpy.array([1.0 + 1e-7, float("nan")])),
        (numpy.array([1.0], "float32"), numpy.array([1.00005], "float64")),
        (numpy.array([0.0]), numpy.array([1e-9])),
        (numpy.array(["a"]), numpy.array(["a"], object)),
        (FRAME, FRAME.assign(y=FRAME["y"] * (1 + 1e-8))),
        (pd.Series([1, 2]), numpy.array([1, 2])),
        ({"a": [1.0, "x", None, True]}, {"a": [1.0 + 1e-8, "x", None, True]}),
        (float("inf"), float("inf")),
        (sparse.csr_matrix([[0.0, 1.0]]), sparse.csr_matrix([[0.0, 1.0 + 1e-8]])),
    ],
    ids=str,
)
def test_arithmetic_of_another_machine_is_no_difference(expected: Any, got: Any) -> None:
    assert differences(expected, got) == []


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (numpy.array([1.0, 2.0]), numpy.array([1.0, 2.1]), "row 1: 2.1 instead of 2.0"),
        (numpy.array([1.0]), numpy.array([1.0 + 1e-5]), "row 0: 1.00001 instead of 1.0"),
        (numpy.array([1.0]), numpy.array([[1.0]]), "the shape (1, 1) instead of (1,)"),
        (numpy.array([1, 2]), numpy.array([1, 3]), "row 1: 3 instead of 2"),
        (FRAME, FRAME[["y"]], "the columns ['y'] instead of the columns ['y', 'level']"),
        (FRAME, numpy.zeros(2), "an ndarray instead of the columns ['y', 'level']"),
        (FRAME, FRAME.assign(level=["a", "b"]), "column 'level' row 1: 'b' instead of"),
        ({"a": 1}, {"b": 1}, "the keys ['b'] instead of ['a']"),
        ({"a": [1]}, {"a": [1, 2]}, "['a']: 2 values instead of 1"),
        ({"a": {"b": 1}}, {"a": {"b": "1"}}, "['a']['b']: '1' instead of 1"),
        (True, 1, "1 instead of True"),
        ("a", None, "None instead of 'a'"),
        (float("nan"), 1.0, "1.0 instead of nan"),
        ([1.0, 2.0], numpy.array([1.0, 2.0]), "array([1., 2.]) instead of [1.0, 2.0]"),
        (sparse.csr_matrix([[0.0, 1.0]]), sparse.csr_matrix([[0.0, 2.0]]), "row 1: 2.0 instead of 1.0"),
        (sparse.csr_matrix([[0.0, 1.0]]), numpy.zeros(2), "the shape (2,) instead of (1, 2)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_difference_is_told_with_its_place(expected: Any, got: Any, said: str) -> None:
    [found] = differences(expected, got)

    assert found.startswith(said)


def test_many_differences_are_cut_short() -> None:
    found = differences(numpy.zeros(100), numpy.ones(100))

    assert len(found) == 6
    assert found[-1] == "and more"
