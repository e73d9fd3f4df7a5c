"""What is kept of an evaluation: the file ``evaluation.json``, as docs/reference/evaluation.md describes it.

Numbers that are not finite, and metrics that are not defined, are ``null``.
"""

from typing import Literal

import msgspec

from runstone.errors import InvalidValue
from runstone.evaluation.feature_records import Feature, Importance, Shap, ShapFeature

VERSION = 1

Numbers = list[float | None]


class Measure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One metric.

    Attributes:
        value: Its value.
        low: Lower end of its interval; ``None`` where there is none.
        high: Upper end.
        greater_is_better: ``None`` where neither is better, such as a count.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    greater_is_better: bool | None = None


class Bootstrap(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the intervals were made.

    Attributes:
        resamples: How often the examples were drawn anew.
        level: Share of the resamples that lie between the two ends.
        seed: Of the generator of random numbers.
        block: Examples that are drawn together: more than one for forecasts, whose errors depend on each other.
        examples: How many of the examples are drawn from; all where it is left out.
    """

    resamples: int
    level: float
    seed: int
    block: int = 1
    examples: int | None = None


class Curve(msgspec.Struct, frozen=True, omit_defaults=True):
    """A curve of one class.

    Attributes:
        label: The class that is looked for.
        x: Across.
        y: Up.
        area: The metric that is the area below it.
        counts: Examples behind each point, for calibration.
    """

    label: str
    x: list[float]
    y: list[float]
    area: float | None = None
    counts: list[int] | None = None


class Confusion(msgspec.Struct, frozen=True):
    """How often each label was predicted for each true one.

    Attributes:
        labels: In the order of rows and columns.
        counts: One row for each true label; weighted where the examples have weights.
    """

    labels: list[str]
    counts: list[list[float]]


class Residuals(msgspec.Struct, frozen=True, omit_defaults=True):
    """Errors of predicted numbers: target less prediction.

    Attributes:
        prediction: Of a sample of the examples.
        residual: Of the same sample.
        edges: Of the bins of the histogram of all residuals; one more than there are bins.
        counts: Residuals in each bin.
    """

    prediction: list[float]
    residual: list[float]
    edges: list[float]
    counts: list[int]


class ForecastSeries(msgspec.Struct, frozen=True, omit_defaults=True):
    """One series: what came, and what was predicted.

    Attributes:
        name: Of the series; empty where there is one only.
        time: ISO dates or numbers.
        target: What came.
        prediction: What was predicted.
        lower: Lower bound that was predicted.
        upper: Upper bound.
        baseline: What the other model predicted.
    """

    name: str
    time: list[str | float]
    target: list[float]
    prediction: list[float]
    lower: list[float] | None = None
    upper: list[float] | None = None
    baseline: list[float] | None = None


class Horizon(msgspec.Struct, frozen=True):
    """The errors of forecasts this many steps ahead.

    Attributes:
        step: Steps ahead, from 1.
        examples: How many there are.
        mean_absolute_error: Of these.
        root_mean_squared_error: Of these.
        mean_error: Of these: prediction less target.
    """

    step: int
    examples: int
    mean_absolute_error: float
    root_mean_squared_error: float
    mean_error: float


class Slice(msgspec.Struct, frozen=True, omit_defaults=True):
    """The metrics of a part of the examples.

    Attributes:
        by: The column or the filter that was given.
        name: Which part, such as ``region = north``.
        examples: How many there are.
        metrics: Of these.
    """

    by: str
    name: str
    examples: int
    metrics: dict[str, Measure]


class PairedTest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether the difference of two models may be chance.

    Attributes:
        name: ``mcnemar_exact``, ``paired_permutation`` or ``diebold_mariano``.
        about: What is compared, in a sentence.
        p_value: Of both sides.
        statistic: What was computed.
        counts: What was counted, by name.
    """

    name: str
    about: str
    p_value: float
    statistic: float | None = None
    counts: dict[str, int] | None = None


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One metric of two models.

    Attributes:
        candidate: Of the model that is evaluated.
        baseline: Of the other.
        difference: Candidate less baseline.
        low: Lower end of the difference's interval, by resamples that both models share.
        high: Upper end.
        better: ``candidate`` or ``baseline`` where the interval leaves no doubt.
    """

    candidate: float | None
    baseline: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None
    better: Literal["candidate", "baseline"] | None = None


class Comparison(msgspec.Struct, frozen=True, omit_defaults=True):
    """The model beside another one on the same examples.

    Attributes:
        baseline: Name of the other model.
        metrics: Of both.
        test: Of their difference.
    """

    baseline: str
    metrics: dict[str, Difference]
    test: PairedTest | None = None


class Check(msgspec.Struct, frozen=True):
    """One thing that was demanded of a metric.

    Attributes:
        metric: Name of the metric.
        wanted: In words.
        value: What it is.
        passed: Whether it is what was wanted.
    """

    metric: str
    wanted: str
    value: float | None
    passed: bool


class DatasetName(msgspec.Struct, frozen=True):
    """Which data was evaluated on.

    Attributes:
        name: Its name.
        digest: The beginning of a hash of it.
    """

    name: str
    digest: str


class Evaluation(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it.

    Attributes:
        version: Of this format.
        model_type: ``classifier``, ``regressor`` or ``forecaster``; empty where there are metrics of one's own only.
        examples: How many there are.
        metrics: By name.
        model: What the model is called: a URI, or the name of a function or class.
        model_id: Its logged model.
        dataset: The data.
        bootstrap: How the intervals were made.
        labels: The labels of a classifier.
        positive: The label that a binary classifier looks for.
        roc: True positive rate over false positive rate.
        precision_recall: Precision over recall.
        lift: How many times more positives than in a random sample, over the share of examples with the highest scores.
        calibration: Share of positives over predicted probability.
        confusion: Predicted and true labels.
        classes: Metrics of each label of a classifier of several.
        residuals: Of predicted numbers.
        series: Of a forecaster.
        horizons: Of a forecaster.
        importance: Of the features.
        shap: Of the features, where the library ``shap`` is installed.
        slices: Parts of the examples.
        comparison: With another model.
        checks: What was demanded.
        notes: What was left out, and why.
    """

    version: int
    model_type: str
    examples: int
    metrics: dict[str, Measure]
    model: str = ""
    model_id: str | None = None
    dataset: DatasetName | None = None
    bootstrap: Bootstrap | None = None
    labels: list[str] | None = None
    positive: str | None = None
    roc: list[Curve] = []
    precision_recall: list[Curve] = []
    lift: list[Curve] = []
    calibration: list[Curve] = []
    confusion: Confusion | None = None
    classes: dict[str, dict[str, float | None]] | None = None
    residuals: Residuals | None = None
    series: list[ForecastSeries] = []
    horizons: list[Horizon] = []
    importance: Importance | None = None
    shap: Shap | None = None
    slices: list[Slice] = []
    comparison: Comparison | None = None
    checks: list[Check] = []
    notes: list[str] = []


# All that the file is made of, in the order in which the reference explains it.
STRUCTS: tuple[type[msgspec.Struct], ...] = (
    Evaluation,
    Measure,
    Bootstrap,
    Curve,
    Confusion,
    Residuals,
    ForecastSeries,
    Horizon,
    Importance,
    Feature,
    Shap,
    ShapFeature,
    Slice,
    Comparison,
    Difference,
    PairedTest,
    Check,
    DatasetName,
)


def schema() -> bytes:
    """The JSON Schema of ``evaluation.json``."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Evaluation)), indent=1) + b"\n"


def encode(evaluation: Evaluation) -> bytes:
    """The bytes of ``evaluation.json``."""
    return msgspec.json.format(msgspec.json.encode(evaluation), indent=1)


def decode(data: bytes, place: str) -> Evaluation:
    """Read ``evaluation.json``; fields that it does not know are left out.

    Args:
        data: The bytes.
        place: What they are called in an error.

    Raises:
        InvalidValue: They are no evaluation, or one of a newer version.
    """
    try:
        version = msgspec.json.decode(data, type=_Versioned).version
        if version > VERSION:
            raise InvalidValue(
                f"{place} is an evaluation of version {version}, and this Runstone reads up to {VERSION}; upgrade it"
            )
        return msgspec.json.decode(data, type=Evaluation)
    except msgspec.MsgspecError as error:
        raise InvalidValue(f"{place} is no evaluation: {error}") from None


class _Versioned(msgspec.Struct):
    version: int
