"""Curves of a classifier, and the tables that go with them."""

from collections.abc import Iterator

import numpy as np
from sklearn import metrics as sk

from runstone.evaluation.classes import Classified
from runstone.evaluation.document import Confusion, Curve
from runstone.evaluation.examples import BoolArray, FloatArray

POINTS = 200
_BINS = 10


def thinned(x: FloatArray, y: FloatArray, points: int = POINTS) -> tuple[list[float], list[float]]:
    """At most so many points of a curve, spread along its way; its ends stay.

    Args:
        x: float64, shape (n,).
        y: float64, shape (n,).
        points: Upper bound of the result's length, >= 2.

    Example:
        >>> thinned(np.array([0.0, 0.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]), points=3)
        ([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    """
    if len(x) > points:
        way = np.r_[0.0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))]
        wanted = np.linspace(0, way[-1], points)
        kept = np.unique(np.r_[0, np.searchsorted(way, wanted[1:-1]), len(x) - 1])
        x, y = x[kept], y[kept]
    return [float(value) for value in x], [float(value) for value in y]


def roc(examples: Classified, most: int) -> list[Curve]:
    """True positive rate over false positive rate, of each label that is looked for."""
    found = []
    for label, is_positive, told in _each(examples, most):
        x, y, _ = sk.roc_curve(is_positive, told, sample_weight=examples.weights)
        area = sk.roc_auc_score(is_positive, told, sample_weight=examples.weights)
        found.append(Curve(label, *thinned(x, y), area=float(area)))
    return found


def precision_recall(examples: Classified, most: int) -> list[Curve]:
    """Precision over recall, of each label that is looked for."""
    found = []
    for label, is_positive, told in _each(examples, most):
        y, x, _ = sk.precision_recall_curve(is_positive, told, sample_weight=examples.weights)
        area = sk.average_precision_score(is_positive, told, sample_weight=examples.weights)
        found.append(Curve(label, *thinned(x[::-1], y[::-1]), area=float(area)))
    return found


def lift(examples: Classified, most: int) -> list[Curve]:
    """How many times more positives than by chance there are among the highest scores, for two labels."""
    if examples.labels.positive is None:
        return []
    found = []
    for label, is_positive, told in _each(examples, most):
        order = np.argsort(-told, kind="stable")
        weights = np.ones(len(told)) if examples.weights is None else examples.weights
        share = np.cumsum(weights[order]) / weights.sum()
        hits = np.cumsum((weights * is_positive)[order]) / (weights @ is_positive)
        # Of equal scores none is higher, in whatever order they stand in the data.
        used = (share > 0) & np.r_[np.diff(told[order]) != 0, True]
        found.append(Curve(label, *thinned(share[used], hits[used] / share[used])))
    return found


def calibration(examples: Classified, most: int) -> list[Curve]:
    """Share of positives over predicted probability, in ten bins of equal width; empty bins are left out."""
    found = []
    edges = np.linspace(0, 1, _BINS + 1)[1:-1]
    for label, is_positive, told in _each(examples, most):
        weights = np.ones(len(told)) if examples.weights is None else examples.weights
        bins = np.searchsorted(edges, told)
        counts = np.bincount(bins, minlength=_BINS)
        total = np.bincount(bins, weights, minlength=_BINS)
        used = total > 0
        x = np.bincount(bins, weights * told, minlength=_BINS)[used] / total[used]
        y = np.bincount(bins, weights * is_positive, minlength=_BINS)[used] / total[used]
        found.append(Curve(label, x.tolist(), y.tolist(), counts=counts[used].tolist()))
    return found


def confusion(examples: Classified) -> Confusion:
    """How often each label was predicted for each true one."""
    labels = list(range(len(examples.labels.known)))
    if len(labels) == 1:  # of which scikit-learn warns
        count = len(examples.truth) if examples.weights is None else examples.weights.sum()
        return Confusion(examples.labels.texts, [[float(count)]])
    table = sk.confusion_matrix(examples.truth, examples.predicted, labels=labels, sample_weight=examples.weights)
    return Confusion(examples.labels.texts, [[float(count) for count in row] for row in table])


def classes(examples: Classified) -> dict[str, dict[str, float | None]]:
    """Metrics of each label against all others."""
    weights, seen = examples.weights, examples.seen
    found: dict[str, dict[str, float | None]] = {}
    for place, label in enumerate(examples.labels.texts):
        truth, said = examples.truth == place, examples.predicted == place
        tn, fp, fn, tp = sk.confusion_matrix(truth, said, labels=[False, True], sample_weight=weights).ravel()
        recall, precision = _share(tp, tp + fn), _share(tp, tp + fp)
        row: dict[str, float | None] = {
            "true_negatives": float(tn),
            "false_positives": float(fp),
            "false_negatives": float(fn),
            "true_positives": float(tp),
            "recall_score": recall,
            "precision_score": precision,
            "f1_score": _share(2 * tp, 2 * tp + fp + fn),
        }
        if examples.probabilities is not None:
            told = examples.probabilities[:, place]
            is_defined = place in seen and len(seen) > 1
            row["roc_auc"] = float(sk.roc_auc_score(truth, told, sample_weight=weights)) if is_defined else None
            row["precision_recall_auc"] = (
                float(sk.average_precision_score(truth, told, sample_weight=weights)) if is_defined else None
            )
        found[label] = row
    return found


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _each(examples: Classified, most: int) -> Iterator[tuple[str, BoolArray, FloatArray]]:
    """Each label that has a curve: its text, which examples are of it, and the probability that was predicted."""
    told = examples.probabilities
    if told is None or (examples.labels.positive is None and told.shape[1] > most):
        return
    positive, seen = examples.labels.positive, examples.seen
    for place in range(told.shape[1]) if positive is None else [positive]:
        if place in seen and len(seen) > 1:
            yield examples.labels.texts[place], examples.truth == place, told[:, place]
