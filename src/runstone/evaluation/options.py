"""What ``evaluator_config`` may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import index
from typing import Any

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, Unsupported

DEFAULT = "default"
_AVERAGES = ("weighted", "macro", "micro")
_ALGORITHMS = ("kernel", "permutation")
# Of MLflow, and what is done here anyway; another value has no meaning.
_AS_IT_IS = {
    "col_mapping": {},
    "explainability_kernel_link": "identity",
    "log_explainer": False,
    "log_metrics_with_dataset_info": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``evaluator_config`` says; the names of the first block are MLflow's.

    Attributes:
        metric_prefix: Put before the name of each metric.
        log_model_explainability: Whether the importance of the features is measured; ``None`` where it is quick.
        explainability_nsamples: How many examples it is measured on, at most; chosen by what is measured if ``None``.
        explainability_algorithm: How SHAP values are computed: ``kernel`` or ``permutation``, which ask the model; if
            ``None`` those of trees by their trees, and others by ``kernel``.
        pos_label: The label that a binary classifier looks for; 1, else the last in order, if ``None``.
        average: How the metrics of several labels become one: ``weighted``, ``macro`` or ``micro``.
        label_list: All labels of a classifier, in the order of its probabilities.
        sample_weights: A weight for each example.
        max_classes_for_multiclass_roc_pr: Classifiers of more labels get no curves.
        probabilities: Column with the probability of ``pos_label``, or one column for each label.
        resamples: How often the examples are drawn anew for the intervals; 0 for none; chosen by size if ``None``.
        confidence_level: Of the intervals, between 0 and 1.
        seed: Of the generator of random numbers.
        importance_repeats: How often each feature is shuffled.
        pictures: Whether they are drawn, which takes most of the time of a small evaluation.
        time: Column with the times of a forecast.
        series: Column that says which series a row belongs to.
        horizon: Column with the number of steps ahead, from 1.
        lower: Column with the lower bound of a forecast.
        upper: Column with its upper bound.
        seasonality: Steps of a season, for the naive forecast that the scaled error compares with.
        history: Targets before the forecast, in order, for the scaled error: a sequence, or a dict of one per series.
    """

    metric_prefix: str = ""
    log_model_explainability: bool | None = None
    explainability_nsamples: int | None = None
    explainability_algorithm: str | None = None
    pos_label: Any = None
    average: str = "weighted"
    label_list: Sequence[Any] | None = None
    sample_weights: Any = None
    max_classes_for_multiclass_roc_pr: int = 10

    probabilities: str | Sequence[str] | None = None
    resamples: int | None = None
    confidence_level: float = 0.95
    seed: int = 0
    importance_repeats: int = 5
    pictures: bool = True

    time: str | None = None
    series: str | None = None
    horizon: str | None = None
    lower: str | None = None
    upper: str | None = None
    seasonality: int = 1
    history: Any = None

    def __post_init__(self) -> None:
        _check_count("resamples", self.resamples, least=0)
        _check_count("seed", self.seed, least=0)
        _check_count("seasonality", self.seasonality, least=1)
        _check_count("importance_repeats", self.importance_repeats, least=2)
        _check_count("explainability_nsamples", self.explainability_nsamples, least=1)
        _check_count("max_classes_for_multiclass_roc_pr", self.max_classes_for_multiclass_roc_pr, least=0)
        level: object = self.confidence_level
        if not isinstance(level, int | float) or not 0 < level < 1:
            raise InvalidValue(f"confidence_level is a number between 0 and 1, such as 0.95; got {shown(level)}")
        if self.explainability_algorithm not in {None, *_ALGORITHMS}:
            raise InvalidValue(
                f"explainability_algorithm is one of {', '.join(_ALGORITHMS)}, or left out, which lets trees explain "
                f"themselves; got {shown(self.explainability_algorithm)}"
            )
        if self.average not in _AVERAGES:
            raise InvalidValue(f"average is one of {', '.join(_AVERAGES)}; got {shown(self.average)}")
        for name in ("metric_prefix", "time", "series", "horizon", "lower", "upper"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InvalidValue(f"{name} is a string; got {shown(value)}, {a_class(value)}")
        if (self.lower is None) != (self.upper is None):
            raise InvalidValue("lower and upper are the two bounds of a forecast; give both, or none")


def options(evaluators: Any, config: Mapping[str, Any] | None) -> Options:
    """The options that a caller gave.

    Args:
        evaluators: The name of an evaluator, or names, as in MLflow; there is the default one only.
        config: Options by name, or such a dict by the name of the evaluator.

    Raises:
        InvalidValue: An option is unknown, or has a value that cannot be taken.
        Unsupported: Another evaluator is named, or an option that has no meaning here.
    """
    named = [evaluators] if isinstance(evaluators, str) else list(evaluators or [DEFAULT])
    if named != [DEFAULT]:
        raise Unsupported(f"there is one evaluator, {DEFAULT!r}; got {shown(evaluators)}: leave `evaluators` out")
    if config is not None and not isinstance(config, Mapping):
        raise InvalidValue(f"evaluator_config is a dict; got {shown(config)}, {a_class(config)}")
    given = dict(config or {})
    if set(given) == {DEFAULT} and isinstance(given[DEFAULT], Mapping):
        given = dict(given[DEFAULT])
    for name in sorted(_AS_IT_IS.keys() & given.keys()):
        if (value := given.pop(name)) not in (None, _AS_IT_IS[name]):
            raise Unsupported(
                f"{name} is always {_AS_IT_IS[name]!r} here; got {shown(value)}: leave it out of evaluator_config"
            )
    known = [field.name for field in fields(Options)]
    if unknown := [name for name in given if name not in known]:
        raise InvalidValue(f"evaluator_config has no {shown(unknown[0])}; it has {', '.join(known)}")
    return Options(**given)


def _check_count(name: str, value: Any, *, least: int) -> None:
    if value is None:
        return
    try:
        count = index(value)
    except TypeError:
        raise InvalidValue(f"{name} is an integer; got {shown(value)}, {a_class(value)}") from None
    if count < least:
        raise InvalidValue(f"{name} is at least {least}; got {count}")
