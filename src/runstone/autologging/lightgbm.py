"""Autologging of LightGBM: ``train``, and the estimators that it has for scikit-learn."""

from collections.abc import Generator, Mapping
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models, scores
from runstone.autologging.curves import Curves
from runstone.autologging.fits import Call, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import IterationOptions
from runstone.autologging.patches import Patches


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: Mapping[str, Any] | None = None,
    log_every_n_iter: int | None = None,
) -> None:
    """Log every training by LightGBM from now on: params, the metrics of each iteration, importances and the model.

    Args:
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the model is logged.
        log_datasets: Whether the run says what it was trained on.
        disable: ``True`` logs nothing any more, and puts LightGBM's own functions back.
        exclusive: Whether a training within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of LightGBM that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.
        log_every_n_iter: Log each iteration that is a multiple of it; as the budget allows if ``None``.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number is none that can be chosen.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    if module.__name__ == "lightgbm":  # all of it is there then
        patches.functions(module, ["train"], watched(library, _train, inner=_observed))
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == "lightgbm.sklearn":
                patches.method(kind, "fit", watched(library, _fit))
                boosters.watch_predictions(kind, patches)


def _train(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    """Log a call of ``train``."""
    given = call.arguments()
    _log_set(book, given.get("train_set"))
    names = given.get("valid_names") or ()
    for number, valid in enumerate(given.get("valid_sets") or ()):
        _log_set(book, valid, names[number] if number < len(names) else f"valid_{number}")

    booster = yield _observed(book, call)

    _log_booster(book, booster)
    models.log(book, "lightgbm", booster, None, None)


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    """Log a call of ``fit`` of an estimator, which calls ``train``."""
    estimator, given = call.args[0], call.arguments()
    boosters.log_estimator(book, estimator)
    boosters.log_data(book, given.get("X"), given.get("y"))
    for number, pair in enumerate(_evaluated(given)):
        boosters.log_data(book, *pair, name=f"valid_{number}")
    rows = models.some_rows(given.get("X")) if book.options.log_models else None

    yield call

    book.defaults(estimator.get_params())
    _log_booster(book, estimator.booster_)
    model_id = models.log(book, "lightgbm", estimator, rows, estimator.predict)
    scores.remember(LIBRARY, book, estimator, model_id)


def _evaluated(given: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The data of evaluations, which has been given in two ways since version 4.7."""
    pairs = given.get("eval_set")
    if pairs is not None:
        return [pairs] if isinstance(pairs, tuple) else list(pairs)
    features, targets = given.get("eval_X"), given.get("eval_y")
    if features is None or targets is None:
        return []
    if isinstance(features, tuple) and isinstance(targets, tuple):
        return list(zip(features, targets, strict=False))
    return [(features, targets)]


def _observed(book: Logbook, call: Call) -> Call:
    """A call of ``train`` that tells of each iteration; its params are logged."""
    given = call.arguments()
    if not given:
        return call
    assert isinstance(book.options, IterationOptions)
    curves = Curves(book, every=book.options.log_every_n_iter)
    book.params({**given["params"], **{name: given[name] for name in ("num_boost_round", "keep_training_booster")}})

    def add(env: Any) -> None:
        curves.add(env.iteration, {f"{each[0]}-{each[1]}": each[2] for each in env.evaluation_result_list or ()})

    def observe(env: Any) -> None:
        book.attempt(lambda: add(env))

    observe.order = 0  # type: ignore[attr-defined]  # before one that stops the training
    book.at_end(curves.close)
    return call.having(callbacks=[observe, *(given.get("callbacks") or ())])


def _log_booster(book: Logbook, booster: Any) -> None:
    if booster.best_iteration > 0 and book.last_step is not None:  # it counts from one, and forgets what came after
        book.metrics({"best_iteration": booster.best_iteration, "stopped_iteration": book.last_step + 1})
    names = booster.feature_name()
    for kind in ("split", "gain"):
        importance = booster.feature_importance(importance_type=kind)
        boosters.log_importance(book, kind, dict(zip(names, importance.tolist(), strict=True)))


def _log_set(book: Logbook, data: Any, name: str | None = None) -> None:
    """Describe a ``Dataset`` as long as it has its data."""
    raw = getattr(data, "data", None)
    if raw is not None and not isinstance(raw, str):
        boosters.log_data(book, raw, getattr(data, "label", None), name=name)


LIBRARY = Library("lightgbm", ("lightgbm",), ("lightgbm",), ("4", "5"), _patch, IterationOptions)
