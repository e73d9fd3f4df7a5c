"""For MLflow, the rows of a model with type hints are made inside of the function that is pickled."""

import dataclasses
import datetime
from typing import Any

import numpy as np
import pytest

from runstone.flavors.calls import Call, unwrapped
from runstone.flavors.hinted import converting


@dataclasses.dataclass
class Row:
    height: float
    name: str = "?"


def heights(model_input: list[Row], *, add: float = 0.0) -> list[float]:
    return [row.height + add for row in model_input]


def test_rows_become_instances_and_the_function_stays_the_same() -> None:
    made = converting(heights, list[Row], place=0)

    assert made([{"height": 1}], add=2.0) == [3.0]
    assert made([Row(4.0)]) == [4.0]
    assert unwrapped(made).__code__ is heights.__code__
    assert made.__name__ == "heights"


def test_place_of_the_rows_is_found() -> None:
    class Model:
        def predict(self, context: Any, model_input: list[Row]) -> list[float]:
            return heights(model_input)

    pair = Call(Model().predict, None).instead()

    assert pair is not None
    assert pair[0] is Model.predict
    assert pair[1](Model(), None, [{"height": 1}]) == [1.0]


@pytest.mark.parametrize("hint", [None, list, list[str], dict[str, Row], list[np.float32]])
def test_hint_that_makes_nothing_leaves_the_function_alone(hint: Any) -> None:
    assert converting(heights, hint, place=0) is None


def test_dates_are_read() -> None:
    made = converting(lambda rows: rows, list[datetime.date], place=0)

    assert made(["2026-05-01"]) == [datetime.date(2026, 5, 1)]


def test_other_data_go_through() -> None:
    made = converting(lambda rows: rows, list[Row], place=0)

    assert made("text") == "text"
