"""The verb ``evaluate``. It loads the libraries that it computes with when it is called."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue, Unsupported
from runstone.evaluation.metrics import EvaluationMetric
from runstone.evaluation.result import EvaluationResult
from runstone.evaluation.thresholds import MetricThreshold

if TYPE_CHECKING:
    import pandas

MODEL_TYPES = ("classifier", "regressor", "forecaster")
_GENERATIVE = {"question-answering", "text-summarization", "text", "retriever"}


def evaluate(  # noqa: PLR0913  # the arguments are MLflow's
    model: Any = None,
    data: Any = None,
    *,
    model_type: str | None = None,
    targets: Any = None,
    predictions: str | None = None,
    dataset_path: str | None = None,
    feature_names: Sequence[str] | None = None,
    evaluators: str | Sequence[str] | None = None,
    evaluator_config: Mapping[str, Any] | None = None,
    extra_metrics: Sequence[EvaluationMetric] | None = None,
    custom_artifacts: "Sequence[Callable[[pandas.DataFrame, dict[str, float], str], Mapping[str, Any]]] | None" = None,
    env_manager: str = "local",
    model_config: str | Path | Mapping[str, Any] | None = None,
    inference_params: Mapping[str, Any] | None = None,
    model_id: str | None = None,
    slices: Sequence[str] | None = None,
    baseline_model: Any = None,
    validation_thresholds: Mapping[str, MetricThreshold] | None = None,
) -> EvaluationResult:
    """Say how good a model is, and log it to the active run; a run is started, and ended, where there is none.

    Metrics are scikit-learn's, under MLflow's names. Each comes with an interval, by resampling the examples; see
    ``resamples``, ``confidence_level`` and ``seed`` of ``evaluator_config``. Curves, tables and intervals are kept as
    ``evaluation/evaluation.json``, which the page draws, and as pictures and tables beside it.

    Args:
        model: A function from features to predictions, something with a method ``predict``, such as an estimator of
            scikit-learn or a loaded model, or the URI of a model. ``None`` where the data has predictions.
        data: A frame of pandas or polars, a table of Arrow, a dict of columns, an array, or a dataset of
            ``runstone.data``.
        model_type: ``classifier``, ``regressor`` or ``forecaster``; ``None`` for ``extra_metrics`` alone.
        targets: Name of the column with what is true; or the targets themselves.
        predictions: Name of the column with predictions: of the data, or of what the model gives.
        dataset_path: Where the data came from.
        feature_names: Names of the columns that the model gets; all but targets and predictions if ``None``.
        evaluators: ``"default"``, or left out.
        evaluator_config: Options by name; docs/how-to/evaluate.md lists them.
        extra_metrics: Metrics of one's own, from ``make_metric``.
        custom_artifacts: Functions that take a frame with ``prediction`` and ``target``, the metrics, and a folder for
            files, and give artifacts by name: a path in that folder, a figure, a frame, an array, a dict or a text.
        env_manager: ``local``, for this process; ``uv``, ``virtualenv`` or ``conda`` let models that are given by
            their URI predict in a process of its own, with the packages that they were saved with.
        model_config: Settings of a model given by its URI that are to be others than it was saved with: a dict, or the
            path of a YAML file.
        inference_params: Params that a loaded model, or one given by its URI, gets with each call of ``predict``.
        model_id: A logged model whose metrics these are as well; that of ``model``, where it has one, if ``None``.
        slices: Columns, for the metrics of each of their values or quarters, and filters as ``DataFrame.query`` of
            pandas takes them, such as ``"age > 60"``.
        baseline_model: Another model, for a comparison on the same examples: a model, or the name of a column with
            its predictions. Differences of metrics have intervals by resamples that both share. Whether the models
            differ at all is tested for classifiers by McNemar's exact test (McNemar, 1947; Dietterich, 1998), for
            regressors by a permutation test of the squared errors, paired (Fisher, 1935), and for forecasters by the
            test of Diebold and Mariano (1995) on squared errors, with the correction for small samples of Harvey,
            Leybourne and Newbold (1997).
        validation_thresholds: What is demanded of the metrics, by name. All is logged first.

    Returns:
        What was found.

    Raises:
        InvalidValue: Something was given that cannot be evaluated; nothing is logged then.
        ThresholdsNotMet: A metric is not what was demanded.
        NotFound: There is no model at the URI.
        Unsupported: An argument has no meaning here, or the libraries of the extra ``evaluation`` are not installed.
        RunstoneError: A model cannot be loaded, or does not answer, as ``runstone.pyfunc.load_model`` says.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.linear_model import LogisticRegression
        >>> frame, species = load_iris(return_X_y=True, as_frame=True)
        >>> model = LogisticRegression(max_iter=1000).fit(frame[::2], species[::2])
        >>> result = evaluate(model, frame[1::2], targets=species[1::2], model_type="classifier")
        >>> round(result.metrics["accuracy_score"], 2), [round(end, 2) for end in result.intervals["accuracy_score"]]
        (0.96, [0.92, 1.0])
    """
    if model_type in _GENERATIVE:
        raise Unsupported(
            f"models of the type {model_type!r} are not evaluated here; of generative models, log your own metrics"
        )
    if model_type is not None and model_type not in MODEL_TYPES:
        raise InvalidValue(f"model_type is one of {', '.join(MODEL_TYPES)}; got {shown(model_type)}")
    result: EvaluationResult = _procedure().evaluated(
        model=model,
        data=data,
        model_type=model_type,
        targets=targets,
        predictions=predictions,
        source=dataset_path,
        feature_names=feature_names,
        evaluators=evaluators,
        evaluator_config=evaluator_config,
        extra_metrics=tuple(extra_metrics or ()),
        custom_artifacts=tuple(custom_artifacts or ()),
        env_manager=env_manager,
        model_config=model_config,
        inference_params=inference_params,
        model_id=model_id,
        slices=tuple(slices or ()),
        baseline_model=baseline_model,
        thresholds={} if validation_thresholds is None else validation_thresholds,
    )
    return result


def _procedure() -> Any:
    """What computes; it needs libraries that a script which only logs does not load."""
    try:
        return importlib.import_module("runstone.evaluation.procedure")
    except ImportError as error:
        raise Unsupported(
            f"evaluate() needs {error.name or 'a library'}, which is not installed; install what it needs with "
            "'pip install \"runstone[evaluation]\"'"
        ) from None
