"""What the boosting libraries share: importance of features, and the data of evaluations."""

import json
from collections.abc import Mapping
from typing import Any

from runstone.autologging import datasets, pictures, scores
from runstone.autologging.logbook import Logbook
from runstone.autologging.patches import Patches


def log_estimator(book: Logbook, estimator: Any) -> None:
    """Say which class it is that is fitted."""
    kind = type(estimator)
    book.tags({"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__qualname__}"})


def watch_predictions(kind: type, patches: Patches) -> None:
    """Remember what the models of a class predict."""
    for name in scores.PREDICTS:
        patches.method(kind, name, scores.predicting)


def log_data(book: Logbook, features: Any, targets: Any = None, *, name: str | None = None) -> None:
    """Say what is trained on, or evaluated on if it has a name; data of an unknown kind goes without."""
    if book.options.log_datasets:
        described = datasets.describe(features, targets, name=name)
        if described is not None:
            book.input(described, "train" if name is None else "eval")


def log_importance(book: Logbook, kind: str, values: Mapping[str, float]) -> None:
    """Keep the importance of features, as numbers and as a picture.

    Args:
        book: That of the fit.
        kind: How it is counted, such as ``gain``.
        values: By feature.
    """
    plain = {feature: float(value) for feature, value in values.items()}
    if plain:
        book.file(f"feature_importance_{kind}.json").write_text(json.dumps(plain, indent=1), "utf-8")
        chart = pictures.bars([(feature, abs(value)) for feature, value in plain.items()], f"importance by {kind}")
        book.file(f"feature_importance_{kind}.svg").write_text(chart, "utf-8")
