"""What is kept of forecasts and of errors."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.errors import InvalidValue
from tests.evaluation.conftest import PLAIN


@pytest.fixture
def sales() -> pd.DataFrame:
    """Two shops, twelve months, in no order; the second month of each shop is two steps ahead."""
    random = np.random.default_rng(9)
    months = pd.date_range("2026-01-01", periods=12, freq="MS")
    frame = pd.DataFrame({"shop": ["a"] * 12 + ["b"] * 12, "month": [*months, *months], "step": [1, 2] * 12})
    frame["y"] = random.normal(100, 10, 24)
    frame["guess"] = frame["y"] + random.normal(0, 5, 24)
    frame["low"], frame["high"] = frame["guess"] - 10, frame["guess"] + 10
    frame["naive"] = 100.0
    return frame.sample(frac=1, random_state=1)


def forecast(data: pd.DataFrame, baseline: Any = None, **config: Any) -> runstone.EvaluationResult:
    return runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="forecaster",
        baseline_model=baseline,
        evaluator_config={**PLAIN, **config},
    )


def test_series_are_kept_in_the_order_of_time(sales: pd.DataFrame) -> None:
    found = forecast(sales, "naive", time="month", series="shop", lower="low", upper="high").evaluation

    assert [series.name for series in found.series] == ["a", "b"]
    assert found.series[0].time[0] == "2026-01-01T00:00:00"
    own = sales[sales["shop"] == "a"].sort_values("month")
    assert found.series[0].target == own["y"].tolist()
    assert found.series[0].prediction == own["guess"].tolist()
    assert found.series[0].lower == own["low"].tolist()
    assert found.series[0].baseline == [100.0] * 12
    assert found.residuals is not None


def test_rows_without_a_time_keep_their_order(sales: pd.DataFrame) -> None:
    found = forecast(sales).evaluation

    assert found.series[0].name == ""
    assert found.series[0].time == [float(row) for row in range(24)]
    assert found.series[0].target == sales["y"].tolist()


def test_times_may_be_numbers_periods_or_texts(sales: pd.DataFrame) -> None:
    data = sales.assign(
        number=sales["month"].dt.month, period=sales["month"].dt.to_period("M"), text=sales["month"].dt.strftime("%b")
    )

    def first(time: str) -> Any:
        return forecast(data, time=time, series="shop").evaluation.series[0].time[0]

    assert first("number") == 1.0
    assert first("period") == "2026-01"
    assert first("text") == "Apr"


def test_times_of_several_zones_are_in_the_order_of_time_and_keep_their_zones() -> None:
    times = ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T00:45+00:00"]
    data = {"y": [1.0, 2.0, 3.0], "guess": [1.0, 2.0, 4.0], "at": [pd.Timestamp(time) for time in times]}

    (series,) = forecast(pd.DataFrame(data), time="at").evaluation.series

    assert series.target == [1, 3, 2]
    assert series.time == ["2026-03-29T01:30:00+01:00", "2026-03-29T00:45:00+00:00", "2026-03-29T03:00:00+02:00"]


def test_times_with_a_zone_and_without_have_no_order() -> None:
    times = [pd.Timestamp("2026-03-29T01:30+01:00"), pd.Timestamp("2026-03-29T03:00")]

    with pytest.raises(InvalidValue, match="values of the column 'at' have no order: "):
        forecast(pd.DataFrame({"y": [1.0, 2.0], "guess": [1.0, 2.0], "at": times}), time="at")


def test_errors_are_told_by_the_steps_ahead(sales: pd.DataFrame) -> None:
    result = forecast(sales, horizon="step")

    one, two = result.evaluation.horizons
    own = sales[sales["step"] == 1]
    assert (one.step, one.examples, two.step) == (1, 12, 2)
    assert one.mean_absolute_error == pytest.approx((own["y"] - own["guess"]).abs().mean())
    assert one.mean_error == pytest.approx((own["guess"] - own["y"]).mean())
    assert result.tables["horizons"]["step"].tolist() == [1, 2]


def test_errors_of_the_steps_ahead_are_weighted_as_all_are() -> None:
    data = {"y": [0.0, 0, 0, 0], "guess": [1.0, 2, 4, 8], "step": [1, 1, 2, 3], "w": [3.0, 1, 1, 0]}

    found = forecast(pd.DataFrame(data), horizon="step", sample_weights="w").evaluation.horizons

    assert [(each.step, each.mean_absolute_error, each.mean_error) for each in found] == [(1, 1.25, 1.25), (2, 4, 4)]
    assert found[0].root_mean_squared_error == pytest.approx(np.sqrt(7 / 4))


def test_slices_of_a_forecast_are_drawn_in_the_order_of_time(sales: pd.DataFrame) -> None:
    def intervals(data: pd.DataFrame) -> list[Any]:
        found = runstone.evaluate(
            data=data,
            targets="y",
            predictions="guess",
            model_type="forecaster",
            slices=["shop"],
            evaluator_config={**PLAIN, "resamples": 50, "time": "month"},
        )
        return [(part.metrics["mean_error"].low, part.metrics["mean_error"].high) for part in found.evaluation.slices]

    assert intervals(sales) == [pytest.approx(ends) for ends in intervals(sales.sort_values(["month", "shop"]))]


def test_examples_of_forecasts_are_drawn_in_blocks(sales: pd.DataFrame) -> None:
    found = forecast(sales, time="month", resamples=50).evaluation

    assert found.bootstrap is not None
    assert found.bootstrap.block == 3
    assert found.metrics["mean_error"].low is not None


def test_long_series_and_many_of_them_are_thinned() -> None:
    data = pd.DataFrame({"y": np.arange(6500.0), "guess": 1.0, "shop": [row // 500 for row in range(6500)]})

    found = forecast(data, series="shop").evaluation

    assert len(found.series) == 12
    assert len(found.series[0].time) == 400
    assert found.series[0].target[-1] == 499
    assert found.notes[-1] == "of 13 series the first 12 are drawn"
    assert found.residuals is not None
    assert len(found.residuals.residual) == 1000
    assert sum(found.residuals.counts) == 6500


def test_column_that_is_not_there_is_named(sales: pd.DataFrame) -> None:
    with pytest.raises(InvalidValue, match="names the column 'year'"):
        forecast(sales, time="year")


def test_forecaster_is_asked_for_its_importance_only_when_wanted(houses: pd.DataFrame, regressor: Any) -> None:
    def evaluated(**config: Any) -> Any:
        return runstone.evaluate(
            regressor,
            houses,
            targets="price",
            model_type="forecaster",
            evaluator_config={**PLAIN, "log_model_explainability": None, **config},
        ).evaluation.importance

    assert evaluated() is None
    assert evaluated(log_model_explainability=True) is not None
