"""Autologging of scikit-learn: every estimator, searches over params, and cross-validation."""

from collections.abc import Generator, Mapping
from time import perf_counter
from types import ModuleType
from typing import Any

from runstone.autologging import datasets, models, scores
from runstone.autologging.fits import Call, Choice, Watch, chosen, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import Options, check_count
from runstone.autologging.patches import Patches
from runstone.autologging.sklearn import evaluation, reports, search, states, validation

_TRAINS = ("fit", "fit_predict", "fit_transform")
# What the names of functions end in that give one number.
_MEASURES = {"score", "error", "loss", "deviance", "corrcoef"}
# Steps that prepare data say little by themselves: they are logged with the pipeline that they are a part of.
_PREPARES = ("preprocessing", "impute", "feature_extraction", "feature_selection", "compose", "random_projection")


class SklearnOptions(Options, frozen=True, kw_only=True):
    """Choices for scikit-learn.

    Attributes:
        max_tuning_runs: How many candidates of a search become runs of their own, the best first; all if ``None``.
        log_post_training_metrics: Whether the model is measured on its training data, and what you measure of it
            later is logged.
        serialization_format: How a model is written; by skops where it can if ``None``.
        pos_label: The class that precision and recall are about, where there are two; their mean over all classes,
            weighted, if ``None``.
    """

    max_tuning_runs: int | None = 5
    log_post_training_metrics: bool = True
    serialization_format: str | None = None
    pos_label: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("max_tuning_runs", self.max_tuning_runs, least=0)


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    serialization_format: str | None = None,
    registered_model_name: str | None = None,
    pos_label: Any = None,
    extra_tags: Mapping[str, Any] | None = None,
) -> None:
    """Log every fit of scikit-learn from now on: params, metrics of the training data, the data and the model.

    A fit within another one is a part of it: a pipeline, a search or an ensemble is logged once.

    Args:
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the fitted estimator is logged.
        log_datasets: Whether the run says what it was trained on.
        disable: ``True`` logs nothing any more, and puts scikit-learn's own functions back.
        exclusive: Whether a fit within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of scikit-learn that is not tested is left alone.
        silent: Whether no warning is given either.
        max_tuning_runs: How many candidates of a search become runs of their own, the best first; all if ``None``.
        log_post_training_metrics: Whether the model is measured on its training data, and what you measure of it later
            is logged too.
        serialization_format: ``skops``, ``cloudpickle`` or ``pickle``; skops where it can if ``None``.
        registered_model_name: Name in the registry that each model becomes a version of.
        pos_label: The class that precision and recall are about, where there are two; their mean over all classes,
            weighted, if ``None``.
        extra_tags: Tags of every run that is logged to.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number is none that can be chosen.

    Example:
        >>> import runstone
        >>> from sklearn.linear_model import LinearRegression
        >>> runstone.sklearn.autolog(log_models=False)
        >>> model = LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0])
        >>> run = runstone.last_active_run()
        >>> run.data.tags["estimator_name"], run.data.metrics["training_r2_score"]
        ('LinearRegression', 1.0)
        >>> runstone.sklearn.autolog(disable=True)
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    for kind in list(vars(module).values()):
        # What mixins define is the training function of many a class.
        if isinstance(kind, type) and kind.__module__ == module.__name__:
            for name in _TRAINS:
                patches.method(kind, name, chosen(library, _choose))
            for name in scores.PREDICTS:
                patches.method(kind, name, scores.predicting)
            patches.method(kind, "score", scores.scoring)
            if kind.__name__ == "_BaseScorer":
                patches.method(kind, "__call__", scores.judging)
    if module.__name__ == "sklearn.metrics":
        measures = [name for name in module.__all__ if name.rpartition("_")[2] in _MEASURES]
        # Scorers that scikit-learn has made must be pickled as ever, with the functions that they were made of.
        patches.functions(module, measures, scores.measuring, inside=False)
    if module.__name__ == "sklearn.model_selection._validation":
        patches.functions(module, ["cross_validate"], watched(library, validation.watch, always=True))


def _choose(call: Call) -> Watch | Choice:
    """What is logged of a call of a training method; a user's own class may have it from a mixin alone."""
    kind = next((kind for kind in type(call.args[0]).__mro__ if _is_estimator(kind)), None)
    if kind is None:
        return Choice.UNWATCHED
    return Choice.NOTHING if kind.__module__.split(".")[1] in _PREPARES and not hasattr(kind, "predict") else _fit


def _is_estimator(kind: type) -> bool:
    """Whether it is a class of scikit-learn that can be fitted."""
    package, _, module = kind.__module__.partition(".")
    return package == "sklearn" and module != "base" and any(name in vars(kind) for name in _TRAINS)


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    estimator, options = call.args[0], book.options
    assert isinstance(options, SklearnOptions)
    given = call.arguments()
    features, targets = given.get(_first(given)), given.get("y", given.get("Y"))
    is_search = search.is_search(estimator)
    book.tags({"estimator_name": type(estimator).__name__, "estimator_class": states.class_name(estimator)})
    book.params(estimator.get_params(deep=not is_search))
    described = datasets.describe(features, targets) if options.log_datasets else None
    if described is not None:
        book.input(described, "train")
    rows = models.some_rows(features) if options.log_models else None
    began = perf_counter()

    result = yield call

    training = evaluation.Evaluation(estimator, features, targets, given.get("sample_weight"), options.pos_label)
    if options.log_post_training_metrics and not states.changes_its_data(estimator):
        fit_s = perf_counter() - began
        book.apart()(lambda: _measure(book, estimator, training, fit_s))
    if is_search:
        search.log(book, estimator, options.max_tuning_runs)
    model_id = _log_model(book, estimator, rows, options.serialization_format)
    measured = {f"training_{name}": value for name, value in training.found.items()}
    book.metrics(measured, model_id=model_id, dataset=described)
    if options.log_post_training_metrics:
        fitted = scores.remember(LIBRARY, book, estimator, model_id)
        predicted = getattr(estimator, "labels_", None) if result is estimator else result
        if predicted is not None:
            scores.remember_predicted(fitted, call.function.__name__, features, predicted)


def _measure(book: Logbook, estimator: Any, training: evaluation.Evaluation, fit_s: float) -> None:
    """Measure an estimator on its training data, and draw what was measured."""
    with states.kept(estimator):
        training.run(most_s=fit_s)
        reports.log(book, estimator, training)


def _log_model(book: Logbook, estimator: Any, rows: Any, serialization_format: str | None) -> str | None:
    """Log what predicts: of a search, the best candidate."""
    model = getattr(estimator, "best_estimator_", None) if search.is_search(estimator) else estimator
    function = next((name for name in ("predict", "transform") if hasattr(model, name)), None)
    if function is None:
        return None

    def predict(rows: Any) -> Any:
        with states.kept(model):
            return getattr(model, function)(rows)

    return models.log(
        book, "sklearn", model, rows, predict, serialization_format=serialization_format, pyfunc_predict_fn=function
    )


def _first(arguments: Mapping[str, Any]) -> str:
    """The name of the first argument after the instance: ``X``, or what a class calls its data."""
    names = list(arguments)
    return names[1] if len(names) > 1 else ""


LIBRARY = Library("sklearn", ("sklearn",), ("scikit-learn",), ("1.6", "2"), _patch, SklearnOptions)
