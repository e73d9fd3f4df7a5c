"""The types of models: how each is asked, scored, and scored quickly."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from runstone.evaluation import comparison, curves, residuals
from runstone.evaluation.classes import Classified, classified
from runstone.evaluation.classification import QuickClassification, classification_scores
from runstone.evaluation.document import PairedTest
from runstone.evaluation.examples import Examples
from runstone.evaluation.models import Model
from runstone.evaluation.numbers import Numbers, QuickNumbers, number_scores, numbers
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import Quick, Scores

# Of more labels than this there are no tables: nobody reads them.
_TABLED = 100

# Classified or Numbers, as the type of the model says.
Judged = Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of models.

    Attributes:
        judge: Lets a model predict, or reads predictions, and checks them.
        scores: The metrics of it.
        quick: The metrics as a function of weights.
        drawn: What the page draws of it: fields of ``Evaluation``, and notes. Takes the other model's as well.
        test: Whether the difference of two may be chance.
        importance_metric: The metric that suffers when a feature is shuffled.
        is_forecast: Whether examples have an order in time.
    """

    judge: Callable[[Examples, Model | None, str | None, Options], Judged]
    scores: Callable[[Judged], Scores]
    quick: Callable[[Judged], Quick]
    drawn: Callable[[Examples, Judged, Judged | None, Options], tuple[dict[str, Any], list[str]]]
    test: Callable[[Examples, Judged, Judged, Options], PairedTest]
    importance_metric: str
    is_forecast: bool = False


def settled(options: Options, judged: Judged) -> Options:
    """The options by which others are judged like what was judged first.

    The labels are those that were found then. Columns of the data with probabilities and bounds are those of what was
    judged first, and left out.
    """
    plain = replace(options, probabilities=None, lower=None, upper=None)
    labels = getattr(judged, "labels", None)
    if labels is None:
        return plain
    positive = None if labels.positive is None else labels.known[labels.positive]
    return replace(plain, label_list=labels.known, pos_label=positive)


def _of_classes(
    found: Examples,  # noqa: ARG001  # one form for all types
    judged: Classified,
    other: Classified | None,  # noqa: ARG001
    options: Options,
) -> tuple[dict[str, Any], list[str]]:
    most = options.max_classes_for_multiclass_roc_pr
    fields: dict[str, Any] = {
        "labels": judged.labels.texts,
        "roc": curves.roc(judged, most),
        "precision_recall": curves.precision_recall(judged, most),
        "lift": curves.lift(judged, most),
        "calibration": curves.calibration(judged, most),
    }
    count, notes = len(judged.labels.known), []
    if judged.labels.positive is not None:
        fields["positive"] = judged.labels.texts[judged.labels.positive]
    elif judged.probabilities is not None and count > most:
        notes.append(f"{count} labels have no curves: more than max_classes_for_multiclass_roc_pr, {most}")
    if count > _TABLED:
        return fields, [*notes, f"{count} labels have no confusion matrix and no metrics of each: more than {_TABLED}"]
    fields["confusion"] = curves.confusion(judged)
    if judged.labels.positive is None:
        fields["classes"] = curves.classes(judged)
    return fields, notes


def _of_numbers(
    found: Examples,  # noqa: ARG001  # one form for all types
    judged: Numbers,
    other: Numbers | None,  # noqa: ARG001
    options: Options,
) -> tuple[dict[str, Any], list[str]]:
    return {"residuals": residuals.residuals(judged, options.seed)}, []


def _of_forecasts(
    found: Examples, judged: Numbers, other: Numbers | None, options: Options
) -> tuple[dict[str, Any], list[str]]:
    series, notes = residuals.series(found, judged, options, None if other is None else other.predicted)
    return {
        "residuals": residuals.residuals(judged, options.seed),
        "series": series,
        "horizons": residuals.horizons(found, judged, options),
    }, notes


KINDS = {
    "classifier": Kind(
        judge=classified,
        scores=classification_scores,
        quick=QuickClassification,
        drawn=_of_classes,
        test=lambda _found, ours, theirs, _options: comparison.mcnemar(ours, theirs),
        importance_metric="accuracy_score",
    ),
    "regressor": Kind(
        judge=partial(numbers, is_forecast=False),
        scores=number_scores,
        quick=QuickNumbers,
        drawn=_of_numbers,
        test=lambda _found, ours, theirs, options: comparison.paired_permutation(ours, theirs, options.seed),
        importance_metric="r2_score",
    ),
    "forecaster": Kind(
        judge=partial(numbers, is_forecast=True),
        scores=number_scores,
        quick=QuickNumbers,
        drawn=_of_forecasts,
        test=lambda found, ours, theirs, options: comparison.diebold_mariano(ours, theirs, found, options),
        importance_metric="r2_score",
        is_forecast=True,
    ),
}
