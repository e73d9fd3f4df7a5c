"""The types of models: how each is asked, scored, and scored quickly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runstone.evaluation.classes import classified
from runstone.evaluation.classification import QuickClassification, classification_scores
from runstone.evaluation.examples import Examples
from runstone.evaluation.models import Model
from runstone.evaluation.numbers import QuickNumbers, number_scores, numbers
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import Quick, Scores

# Examples with what a model said of them: Classified or Numbers, as the type says.
Judged = Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of models.

    Attributes:
        judge: Lets a model predict, or reads predictions, and checks them.
        scores: The metrics of it.
        quick: The metrics as a function of weights.
        importance_metric: The metric that suffers when a feature is shuffled.
        is_forecast: Whether examples have an order in time.
    """

    judge: Callable[[Examples, Model | None, str | None, Options], Judged]
    scores: Callable[[Judged], Scores]
    quick: Callable[[Judged], Quick]
    importance_metric: str
    is_forecast: bool = False


def _regressed(found: Examples, model: Model | None, predictions: str | None, options: Options) -> Judged:
    return numbers(found, model, predictions, options, is_forecast=False)


def _forecast(found: Examples, model: Model | None, predictions: str | None, options: Options) -> Judged:
    return numbers(found, model, predictions, options, is_forecast=True)


KINDS = {
    "classifier": Kind(classified, classification_scores, QuickClassification, "accuracy_score"),
    "regressor": Kind(_regressed, number_scores, QuickNumbers, "r2_score"),
    "forecaster": Kind(_forecast, number_scores, QuickNumbers, "r2_score", is_forecast=True),
}
