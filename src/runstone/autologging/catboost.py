"""Autologging of CatBoost."""

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

# Any of these lets a training stop early.
_STOPS = ("early_stopping_rounds", "od_type", "od_wait", "od_pval")


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
    """Log every training by CatBoost from now on: params, the metrics of each iteration, importances and the model.

    The metrics are logged when the training has ended: CatBoost tells of them in between at a price that grows with
    each iteration, and not at all on a GPU.

    Args:
        log_input_examples: Whether a few rows of the training data are kept with the model.
        log_model_signatures: Whether the model says which columns it takes and gives.
        log_models: Whether the model is logged.
        log_datasets: Whether the run says what it was trained on.
        disable: ``True`` logs nothing any more, and puts CatBoost's own functions back.
        exclusive: Whether a training within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of CatBoost that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.
        log_every_n_iter: Log each iteration that is a multiple of it; as the budget allows if ``None``.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number is none that can be chosen.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    if module.__name__ == "catboost":
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__.startswith("catboost."):
                patches.method(kind, "fit", watched(library, _fit))
                patches.method(kind, "score", scores.scoring)
                boosters.watch_predictions(kind, patches)


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    model, given = call.args[0], call.arguments()
    boosters.log_estimator(book, model)
    book.params(model.get_params())
    features, targets = given.get("X"), given.get("y")
    is_pool = hasattr(features, "get_feature_names") and hasattr(features, "get_label")
    if not is_pool:
        boosters.log_data(book, features, targets)
    rows = models.some_rows(features) if book.options.log_models and not is_pool else None

    yield call

    all_params = _all_params(model)
    book.defaults(all_params)
    _log_curves(book, model, {**all_params, **model.get_params(), **_said(given)})
    best = model.get_best_iteration()
    if best is not None and book.last_step is not None:  # the model may have forgotten the trees after its best one
        book.metrics({"best_iteration": best, "stopped_iteration": book.last_step})
    boosters.log_importance(book, "prediction", _importance(model))
    model_id = models.log(book, "catboost", model, rows, model.predict)
    scores.remember(LIBRARY, book, model, model_id)


def _all_params(model: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = model.get_all_params()
    except Exception:  # noqa: BLE001  # a model that was summed up or loaded has none
        return {}
    return found


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a fit that go before the model's params of the same name."""
    return {name: given[name] for name in ("metric_period", *_STOPS) if given.get(name) is not None}


def _log_curves(book: Logbook, model: Any, chosen: Mapping[str, Any]) -> None:
    """Log each metric by iteration.

    CatBoost tells values alone: of every iteration, or of each ``metric_period`` and the last; but of every iteration
    for the metric that may stop the training.

    Args:
        book: That of the fit.
        model: Fitted.
        chosen: Its params, and the arguments of its fit that say when metrics are computed.
    """
    assert isinstance(book.options, IterationOptions)
    series = {
        f"{data}-{name}": values for data, all_ in model.get_evals_result().items() for name, values in all_.items()
    }
    period, count = chosen.get("metric_period") or 1, max(map(len, series.values()), default=0)
    if period > 1 and not any(chosen.get(name) is not None for name in _STOPS):
        count = chosen.get("iterations") or (count - 1) * period + 1
    rows: dict[int, dict[str, float]] = {}
    for name, values in series.items():
        for number, value in enumerate(values):
            step = number if len(values) == count else min(number * period, count - 1)
            rows.setdefault(step, {})[name] = value
    curves = Curves(book, every=book.options.log_every_n_iter)
    for step in sorted(rows):
        curves.add(step, rows[step])
    curves.close()


def _importance(model: Any) -> dict[str, float]:
    try:
        values = model.get_feature_importance()
        return dict(zip(model.feature_names_, map(float, values), strict=True))
    except Exception:  # noqa: BLE001  # of some losses it needs the data once more
        return {}


LIBRARY = Library("catboost", ("catboost",), ("catboost",), ("1.2", "2"), _patch, IterationOptions)
