"""Forecasts of Prophet."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from prophet import Prophet

from runstone.errors import InvalidValue
from runstone.flavors import saving
from runstone.flavors.prophet import ProphetFlavor
from runstone.flavors.saving import Extras
from runstone.testing.flavors import FlavorCases

FLAVOR = ProphetFlavor()
OPTIONS = {"uncertainty_samples": 0, "daily_seasonality": False, "yearly_seasonality": False}


class TestProphet(FlavorCases):
    flavor = FLAVOR
    needs = ("prophet",)
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        days = pd.date_range("2026-03-01", periods=30)
        model = Prophet(**OPTIONS).fit(pd.DataFrame({"ds": days, "y": np.arange(30.0)}))
        return model, pd.DataFrame({"ds": pd.date_range("2026-04-01", periods=3)})


def test_model_that_was_not_fitted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="the Prophet is not fitted; call fit first"):
        saving.save(FLAVOR, Prophet(), tmp_path / "model", Extras())
