"""All that ``evaluate`` does, in order: read, predict, compute, and only then log."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace

from runstone.data import Dataset
from runstone.errors import InvalidValue, ThresholdsNotMet
from runstone.evaluation import bootstrap, custom, document, recording
from runstone.evaluation.document import DatasetName, Evaluation, Measure
from runstone.evaluation.examples import Examples, described, examples
from runstone.evaluation.kinds import KINDS, Judged, Kind
from runstone.evaluation.models import Model, as_model
from runstone.evaluation.request import Request
from runstone.evaluation.result import EvaluationResult
from runstone.evaluation.scoring import Scores
from runstone.evaluation.thresholds import check_thresholds, told


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is evaluated.

    Attributes:
        found: The examples.
        model: What predicts; ``None`` where predictions are a column.
        predictions: Name of a column with predictions.
        dataset: How the data is described.
    """

    found: Examples
    model: Model | None
    predictions: str | None
    dataset: Dataset


def evaluated(request: Request) -> EvaluationResult:
    """Evaluate, log, and see whether what was demanded holds. See ``runstone.evaluate``.

    Raises:
        InvalidValue: Something cannot be evaluated; nothing is logged then.
        ThresholdsNotMet: All is logged, and a metric is not what was demanded.
    """
    subject = _subject(request)
    if request.model_type is None:
        evaluation, outputs = _custom_only(request, subject)
    else:
        evaluation, outputs = _of_kind(request, subject, KINDS[request.model_type])
    files = custom.files(request.custom_artifacts, outputs, evaluation)
    result = recording.record(evaluation, files, subject.dataset, request)
    failed = [check for check in evaluation.checks if not check.passed]
    if failed:
        raise ThresholdsNotMet("; ".join(told(check) for check in failed))
    return result


def _subject(request: Request) -> Subject:
    data, targets, predictions = request.data, request.targets, request.predictions
    named = data if isinstance(data, Dataset) else None
    if named is not None:
        data = named.data
        targets = named.targets if targets is None else targets
        predictions = predictions or named.predictions
    model = None if request.model is None else as_model(request.model)
    if model is None and predictions is None:
        raise InvalidValue(
            "evaluate() needs a model, or predictions='...', the column of the data that holds its predictions"
        )
    found = examples(
        data, targets=targets, predictions=predictions, feature_names=request.feature_names, options=request.options
    )
    if request.model_type is not None and found.targets is None:
        raise InvalidValue(f"a {request.model_type} is evaluated against targets; name their column by targets='...'")
    return Subject(found, model, predictions, named or described(found, targets, request.source))


def _of_kind(request: Request, subject: Subject, kind: Kind) -> tuple[Evaluation, pd.DataFrame]:
    judged = kind.judge(subject.found, subject.model, subject.predictions, request.options)
    scores = kind.scores(judged)
    drawn = bootstrap.plan(request.options, len(subject.found), is_forecast=kind.is_forecast)
    measures = _measures(scores)
    if drawn is not None:
        samples = bootstrap.resampled([kind.quick(judged)], drawn, np.arange(len(subject.found)))[0]
        measures = _with_intervals(measures, bootstrap.intervals(samples, drawn.level))
    if subject.model is not None and subject.model.is_estimator:
        own = subject.model.score(subject.found.features, subject.found.targets, subject.found.weights)
        measures = {"score": Measure(own, greater_is_better=True), **measures}
    outputs = _outputs(subject.found, _said(judged))
    measures |= custom.measures(request.extra_metrics, outputs, measures, subject.found)
    values = {name: measure.value for name, measure in measures.items() if measure.value is not None}
    evaluation = Evaluation(
        version=document.VERSION,
        model_type=request.model_type or "",
        examples=len(subject.found),
        metrics=measures,
        bootstrap=drawn,
        checks=check_thresholds(request.thresholds, values, None),
        notes=scores.notes,
        **_names(request, subject),
    )
    return evaluation, outputs


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
    measures = custom.measures(request.extra_metrics, outputs, {}, found)
    values = {name: measure.value for name, measure in measures.items() if measure.value is not None}
    evaluation = Evaluation(
        version=document.VERSION,
        model_type="",
        examples=len(found),
        metrics=measures,
        checks=check_thresholds(request.thresholds, values, None),
        **_names(request, subject),
    )
    return evaluation, outputs


def _names(request: Request, subject: Subject) -> dict[str, Any]:
    model = subject.model
    return {
        "model": "" if model is None else model.name,
        "model_id": request.model_id or (None if model is None else model.model_id),
        "dataset": DatasetName(subject.dataset.name, subject.dataset.digest),
    }


def _measures(scores: Scores) -> dict[str, Measure]:
    return {name: Measure(value, greater_is_better=scores.better.get(name)) for name, value in scores.values.items()}


def _with_intervals(measures: dict[str, Measure], ends: dict[str, tuple[float, float]]) -> dict[str, Measure]:
    return {
        name: replace(measure, low=ends[name][0], high=ends[name][1]) if name in ends else measure
        for name, measure in measures.items()
    }


def _said(judged: Judged) -> Any:
    labels = getattr(judged, "labels", None)
    return judged.predicted if labels is None else np.array([labels.known[place] for place in judged.predicted])


def _outputs(found: Examples, said: Any) -> pd.DataFrame:
    """What functions of one's own see: ``prediction`` and ``target``, row by row."""
    columns = {"prediction": said if np.ndim(said) == 1 else list(said)}
    if found.targets is not None:
        columns["target"] = found.targets.to_numpy()
    return pd.DataFrame(columns)
