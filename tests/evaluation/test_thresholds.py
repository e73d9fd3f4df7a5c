"""What is demanded of metrics."""

from typing import Any

import numpy as np
import pytest

import runstone
from runstone.errors import InvalidValue, ThresholdsNotMet
from runstone.evaluation.document import Evaluation, Measure

MORE, LESS = {"greater_is_better": True}, {"greater_is_better": False}


def result(**metrics: float) -> runstone.EvaluationResult:
    found = Evaluation(1, "regressor", 10, {name: Measure(value) for name, value in metrics.items()})
    return runstone.EvaluationResult(found, {})


def holds(threshold: runstone.MetricThreshold, value: float, baseline: float | None = None) -> bool:
    try:
        runstone.validate_evaluation_results(
            {"m": threshold}, result(m=value), None if baseline is None else result(m=baseline)
        )
    except ThresholdsNotMet:
        return False
    return True


@pytest.mark.parametrize(
    ("demanded", "value", "baseline", "expected"),
    [
        ({"threshold": 0.8, **MORE}, 0.8, None, True),
        ({"threshold": 0.8, **MORE}, 0.79, None, False),
        ({"threshold": 2, **LESS}, 2.0, None, True),
        ({"threshold": np.int64(2), **LESS}, 2.0, None, True),
        ({"threshold": np.float32(0.5), **MORE}, 0.5, None, True),
        ({"threshold": 2, **LESS}, 2.1, None, False),
        ({"min_absolute_change": 0.5, **MORE}, 1.5, 1.0, True),
        ({"min_absolute_change": 0.5, **MORE}, 1.4, 1.0, False),
        ({"min_absolute_change": 0.5, **LESS}, 0.5, 1.0, True),
        ({"min_absolute_change": 0.5, **LESS}, 0.6, 1.0, False),
        ({"min_relative_change": 0.1, **MORE}, 2.2, 2.0, True),
        ({"min_relative_change": 0.1, **MORE}, -1.9, -2.0, False),
        ({"min_relative_change": 0.1, **MORE}, -1.8, -2.0, True),
        ({"min_relative_change": 0.1, **LESS}, 1.8, 2.0, True),
        ({"min_relative_change": 0.1, **LESS}, 0.0, 0.0, False),
        ({"min_relative_change": 0.1, **MORE}, 0.1, 0.0, True),
        ({"threshold": 0.9, "min_absolute_change": 0.1, **MORE}, 0.95, 0.9, False),
    ],
)
def test_demand_holds_from_its_bound_on(
    demanded: dict[str, Any], value: float, baseline: float | None, expected: bool
) -> None:
    assert holds(runstone.MetricThreshold(**demanded), value, baseline) is expected


def test_every_demand_that_fails_is_named() -> None:
    demanded = {
        "a": runstone.MetricThreshold(0.8, greater_is_better=True),
        "b": runstone.MetricThreshold(min_relative_change=0.1, greater_is_better=False),
        "gone": runstone.MetricThreshold(1, greater_is_better=True),
    }

    with pytest.raises(ThresholdsNotMet) as caught:
        runstone.validate_evaluation_results(demanded, result(a=0.5, b=2.0), result(b=2.0))

    assert str(caught.value) == (
        "a is 0.5; wanted: a >= 0.8; b is 2; wanted: b <= 1.8 (0.1 of 2 better); "
        "gone is not there, but a, b; wanted: gone >= 1"
    )


def test_comparison_without_the_other_model_is_refused() -> None:
    demanded = {"a": runstone.MetricThreshold(min_absolute_change=1, greater_is_better=True)}

    with pytest.raises(InvalidValue, match="and none is given: give the baseline"):
        runstone.validate_evaluation_results(demanded, result(a=1))
    with pytest.raises(InvalidValue, match="which has no such metric"):
        runstone.validate_evaluation_results(demanded, result(a=1), result(b=1))


def test_threshold_is_one() -> None:
    with pytest.raises(InvalidValue, match=r"the threshold of .a. is a MetricThreshold; got 0\.8"):
        runstone.validate_evaluation_results({"a": 0.8}, result(a=1))  # type: ignore[dict-item]  # that is the point


@pytest.mark.parametrize(
    ("demanded", "told"),
    [
        ({"threshold": 1}, "greater_is_better is True or False; got None"),
        (MORE, "a threshold demands something"),
        ({"threshold": "high", **MORE}, "threshold is a number; got 'high', a str"),
        ({"threshold": float("nan"), **MORE}, "threshold is a number; got nan"),
        ({"min_absolute_change": 0, **MORE}, "min_absolute_change is above 0; got 0"),
        ({"min_relative_change": 1.5, **MORE}, "min_relative_change is between 0 and 1; got 1.5"),
    ],
)
def test_demand_that_cannot_be_meant_is_refused(demanded: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        runstone.MetricThreshold(**demanded)
