"""The fitted model as a logged model, with what it takes and gives."""

from collections.abc import Callable
from typing import Any

from runstone.autologging.logbook import Logbook
from runstone.client.fluent import models
from runstone.client.model_logging import Entry
from runstone.flavors import resolve
from runstone.flavors.saving import Extras
from runstone.models.signature import ModelSignature, infer_signature

NAME = "model"
_ROWS = 100  # that a signature is read from
_EXAMPLE_ROWS = 5

Predict = Callable[[Any], Any]


def some_rows(features: Any) -> Any:
    """Rows that show what a model takes: the first ones, and of a frame one with a gap for each column that has gaps.

    They are copied, since training may change what it is given. ``None`` where there are no rows.
    """
    try:
        return _some_rows(features)
    except (TypeError, ValueError, AttributeError):  # nothing that has rows
        return None


def _some_rows(features: Any) -> Any:
    if hasattr(features, "iloc"):
        places = list(range(min(_ROWS, len(features))))
        for number in range(features.shape[1] if features.ndim > 1 else 0):
            gaps = features.iloc[:, number].isna().to_numpy()
            first = int(gaps.argmax()) if len(gaps) else 0
            if first >= _ROWS and gaps[first]:
                places.append(first)
        return features.iloc[sorted(set(places))].copy()
    if hasattr(features, "clone") and type(features).__module__.startswith("polars"):
        return features.head(_ROWS)
    if hasattr(features, "shape") and len(features.shape) and hasattr(features, "copy"):
        return features[:_ROWS].copy()
    return list(features[:_ROWS]) if isinstance(features, list | tuple) else None


def log(book: Logbook, flavor: str, model: Any, rows: Any, predict: Predict | None, **options: Any) -> str | None:
    """Log a model; what fails of that is told, and the rest is logged all the same.

    Args:
        book: That of the fit.
        flavor: Which flavor keeps it.
        model: The model.
        rows: What ``some_rows`` gave; ``None`` for a model without signature.
        predict: What the model says of rows.
        **options: The flavor's own.

    Returns:
        Its id; ``None`` where it was not logged.
    """
    logged: list[str] = []
    if book.options.log_models and flavor in resolve.names():
        book.attempt(lambda: logged.append(_log(book, flavor, model, rows, predict, options)))
    return logged[0] if logged else None


def _log(book: Logbook, flavor: str, model: Any, rows: Any, predict: Predict | None, options: dict[str, Any]) -> str:
    chosen = book.options
    signature: ModelSignature | bool = False
    if chosen.log_model_signatures and rows is not None and predict is not None:
        signature = _signature(rows, predict)
    example = rows[:_EXAMPLE_ROWS] if chosen.log_input_examples and rows is not None else None
    info = models.log_model(
        resolve.named(flavor),
        model,
        Entry(name=NAME),
        Extras(signature=signature, input_example=example),
        registered_model_name=chosen.registered_model_name,
        **options,
    )
    return info.model_id


def _signature(rows: Any, predict: Predict) -> ModelSignature | bool:
    try:
        return infer_signature(rows, predict(rows))
    except Exception:  # noqa: BLE001  # rows may be of a kind that no signature knows; the model is kept without
        return False
