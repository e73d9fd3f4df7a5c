"""Metrics of one's own."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue


class EvaluationMetric(Struct, frozen=True):
    """A metric that ``evaluate`` computes besides its own.

    Attributes:
        eval_fn: What computes it; see ``make_metric``.
        name: Of the metric.
        greater_is_better: Whether a greater value is better.
        long_name: A name for people.
        version: Of the metric.
    """

    eval_fn: Callable[..., Any]
    name: str
    greater_is_better: bool
    long_name: str = ""
    version: str | None = None


def make_metric(
    *,
    eval_fn: Callable[..., Any],
    greater_is_better: bool,
    name: str | None = None,
    long_name: str | None = None,
    version: str | None = None,
) -> EvaluationMetric:
    """A metric of one's own, for ``extra_metrics`` of ``evaluate``.

    Args:
        eval_fn: Takes ``predictions`` and ``targets``, two series of pandas, and, where it names them, ``metrics``, a
            dict of those that are computed already, and columns of the data. Or it takes a frame with the columns
            ``prediction`` and ``target``, and that dict, by place. Gives a number.
        greater_is_better: Whether a greater value is better.
        name: Of the metric; that of the function if ``None``.
        long_name: A name for people.
        version: Of the metric.

    Raises:
        InvalidValue: It is no function, or has no name.

    Example:
        >>> def cost(predictions, targets):
        ...     return float((5 * (targets & ~predictions) + (predictions & ~targets)).sum())
        >>> make_metric(eval_fn=cost, greater_is_better=False).name
        'cost'
    """
    if not callable(eval_fn):
        raise InvalidValue(f"eval_fn is a function; got {shown(eval_fn)}, {a_class(eval_fn)}")
    found = name or getattr(eval_fn, "__name__", "")
    if not found or found == "<lambda>":
        raise InvalidValue("this function has no name of its own; give the metric one with name='...'")
    return EvaluationMetric(eval_fn, found, bool(greater_is_better), long_name or found, version)
