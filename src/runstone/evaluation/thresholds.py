"""What is demanded of metrics."""

from collections.abc import Iterable, Mapping
from math import isnan
from numbers import Real

from msgspec import Struct

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, ThresholdsNotMet
from runstone.evaluation.document import Check
from runstone.evaluation.result import EvaluationResult

_SMALLEST = 1e-10


class MetricThreshold(Struct, frozen=True):
    """What is demanded of one metric: a value, or how much better than another model.

    Attributes:
        threshold: The metric is at least this, or at most, where smaller is better.
        min_absolute_change: It is better than the other model's by this at least.
        min_relative_change: It is better by this share of the other model's at least, between 0 and 1.
        greater_is_better: Whether a greater value is better.

    Raises:
        InvalidValue: Nothing is demanded, or ``greater_is_better`` is missing, or a number cannot be meant.

    Example:
        >>> MetricThreshold(threshold=0.8, greater_is_better=True).wanted("f1_score")
        ['f1_score >= 0.8']
    """

    threshold: float | None = None
    min_absolute_change: float | None = None
    min_relative_change: float | None = None
    greater_is_better: bool | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.greater_is_better, bool):
            raise InvalidValue(f"greater_is_better is True or False; got {shown(self.greater_is_better)}")
        for name in ("threshold", "min_absolute_change", "min_relative_change"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, Real) or isnan(value)):
                raise InvalidValue(f"{name} is a number; got {shown(value)}, {a_class(value)}")
        if self.threshold is None and not self.compares:
            raise InvalidValue(
                "a threshold demands something: give threshold, min_absolute_change or min_relative_change"
            )
        if self.min_absolute_change is not None and self.min_absolute_change <= 0:
            raise InvalidValue(f"min_absolute_change is above 0; got {self.min_absolute_change}")
        if self.min_relative_change is not None and not 0 < self.min_relative_change < 1:
            raise InvalidValue(f"min_relative_change is between 0 and 1; got {self.min_relative_change}")

    @property
    def compares(self) -> bool:
        """Whether another model is needed."""
        return self.min_absolute_change is not None or self.min_relative_change is not None

    def checks(self, metric: str, value: float | None, baseline: float | None) -> list[Check]:
        """What is demanded, and whether it holds.

        Args:
            metric: Name of the metric.
            value: Its value; ``None`` where it is not defined, which passes nothing.
            baseline: That of the other model.
        """
        return [
            Check(metric, f"{metric} {self._sign} {bound:.6g}{note}", value, self._holds(value, bound))
            for bound, note in self._bounds(baseline)
        ]

    def wanted(self, metric: str, baseline: float | None = None) -> list[str]:
        """What is demanded, in words."""
        return [check.wanted for check in self.checks(metric, None, baseline)]

    @property
    def _sign(self) -> str:
        return ">=" if self.greater_is_better else "<="

    def _holds(self, value: float | None, bound: float) -> bool:
        if value is None:
            return False
        return value >= bound if self.greater_is_better else value <= bound

    def _bounds(self, baseline: float | None) -> list[tuple[float, str]]:
        way = 1 if self.greater_is_better else -1
        found = [] if self.threshold is None else [(float(self.threshold), "")]
        if baseline is None:
            return found
        if self.min_absolute_change is not None:
            note = f" ({self.min_absolute_change:g} better than {baseline:.6g})"
            found.append((baseline + way * self.min_absolute_change, note))
        if self.min_relative_change is not None:
            # Nothing is a share of zero: it is demanded to be better at all.
            step = self.min_relative_change * abs(baseline) or _SMALLEST
            found.append((baseline + way * step, f" ({self.min_relative_change:.3g} of {baseline:.6g} better)"))
        return found


def check_thresholds(
    thresholds: Mapping[str, MetricThreshold], metrics: Mapping[str, float], baseline: Mapping[str, float] | None
) -> list[Check]:
    """What is demanded of each metric, and whether it holds.

    Args:
        thresholds: By the name of the metric.
        metrics: Those of the model.
        baseline: Those of the other model; ``None`` where there is none.

    Raises:
        InvalidValue: A threshold is none, or compares with another model and there is none, or with a metric of it
            that it has not.
    """
    found: list[Check] = []
    for name, threshold in thresholds.items():
        if not isinstance(threshold, MetricThreshold):
            raise InvalidValue(f"the threshold of {name!r} is a MetricThreshold; got {shown(threshold)}")
        if threshold.compares and (baseline is None or name not in baseline):
            raise InvalidValue(
                f"the threshold of {name!r} compares with another model, "
                + ("and none is given: give the baseline" if baseline is None else "which has no such metric")
            )
        found += threshold.checks(name, metrics.get(name), None if baseline is None else baseline.get(name))
    return found


def validate_evaluation_results(
    validation_thresholds: Mapping[str, MetricThreshold],
    candidate_result: EvaluationResult,
    baseline_result: EvaluationResult | None = None,
) -> None:
    """Return when a model is as good as demanded, else raise.

    Args:
        validation_thresholds: What is demanded, by the name of the metric.
        candidate_result: What ``evaluate`` found of the model.
        baseline_result: What it found of the other model; ``None`` where nothing is compared with it.

    Raises:
        InvalidValue: A threshold compares with another model and there is none, or it is no threshold.
        ThresholdsNotMet: A metric is not what was demanded, or is not there; it names each.

    Example:
        >>> import runstone
        >>> frame = {"y": [0, 0, 1, 1], "guess": [0, 0, 1, 0]}
        >>> result = runstone.evaluate(data=frame, targets="y", predictions="guess", model_type="classifier")
        >>> validate_evaluation_results({"recall_score": MetricThreshold(0.9, greater_is_better=True)}, result)
        Traceback (most recent call last):
            ...
        runstone.errors.ThresholdsNotMet: recall_score is 0.5; wanted: recall_score >= 0.9
    """
    baseline = None if baseline_result is None else baseline_result.metrics
    failed = [
        check
        for check in check_thresholds(validation_thresholds, candidate_result.metrics, baseline)
        if not check.passed
    ]
    if failed:
        raise ThresholdsNotMet("; ".join(told(check, candidate_result.metrics) for check in failed))


def told(check: Check, metrics: Iterable[str]) -> str:
    """One thing that was demanded and is not so, in words.

    Args:
        check: What was demanded.
        metrics: Names of the metrics that are there.
    """
    if check.value is None:
        return f"{check.metric} is not there, but {', '.join(metrics)}; wanted: {check.wanted}"
    return f"{check.metric} is {check.value:.6g}; wanted: {check.wanted}"
