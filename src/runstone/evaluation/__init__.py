"""How good a model is: metrics with intervals, curves, slices, thresholds, and the comparison of two models."""

from runstone.evaluation.metrics import EvaluationMetric, make_metric
from runstone.evaluation.result import EvaluationArtifact, EvaluationResult
from runstone.evaluation.thresholds import MetricThreshold, validate_evaluation_results
from runstone.evaluation.verb import evaluate

__all__ = [
    "EvaluationArtifact",
    "EvaluationMetric",
    "EvaluationResult",
    "MetricThreshold",
    "evaluate",
    "make_metric",
    "validate_evaluation_results",
]
