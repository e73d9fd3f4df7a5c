"""What was asked of ``evaluate``."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.evaluation.metrics import EvaluationMetric
from runstone.evaluation.options import Options
from runstone.evaluation.thresholds import MetricThreshold

_HERE = "local"
# Each of them is MLflow's word for an environment of the model's own; here it is one of uv.
_OWN = ("uv", "virtualenv", "conda")


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
    env_manager: str
    model_config: str | Path | Mapping[str, Any] | None
    inference_params: Mapping[str, Any] | None
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
        if not isinstance(self.thresholds, Mapping):
            raise InvalidValue(
                f"validation_thresholds is a dict from the name of a metric to a MetricThreshold; got "
                f"{shown(self.thresholds)}"
            )
        self._check_loading()
        for part in self.slices:
            if not isinstance(part, str):
                raise InvalidValue(f"a slice is the name of a column or a filter; got {shown(part)}")
        for make in self.custom_artifacts:
            if not callable(make):
                raise InvalidValue(f"each of custom_artifacts is a function; got {shown(make)}")

    def _check_loading(self) -> None:
        if self.env_manager != _HERE and self.env_manager not in _OWN:
            raise InvalidValue(
                f"env_manager is 'local', or {', '.join(map(repr, _OWN))} for an environment of the model's own; got "
                f"{shown(self.env_manager)}"
            )
        is_loaded = isinstance(self.model, str | os.PathLike)
        if self.env is not None and not is_loaded and not isinstance(self.baseline_model, str | os.PathLike):
            raise InvalidValue(
                f"env_manager={self.env_manager!r} is for a model that is given by its URI; this one is here already: "
                "log it and give its URI, or leave env_manager out"
            )
        if self.model_config is not None and not is_loaded:
            raise InvalidValue("model_config is for a model that is given by its URI; leave it out, or give the URI")

    @property
    def env(self) -> str | None:
        """Where models predict that are given by their URI, as ``load_model`` takes it."""
        return None if self.env_manager == _HERE else "fresh"
