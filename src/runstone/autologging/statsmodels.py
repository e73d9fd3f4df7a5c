"""Autologging of statsmodels: ``fit`` of every model."""

import copy
import numbers
import sys
from collections.abc import Generator, Mapping
from math import isnan
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models
from runstone.autologging.fits import Call, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import Options
from runstone.autologging.patches import Patches
from runstone.autologging.quiet import without_warnings

_TRAINS = ("fit", "fit_regularized", "fit_constrained")
# What results may say of themselves in one number.
_METRICS = (
    "aic", "aicc", "bic", "centered_tss", "condition_number", "deviance", "df_model", "df_resid", "ess", "f_pvalue",
    "fvalue", "hqic", "llf", "llr", "llr_pvalue", "mae", "mse", "mse_model", "mse_resid", "mse_total", "pearson_chi2",
    "prsquared", "rsquared", "rsquared_adj", "scale", "sse", "ssr", "uncentered_tss",
)  # fmt: skip


def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: Mapping[str, Any] | None = None,
) -> None:
    """Log every ``fit`` of a model of statsmodels from now on: its arguments, its numbers, its summary and the results.

    Args:
        log_models: Whether the results are logged as a model.
        log_datasets: Whether the run says what it was trained on.
        disable: ``True`` logs nothing any more, and puts the library's own functions back.
        exclusive: Whether a fit within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of statsmodels that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.

    Raises:
        InvalidValue: One of the tags breaks a rule.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    model = getattr(sys.modules.get("statsmodels.base.model"), "Model", None)
    if model is None:
        return
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and kind.__module__ == module.__name__ and issubclass(kind, model):
            for name in _TRAINS:
                patches.method(kind, name, watched(library, _fit))


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    model, given = call.args[0], call.arguments()
    boosters.log_estimator(book, model)
    arguments = dict(list(given.items())[1:])
    formula = getattr(model, "formula", None)
    more = arguments.pop("kwargs", {})
    book.params({**arguments, **more, **({} if formula is None else {"formula": formula})})
    data = getattr(model, "data", None)
    frame, outcome = getattr(data, "orig_exog", None), getattr(data, "orig_endog", None)
    boosters.log_data(book, outcome if frame is None else frame, None if frame is None else outcome)

    results = yield call

    # Results remember what they were asked for; those that the user gets were asked for nothing.
    asked = copy.copy(getattr(results, "_results", results))
    if isinstance(getattr(asked, "_cache", None), dict):
        asked._cache = dict(asked._cache)
    with without_warnings():
        book.metrics(_numbers(asked))
        _log_summary(book, asked)
    formula_data = getattr(data, "frame", None) if formula is not None else None
    rows = models.some_rows(frame if formula_data is None else formula_data)
    models.log(book, "statsmodels", results, rows, asked.predict if hasattr(asked, "predict") else None)


def _numbers(results: Any) -> dict[str, float]:
    found = {}
    for name in _METRICS:
        try:
            value = getattr(results, name)
        except Exception:  # noqa: BLE001, S112  # it says it has the number, and cannot compute it here
            continue
        if isinstance(value, numbers.Real) and not isnan(value):
            found[name] = float(value)
    return found


def _log_summary(book: Logbook, results: Any) -> None:
    try:
        text = results.summary().as_text()
    except Exception:  # noqa: BLE001  # not all results have one
        return
    book.file("model_summary.txt").write_text(text, "utf-8")


LIBRARY = Library("statsmodels", ("statsmodels",), ("statsmodels",), ("0.14", "0.16"), _patch, Options)
