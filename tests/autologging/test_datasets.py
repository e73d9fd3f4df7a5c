"""Training data of every kind is described, large data by some of it."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from runstone.autologging.datasets import describe
from runstone.autologging.models import some_rows

NUMBERS = np.arange(12.0).reshape(4, 3)
GOALS = [0, 1, 0, 1]


@pytest.mark.parametrize(
    "features",
    [
        NUMBERS,
        NUMBERS.tolist(),
        pd.DataFrame(NUMBERS, columns=["a", "b", "c"]),
        pd.DataFrame({"a": [1, 2, 3, 4], "b": ["x", None, "y", "z"]}),
        pl.DataFrame({"a": [1, 2, 3, 4], "b": ["x", None, "y", "z"]}),
        sparse.csr_matrix(NUMBERS),
        ["one", "two", "three", "four"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_same_data_has_the_same_digest_and_other_targets_another(features: Any) -> None:
    first, second = describe(features, GOALS), describe(features, GOALS)
    other = describe(features, [1, 1, 1, 0])

    assert first is not None
    assert second is not None
    assert other is not None
    assert first.digest == second.digest != other.digest
    assert first.describe().digest == first.digest


@pytest.mark.parametrize("features", [[[1], [2, 3]], 3.0, None])
def test_what_has_no_rows_is_not_described(features: Any) -> None:
    assert describe(features) is None


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_large_frame_tells_its_own_size(kind: Any) -> None:
    described = describe(kind({"a": np.arange(300_000), "b": np.arange(300_000)}))

    assert described is not None
    assert described.profile == {"num_rows": 300_000, "num_elements": 600_000}


def test_rows_that_show_what_a_model_takes_have_each_kind_of_gap() -> None:
    frame = pd.DataFrame({"a": np.arange(1000.0), "b": np.arange(1000.0)})
    frame.loc[700, "b"] = np.nan

    rows = some_rows(frame)

    assert len(rows) == 101
    assert rows["b"].isna().any()
    assert not rows["a"].isna().any()


@pytest.mark.parametrize(
    "features", [NUMBERS, NUMBERS.tolist(), pl.DataFrame({"a": [1, 2]}), sparse.csr_matrix(NUMBERS)]
)
def test_rows_are_taken_of_each_kind_of_data(features: Any) -> None:
    assert some_rows(features) is not None


@pytest.mark.parametrize("features", [None, 3, sparse.coo_matrix(NUMBERS), iter([1])])
def test_no_rows_are_taken_of_what_has_none(features: Any) -> None:
    assert some_rows(features) is None


class OnDevice:
    """As a tensor on a device: it has a shape, and NumPy cannot read it."""

    shape = (5, 2)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("can't convert cuda:0 device type tensor to numpy")


def test_tensor_that_numpy_cannot_read_goes_without() -> None:
    described, alone = describe(NUMBERS, OnDevice()), describe(NUMBERS)

    assert described is not None
    assert alone is not None
    assert described.digest == alone.digest
    assert describe(OnDevice()) is None
