"""What is better looked at than read as a number: the confusion matrix, and how a model is put together."""

from typing import Any

from runstone.autologging import pictures
from runstone.autologging.logbook import Logbook
from runstone.autologging.sklearn.evaluation import Evaluation

_MOST_CLASSES = 30


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
