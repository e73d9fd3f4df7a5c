"""Metrics as they are kept."""

from msgspec.structs import replace

from runstone.evaluation.document import Measure
from runstone.evaluation.scoring import Scores


def measures(scores: Scores) -> dict[str, Measure]:
    """The metrics by name, without intervals."""
    return {name: Measure(value, greater_is_better=scores.better.get(name)) for name, value in scores.values.items()}


def with_intervals(found: dict[str, Measure], ends: dict[str, tuple[float, float]]) -> dict[str, Measure]:
    """The same metrics, those that have an interval with its ends."""
    return {
        name: replace(measure, low=ends[name][0], high=ends[name][1]) if name in ends else measure
        for name, measure in found.items()
    }


def values(found: dict[str, Measure]) -> dict[str, float]:
    """The values of those that are defined."""
    return {name: measure.value for name, measure in found.items() if measure.value is not None}
