"""All that ``evaluate`` does, in order: read, predict, compute, and only then log."""

import os
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import UndefinedMetricWarning

from runstone.data import Dataset
from runstone.errors import InvalidValue, ThresholdsNotMet
from runstone.evaluation import bootstrap, comparison, custom, document, recording
from runstone.evaluation.document import Bootstrap, Comparison, DatasetName, Evaluation, Measure
from runstone.evaluation.examples import Examples, IntArray, as_frame, described, examples
from runstone.evaluation.explanations import Explained, explained
from runstone.evaluation.importance import importance
from runstone.evaluation.kinds import KINDS, Judged, Kind, settled
from runstone.evaluation.measures import measures, values, with_intervals
from runstone.evaluation.models import Model, as_model
from runstone.evaluation.options import Options, options
from runstone.evaluation.pictures import pictures
from runstone.evaluation.request import Request
from runstone.evaluation.residuals import order
from runstone.evaluation.result import EvaluationResult
from runstone.evaluation.scoring import counted, told_error
from runstone.evaluation.slices import sliced
from runstone.evaluation.thresholds import MetricThreshold, check_thresholds, told


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is evaluated.

    Attributes:
        everything: The examples, with all columns as features that are none of the others.
        found: The same, with the features that the model takes.
        model: What predicts; ``None`` where predictions are a column.
        predictions: Name of a column with predictions.
        dataset: How the data is described.
        baseline: The other model, or the name of the column with its predictions.
    """

    everything: Examples
    found: Examples
    model: Model | None
    predictions: str | None
    dataset: Dataset
    baseline: Model | str | None


def evaluated(*, evaluators: Any, evaluator_config: Any, **given: Any) -> EvaluationResult:
    """Evaluate, log, and see whether what was demanded holds.

    Args:
        evaluators: As for ``runstone.evaluate``.
        evaluator_config: As there.
        given: Its other arguments, by the names of the fields of ``Request``.

    Raises:
        InvalidValue: Something cannot be evaluated; nothing is logged then.
        ThresholdsNotMet: All is logged, and a metric is not what was demanded.
    """
    request = Request(options=options(evaluators, evaluator_config), **given)
    with ExitStack() as closing:
        subject = _subject(request, closing)
        if request.model_type is None:
            evaluation, outputs, explanation = *_custom_only(request, subject), None
        else:
            evaluation, outputs, explanation = _of_kind(request, subject, KINDS[request.model_type])
    ours = {**recording.tables(evaluation), **(pictures(evaluation, explanation) if request.options.pictures else {})}
    own = custom.files(request.custom_artifacts, outputs, evaluation, ours)
    result = recording.record(evaluation, {**ours, **own}, subject.dataset, request)
    failed = [check for check in evaluation.checks if not check.passed]
    if failed:
        raise ThresholdsNotMet("; ".join(told(check, values(evaluation.metrics)) for check in failed))
    return result


def _subject(request: Request, closing: ExitStack) -> Subject:
    data, targets, predictions = request.data, request.targets, request.predictions
    named = data if isinstance(data, Dataset) else None
    if named is not None:
        data = named.data
        targets = named.targets if targets is None else targets
        predictions = predictions or named.predictions
    frame = as_frame(data)
    data = data if frame is None else frame
    model = None
    if request.model is not None:
        model = as_model(
            request.model, closing, env=request.env, config=request.model_config, params=request.inference_params
        )
    if model is None and predictions is None:
        raise InvalidValue(
            "evaluate() needs a model, or predictions='...', the column of the data that holds its predictions"
        )
    baseline = _baseline(request, data, closing)
    found = examples(
        data,
        targets=targets,
        predictions=predictions,
        feature_names=request.feature_names,
        options=request.options,
        not_features=[baseline] if isinstance(baseline, str) else [],
    )
    if request.model_type is not None and found.targets is None:
        raise InvalidValue(f"a {request.model_type} is evaluated against targets; name their column by targets='...'")
    dataset = named or described(found, targets, request.source)
    chosen = found if model is None or request.feature_names is not None else found.with_features(model.feature_names)
    return Subject(found, chosen, model, predictions, dataset, baseline)


def _baseline(request: Request, data: Any, closing: ExitStack) -> Model | str | None:
    """The other model: a column of the data, where there is one of this name, else a model."""
    given: Any = request.baseline_model
    if given is None or (isinstance(given, str) and given in getattr(data, "columns", ())):
        return given
    if isinstance(given, str) and ":" not in given and os.sep not in given:
        raise InvalidValue(
            f"baseline_model is a model, the URI of one, or a column of the data with predictions; there is no column "
            f"{given!r}"
        )
    return as_model(given, closing, env=request.env)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """The metrics of a model, and of the other one, if there is one."""

    ours: dict[str, Measure]
    theirs: dict[str, Measure] | None
    comparison: Comparison | None
    notes: list[str]


def _of_kind(request: Request, subject: Subject, kind: Kind) -> tuple[Evaluation, pd.DataFrame, Explained | None]:
    options, found = request.options, subject.found
    judged = kind.judge(found, subject.model, subject.predictions, options)
    other = None if subject.baseline is None else _judged_baseline(subject.baseline, subject, kind, judged, options)
    drawn = bootstrap.plan(options, len(counted(judged)), is_forecast=kind.is_forecast)
    measured = _measured(subject, kind, judged, other, drawn, options)
    fields, notes = kind.drawn(found, judged, other, options)
    outputs = _outputs(found, _said(judged))
    ours = measured.ours | custom.measures(request.extra_metrics, outputs, measured.ours, found)
    parts, part_notes = sliced(request.slices, found.frame, judged, kind, drawn, _in_order(found, kind, options))
    features, shap, feature_notes = None, None, list[str]()
    if subject.model is not None and (not kind.is_forecast or options.log_model_explainability):
        features, feature_notes = importance(found, subject.model, subject.predictions, judged, kind, options)
        shap, shap_notes = explained(found, subject.model, subject.predictions, judged, kind, options)
        feature_notes = [*feature_notes, *shap_notes]
    baseline = None if measured.theirs is None else values(measured.theirs)
    evaluation = Evaluation(
        version=document.VERSION,
        model_type=request.model_type or "",
        examples=len(found),
        metrics=ours,
        bootstrap=drawn,
        importance=features,
        shap=None if shap is None else shap.shap,
        slices=parts,
        comparison=measured.comparison,
        checks=check_thresholds(_unprefixed(request, ours), values(ours), baseline),
        notes=[*measured.notes, *notes, *part_notes, *feature_notes],
        **fields,
        **_names(request, subject),
    )
    return evaluation, outputs, shap


def _measured(
    subject: Subject, kind: Kind, judged: Judged, other: Judged | None, drawn: Bootstrap | None, options: Options
) -> _Measured:
    """The metrics with their intervals, and how they differ from the other model's."""
    scores = kind.scores(judged)
    ours, theirs = measures(scores), None if other is None else measures(kind.scores(other))
    samples, notes = None, scores.notes
    if drawn is not None:
        both = [each for each in (judged, other) if each is not None]
        samples = bootstrap.resampled(both, kind.quick, drawn, _in_order(subject.found, kind, options))
        ours = with_intervals(ours, bootstrap.intervals(samples[0], drawn.level))
    if subject.model is not None and subject.model.is_estimator:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UndefinedMetricWarning)  # what is not defined is not there
                own = subject.model.score(subject.found.features, subject.found.targets, subject.found.weights)
            ours = ({"score": Measure(own, greater_is_better=True)} if np.isfinite(own) else {}) | ours
        except Exception as error:  # noqa: BLE001  # its method is whatever its author made of it
            notes = [*notes, f"score was left out, for the model's own method failed with {told_error(error)}"]
    if theirs is None:
        return _Measured(ours, None, None, notes)
    shared = None if samples is None else (samples[0], samples[1])
    level = 0.0 if drawn is None else drawn.level
    if subject.found.weights is not None:
        notes = [*notes, "the test of the difference lets all examples count the same, without sample_weights"]
    baseline = subject.baseline
    compared = Comparison(
        baseline.name if isinstance(baseline, Model) else str(baseline),
        comparison.differences(ours, theirs, shared, level),
        kind.test(subject.found, judged, other, options),
    )
    return _Measured(ours, theirs, compared, notes)


def _in_order(found: Examples, kind: Kind, options: Options) -> IntArray:
    """The rows in the order of time, int64; as they come where there is none."""
    return order(found, options) if kind.is_forecast else np.arange(len(found), dtype=np.int64)


def _judged_baseline(baseline: Model | str, subject: Subject, kind: Kind, judged: Judged, options: Options) -> Judged:
    plain = settled(options, judged)
    if isinstance(baseline, str):
        return kind.judge(subject.found, None, baseline, plain)
    found = subject.everything.with_features(baseline.feature_names)
    return kind.judge(found, baseline, subject.predictions if subject.model is not None else None, plain)


def _custom_only(request: Request, subject: Subject) -> tuple[Evaluation, pd.DataFrame]:
    """Metrics of one's own, of whatever the model says."""
    found = subject.found
    if subject.model is None:
        assert subject.predictions is not None
        said = found.column(subject.predictions, "predictions").to_numpy()
    else:
        said = np.asarray(subject.model.predict(found.features))
    if len(said) != len(found):
        raise InvalidValue(f"the data has {len(found)} rows, and the model gave {len(said)} predictions")
    outputs = _outputs(found, said)
    metrics = custom.measures(request.extra_metrics, outputs, {}, found)
    evaluation = Evaluation(
        version=document.VERSION,
        model_type="",
        examples=len(found),
        metrics=metrics,
        checks=check_thresholds(_unprefixed(request, metrics), values(metrics), None),
        **_names(request, subject),
    )
    return evaluation, outputs


def _unprefixed(request: Request, known: Mapping[str, Measure]) -> dict[str, MetricThreshold]:
    """What is demanded, by the names of the metrics without the prefix, which may stand before them."""
    prefix = request.options.metric_prefix
    return {
        name if name in known else name.removeprefix(prefix): threshold
        for name, threshold in request.thresholds.items()
    }


def _names(request: Request, subject: Subject) -> dict[str, Any]:
    model = subject.model
    return {
        "model": "" if model is None else model.name,
        "model_id": request.model_id or (None if model is None else model.model_id),
        "dataset": DatasetName(subject.dataset.name, subject.dataset.digest),
    }


def _said(judged: Judged) -> Any:
    labels = getattr(judged, "labels", None)
    if labels is None:
        return judged.predicted
    # NumPy would make texts of the numbers among texts, which are equal to no target any more.
    one_type = len({type(label) for label in labels.known}) == 1
    return np.array(labels.known, dtype=None if one_type else object)[judged.predicted]


def _outputs(found: Examples, said: Any) -> pd.DataFrame:
    """What functions of one's own see: ``prediction`` and ``target``, row by row."""
    columns = {"prediction": said if np.ndim(said) == 1 else list(said)}
    if found.targets is not None:
        columns["target"] = found.targets.to_numpy()
    return pd.DataFrame(columns)
