"""Autologging of XGBoost: ``train``, and the estimators that it has for scikit-learn."""

from collections.abc import Generator, Mapping, Sequence
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models, scores
from runstone.autologging.curves import Curves
from runstone.autologging.fits import Call, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import IterationOptions
from runstone.autologging.patches import Patches

_MOST_CELLS = 500_000  # of a matrix that is copied to be told apart


class XgboostOptions(IterationOptions, frozen=True, kw_only=True):
    """Choices for XGBoost.

    Attributes:
        importance_types: How the importance of features is counted; by weight if ``None``.
        model_format: How a model is written: ``ubj`` or ``json``.
    """

    importance_types: Sequence[str] | None = None
    model_format: str = "ubj"


def autolog(
    importance_types: Sequence[str] | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    model_format: str = "ubj",
    extra_tags: Mapping[str, Any] | None = None,
    log_every_n_iter: int | None = None,
) -> None:
    """Log every training by XGBoost from now on: params, the metrics of each iteration, importances and the model.

    Args:
        importance_types: How the importance of features is counted, such as ``["weight", "gain"]``.
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the model is logged.
        log_datasets: Whether the run says what it was trained on.
        disable: ``True`` logs nothing any more, and puts XGBoost's own functions back.
        exclusive: Whether a training within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of XGBoost that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        model_format: How the model is written: ``ubj`` or ``json``.
        extra_tags: Tags of every run that is logged to.
        log_every_n_iter: Log each iteration that is a multiple of it; as the budget allows if ``None``.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number is none that can be chosen.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    if module.__name__ == "xgboost":  # all of it is there then
        patches.functions(module, ["train"], watched(library, _train, inner=_observed))
        for kind in vars(module).values():
            for base in kind.__mro__ if isinstance(kind, type) else ():
                if base.__module__ == "xgboost.sklearn":
                    patches.method(base, "fit", watched(library, _fit))
                    boosters.watch_predictions(base, patches)


def _train(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    """Log a call of ``train``."""
    given = call.arguments()
    _log_matrix(book, given.get("dtrain"))

    booster = yield _observed(book, call)

    _log_booster(book, booster)
    models.log(book, "xgboost", booster, None, None, **_model_format(book))


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    """Log a call of ``fit`` of an estimator, which calls ``train``."""
    estimator, given = call.args[0], call.arguments()
    boosters.log_estimator(book, estimator)
    boosters.log_data(book, given.get("X"), given.get("y"))
    for number, pair in enumerate(given.get("eval_set") or ()):
        boosters.log_data(book, pair[0], pair[1], name=f"validation_{number}")
    rows = models.some_rows(given.get("X")) if book.options.log_models else None

    yield call

    book.defaults(estimator.get_params())
    _log_booster(book, estimator.get_booster())
    model_id = models.log(book, "xgboost", estimator, rows, estimator.predict, **_model_format(book))
    scores.remember(LIBRARY, book, estimator, model_id)


def _observed(book: Logbook, call: Call) -> Call:
    """A call of ``train`` that tells of each iteration; its params are logged."""
    import xgboost

    given = call.arguments()
    if not given:
        return call
    curves = Curves(book, every=_options(book).log_every_n_iter)
    others = ("num_boost_round", "maximize", "early_stopping_rounds", "verbose_eval", "custom_metric")
    book.params({**dict(given["params"]), **{name: given[name] for name in others if name in given}})

    def add(epoch: int, told: Mapping[str, Any]) -> None:
        curves.add(
            epoch, {f"{data}-{name}": values[-1] for data, all_ in told.items() for name, values in all_.items()}
        )

    class Observer(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            del model
            book.attempt(lambda: add(epoch, evals_log))
            return False

    book.at_end(curves.close)
    # The first, since one that stops the training keeps those after it from seeing the iteration.
    return call.having(callbacks=[Observer(), *(given.get("callbacks") or ())])


def _log_booster(book: Logbook, booster: Any) -> None:
    found = booster.attributes()
    if "best_iteration" in found and book.last_step is not None:  # the booster may have forgotten what came after
        book.metrics({"best_iteration": int(found["best_iteration"]), "stopped_iteration": book.last_step})
    for kind in _options(book).importance_types or ("weight",):
        try:
            values = booster.get_score(importance_type=kind)
        except Exception:  # noqa: BLE001, S112  # linear boosters know no other than weight
            continue
        flat = {name: sum(map(abs, value)) if isinstance(value, list) else value for name, value in values.items()}
        boosters.log_importance(book, kind, flat)


def _log_matrix(book: Logbook, matrix: Any) -> None:
    try:
        size = matrix.num_row() * matrix.num_col()
        data = matrix.get_data() if size <= _MOST_CELLS else None
        labels = matrix.get_label()
    except Exception:  # noqa: BLE001  # a matrix may be on a device, or read from files bit by bit
        return
    boosters.log_data(book, labels if data is None else data, labels if len(labels) else None)


def _model_format(book: Logbook) -> dict[str, Any]:
    return {"model_format": _options(book).model_format}


def _options(book: Logbook) -> XgboostOptions:
    assert isinstance(book.options, XgboostOptions)
    return book.options


LIBRARY = Library("xgboost", ("xgboost",), ("xgboost", "xgboost-cpu"), ("2", "4"), _patch, XgboostOptions)
