"""What is better looked at than read as a number: curves, the confusion matrix, how a model is put together."""

from typing import Any

from runstone.autologging import pictures
from runstone.autologging.logbook import Logbook
from runstone.autologging.sklearn.evaluation import Evaluation

_MOST_CLASSES = 30
_MOST_POINTS = 400  # of a curve, taken evenly


def log(book: Logbook, estimator: Any, training: Evaluation) -> None:
    """Log the pictures of a fitted estimator.

    Args:
        book: That of its fit.
        estimator: Fitted.
        training: What was measured of it on its training data.
    """
    if any(hasattr(value, "get_params") for value in estimator.get_params().values()):
        from sklearn.utils import estimator_html_repr

        book.file("estimator.html").write_text(estimator_html_repr(estimator), "utf-8")
    table = training.confusion()
    if table is not None and len(table[1]) <= _MOST_CLASSES:
        rows, labels = table
        book.file("training_confusion_matrix.svg").write_text(
            pictures.matrix(rows, labels, "true classes, by what was predicted"), "utf-8"
        )
    curves = training.curves()
    if curves is not None:
        positive, roc, precision = curves
        book.file("training_roc_curve.svg").write_text(
            pictures.curve(
                _points(roc),
                f"ROC curve of the class {positive}",
                "false positive rate",
                "true positive rate",
                chance=True,
            ),
            "utf-8",
        )
        book.file("training_precision_recall_curve.svg").write_text(
            pictures.curve(_points(precision), f"precision of the class {positive}", "recall", "precision"), "utf-8"
        )


def _points(curve: Any) -> list[list[float]]:
    import numpy as np

    kept = curve if len(curve) <= _MOST_POINTS else curve[np.linspace(0, len(curve) - 1, _MOST_POINTS).astype(int)]
    points: list[list[float]] = kept.tolist()
    return points
