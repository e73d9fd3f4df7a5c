"""Results of statsmodels, which are pickles."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.arima.model import ARIMA

from runstone.errors import InvalidValue
from runstone.flavors import loading, saving
from runstone.flavors.saving import Extras
from runstone.flavors.statsmodels import StatsmodelsFlavor
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9, 55.1], "leaves": [5.0, 4.0, 7.0, 3.0, 3.0]})
YIELDED = [6.1, 5.2, 8.3, 3.9, 4.4]
FLAVOR = StatsmodelsFlavor()


class TestRegression(FlavorCases):
    flavor = FLAVOR
    needs = ("numpy", "pyarrow", "statsmodels")  # pandas keeps names of columns by pyarrow
    runs_code = True
    takes_arrays = False  # a frame gives a series, an array gives an array

    def example(self) -> tuple[Any, Any]:
        return sm.OLS(YIELDED, ROWS).fit(), ROWS


class TestSeries(FlavorCases):
    flavor = FLAVOR
    runs_code = True
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        days = pd.date_range("2026-03-01", periods=12, freq="D")
        series = pd.Series([5.0, 6, 7, 6, 5, 6, 7, 6, 5, 6, 7, 6], index=days)
        return ARIMA(series, order=(1, 0, 0)).fit(), pd.DataFrame({"start": ["2026-03-11"], "end": ["2026-03-15"]})


def test_data_can_be_left_out(tmp_path: Path) -> None:
    rows = pd.DataFrame({"height": np.linspace(50, 70, 2000)})
    yielded = rows["height"] * 2 + np.sin(rows["height"])
    for place, remove in (("with", False), ("without", True)):
        saving.save(FLAVOR, sm.OLS(yielded, rows).fit(), tmp_path / place, Extras(), remove_data=remove)

    loaded = loading.load(tmp_path / "without", uri="here", trust=True)

    sizes = [(tmp_path / place / "model.statsmodels").stat().st_size for place in ("with", "without")]
    assert sizes[1] < sizes[0] / 4
    np.testing.assert_array_equal(loaded.predict(rows), sm.OLS(yielded, rows).fit().predict(rows))


def test_model_that_was_not_fitted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"is what fit of a model gives; got a statsmodels\.regression.*OLS"):
        saving.save(FLAVOR, sm.OLS(YIELDED, ROWS), tmp_path / "model", Extras())


@pytest.mark.parametrize("rows", [pd.DataFrame({"steps": [3]}), pd.DataFrame({"start": [1, 2], "end": [3, 4]}), [3]])
def test_series_wants_one_row_of_start_and_end(rows: Any) -> None:
    model, _ = TestSeries().example()

    with pytest.raises(InvalidValue, match="a frame of one row with the columns 'start' and 'end'"):
        FLAVOR.predictor(model, {})(rows, None)
