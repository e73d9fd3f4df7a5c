"""The area under the curves of pairs of classes, without scikit-learn's checks of each pair."""

from itertools import combinations
from typing import Any


def of_pairs(truth: Any, chances: Any) -> float | None:
    """What ``roc_auc_score`` gives for pairs of classes, by their sizes; it checks what it is given anew for each pair.

    The area of one class against another is how often a row of it has the greater chance of it (Hand and Till, 2001).

    Args:
        truth: The class of each row.
        chances: Of each row, the chance of each class, in the order of the classes.

    Returns:
        The mean area; ``None`` where these are not three classes or more of which all occur, which is scikit-learn's to
        measure or to refuse.
    """
    import numpy as np

    if not all(isinstance(array, np.ndarray) for array in (truth, chances)):
        return None
    if (truth.ndim, chances.ndim) != (1, 2) or truth.dtype.kind not in "iuU" or len(truth) != len(chances):
        return None
    labels = np.unique(truth)
    if len(labels) < 3 or len(labels) != chances.shape[1] or not np.allclose(1, chances.sum(axis=1)):
        return None
    rows = [chances[truth == label] for label in labels]
    pairs = list(combinations(range(len(rows)), 2))
    areas = [(_area(rows, one, other) + _area(rows, other, one)) / 2 for one, other in pairs]
    return float(np.average(areas, weights=[len(rows[one]) + len(rows[other]) for one, other in pairs]))


def _area(rows: list[Any], one: int, other: int) -> float:
    """How often a row of one class has a greater chance of it than one of the other; equal ones count half."""
    import numpy as np

    chances, others = rows[one][:, one], np.sort(rows[other][:, one])
    twice = np.searchsorted(others, chances, "left").sum() + np.searchsorted(others, chances, "right").sum()
    return float(twice / (2 * len(chances) * len(others)))
