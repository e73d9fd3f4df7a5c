"""What was asked of ``evaluate``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.evaluation.metrics import EvaluationMetric
from runstone.evaluation.options import Options
from runstone.evaluation.thresholds import MetricThreshold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """The arguments of ``evaluate``; see there.

    Raises:
        InvalidValue: Some do not fit together.
    """

    model: Any
    data: Any
    model_type: str | None
    targets: Any
    predictions: str | None
    source: str | None
    feature_names: Sequence[str] | None
    options: Options
    extra_metrics: tuple[EvaluationMetric, ...]
    custom_artifacts: tuple[Callable[..., Any], ...]
    model_id: str | None
    slices: tuple[str, ...]
    baseline_model: Any
    thresholds: Mapping[str, MetricThreshold]

    def __post_init__(self) -> None:
        for metric in self.extra_metrics:
            if not isinstance(metric, EvaluationMetric):
                raise InvalidValue(f"extra_metrics are made by make_metric(); got {shown(metric)}")
        if self.model_type is None and not self.extra_metrics:
            raise InvalidValue(
                "without a model_type there is nothing to compute: name classifier, regressor or forecaster, or give "
                "extra_metrics"
            )
        for part in self.slices:
            if not isinstance(part, str):
                raise InvalidValue(f"a slice is the name of a column or a filter; got {shown(part)}")
        for make in self.custom_artifacts:
            if not callable(make):
                raise InvalidValue(f"each of custom_artifacts is a function; got {shown(make)}")
