"""What is kept of how much a model looks at each feature; a part of ``evaluation.json``."""

from typing import Literal

import msgspec


class Feature(msgspec.Struct, frozen=True):
    """How much a metric suffers when the values of one feature are shuffled.

    Attributes:
        name: Of the feature.
        mean: Over the repeats.
        low: Smallest of the repeats.
        high: Largest.
    """

    name: str
    mean: float
    low: float
    high: float


class Importance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the model looks at.

    Attributes:
        method: ``permutation``.
        metric: The metric that suffers.
        repeats: How often each feature was shuffled.
        examples: How many examples it was tried on.
        features: The most important first.
        left_out: How many less important ones are not listed.
    """

    method: str
    metric: str
    repeats: int
    examples: int
    features: list[Feature]
    left_out: int = 0


class ShapFeature(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much one feature moves what a model says.

    Attributes:
        name: Of the feature.
        mean: Of the absolute SHAP values of the examples; of several labels the sum of theirs.
        by_label: Of each label of a classifier of several, in the order of ``labels``.
    """

    name: str
    mean: float
    by_label: list[float] = []


class Shap(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much the features move what a model says, by SHAP values (Lundberg and Lee, 2017).

    Attributes:
        algorithm: ``tree``, which reads a model's trees, or ``kernel`` or ``permutation``, which ask it.
        unit: What the values add up to: ``prediction``, ``log_prediction``, ``probability`` or ``log_odds``.
        examples: How many were explained.
        features: The most important first.
        background: How many examples stand for a feature that is not known; 0 where the trees tell.
        labels: Of a classifier of several; of one of two, ``positive`` is explained.
        left_out: How many less important features are not listed.
    """

    algorithm: str
    unit: Literal["prediction", "log_prediction", "probability", "log_odds"]
    examples: int
    features: list[ShapFeature]
    background: int = 0
    labels: list[str] = []
    left_out: int = 0
