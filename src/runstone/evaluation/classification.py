"""Metrics of a classifier: scikit-learn's, and the same ones quick enough to be computed a thousand times."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn import metrics as sk

from runstone.evaluation.classes import Classified
from runstone.evaluation.examples import BoolArray, FloatArray, IntArray
from runstone.evaluation.scoring import Scores, counted

# Of more labels than this the area below each one's curve is not resampled: it would take minutes.
_RANKED = 20

# Whether greater is better; what is not here is neither, and has no interval.
BETTER = {
    "score": True,
    "accuracy_score": True,
    "balanced_accuracy_score": True,
    "recall_score": True,
    "precision_score": True,
    "f1_score": True,
    "matthews_corrcoef": True,
    "log_loss": False,
    "brier_score_loss": False,
    "roc_auc": True,
    "precision_recall_auc": True,
}


def classification_scores(examples: Classified) -> Scores:
    """The metrics of a classifier, by scikit-learn, with MLflow's names."""
    truth, predicted, weights = examples.truth, examples.predicted, examples.weights
    values: dict[str, float] = {}
    notes: list[str] = []
    if (positive := examples.labels.positive) is not None:
        order = [1 - positive, positive]
        cells = sk.confusion_matrix(truth, predicted, labels=order, sample_weight=weights).ravel()
        names = ("true_negatives", "false_positives", "false_negatives", "true_positives")
        values.update(zip(names, map(float, cells), strict=True))
        chosen = {"pos_label": positive, "average": "binary"}
    else:
        occurring = np.union1d(examples.seen, predicted[counted(examples)])
        chosen = {"labels": occurring, "average": examples.average}
    values["example_count"] = float(len(truth))
    values["accuracy_score"] = sk.accuracy_score(truth, predicted, sample_weight=weights)
    options = {**chosen, "sample_weight": weights, "zero_division": 0.0}
    values["recall_score"] = sk.recall_score(truth, predicted, **options)
    values["precision_score"] = sk.precision_score(truth, predicted, **options)
    values["f1_score"] = sk.f1_score(truth, predicted, **options)
    values["balanced_accuracy_score"] = _balanced_accuracy(examples)
    values["matthews_corrcoef"] = _correlation(examples)
    if examples.probabilities is None:
        notes.append("roc_auc, log_loss and the curves need probabilities, which were not given")
    else:
        _add_probability_scores(examples, examples.probabilities, values, notes)
    return Scores({name: float(value) for name, value in values.items()}, BETTER, notes)


def _balanced_accuracy(examples: Classified) -> float:
    # As balanced_accuracy_score, which warns where a label was predicted that is never true.
    recalls = sk.recall_score(
        examples.truth,
        examples.predicted,
        labels=examples.seen,
        average=None,
        sample_weight=examples.weights,
        zero_division=0.0,
    )
    return float(np.mean(recalls))


def _correlation(examples: Classified) -> float:
    # As matthews_corrcoef, which warns where there is one label only.
    if len(np.union1d(examples.truth, examples.predicted)) < 2:
        return 0.0
    return float(sk.matthews_corrcoef(examples.truth, examples.predicted, sample_weight=examples.weights))


def _add_probability_scores(examples: Classified, told: FloatArray, values: dict[str, float], notes: list[str]) -> None:
    truth, weights = examples.truth, examples.weights
    labels = list(range(told.shape[1]))
    if len(labels) > 1:
        values["log_loss"] = sk.log_loss(truth, told, labels=labels, sample_weight=weights)
        values["brier_score_loss"] = _brier(examples, told)
    seen = examples.seen
    missing = [text for place, text in enumerate(examples.labels.texts) if place not in seen]
    if len(labels) < 2 or missing:
        absent = f"no example of {', '.join(map(repr, missing))}" if missing else "one label only"
        notes.append(f"roc_auc is not defined: there is {absent} among the targets")
        return
    if (positive := examples.labels.positive) is not None:
        is_positive = truth == positive
        values["roc_auc"] = sk.roc_auc_score(is_positive, told[:, positive], sample_weight=weights)
        values["precision_recall_auc"] = sk.average_precision_score(
            is_positive, told[:, positive], sample_weight=weights
        )
    else:
        average = examples.average if examples.average != "micro" else "macro"
        values["roc_auc"] = sk.roc_auc_score(
            truth, told, labels=labels, multi_class="ovr", average=average, sample_weight=weights
        )


def _brier(examples: Classified, told: FloatArray) -> float:
    if (positive := examples.labels.positive) is not None:
        truth = examples.truth == positive
        return float(
            sk.brier_score_loss(truth, told[:, positive], sample_weight=examples.weights, labels=[False, True])
        )
    labels = list(range(told.shape[1]))
    return float(sk.brier_score_loss(examples.truth, told, sample_weight=examples.weights, labels=labels))


@dataclass(frozen=True, eq=False)
class QuickClassification:
    """The metrics of a classifier as functions of the weights of the examples, with nothing computed twice."""

    examples: Classified

    def __call__(self, weights: FloatArray) -> dict[str, float]:
        """The metrics where each example counts so much; NaN where one is not defined.

        Args:
            weights: float64, shape (rows,).
        """
        if self.examples.weights is not None:
            weights = weights * self.examples.weights
        return {**self._of_counts(weights), **self._of_probabilities(weights)}

    @cached_property
    def _cells(self) -> IntArray:
        return self.examples.truth * len(self.examples.labels.known) + self.examples.predicted

    def _of_counts(self, weights: FloatArray) -> dict[str, float]:
        count = len(self.examples.labels.known)
        table = np.bincount(self._cells, weights, minlength=count * count).astype(np.float64).reshape(count, count)
        hits, true, said, total = table.diagonal(), table.sum(axis=1), table.sum(axis=0), table.sum()
        recalls, precisions = _share(hits, true), _share(hits, said)
        f1s = _share(2 * hits, true + said)
        mean = self._mean(true / total, (true > 0) | (said > 0))
        accuracy = float(hits.sum() / total)
        is_micro = self.examples.labels.positive is None and self.examples.average == "micro"
        spread = (total**2 - said @ said) * (total**2 - true @ true)
        correlation = (hits.sum() * total - true @ said) / np.sqrt(spread) if spread > 0 else 0.0
        return {
            "accuracy_score": accuracy,
            "recall_score": accuracy if is_micro else mean(recalls),
            "precision_score": accuracy if is_micro else mean(precisions),
            "f1_score": accuracy if is_micro else mean(f1s),
            "balanced_accuracy_score": float(recalls[true > 0].mean()),
            "matthews_corrcoef": float(correlation),
        }

    def _mean(self, shares: FloatArray, occurs: BoolArray) -> Callable[[FloatArray], float]:
        positive = self.examples.labels.positive
        if positive is not None:
            return lambda values: float(values[positive])
        if self.examples.average == "macro":
            return lambda values: float(values[occurs].mean())
        return lambda values: float(values @ shares)

    @cached_property
    def _row_losses(self) -> tuple[FloatArray, FloatArray]:
        told = self.examples.probabilities
        assert told is not None
        rows = np.arange(len(told))
        smallest = np.finfo(np.float64).eps
        hit = np.zeros_like(told)
        hit[rows, self.examples.truth] = 1
        squares = ((told - hit) ** 2).sum(axis=1)
        if self.examples.labels.positive is not None:
            squares = squares / 2
        return -np.log(np.clip(told[rows, self.examples.truth], smallest, 1 - smallest)), squares

    @cached_property
    def _ranks(self) -> list["_Ranked"]:
        told = self.examples.probabilities
        assert told is not None
        positive = self.examples.labels.positive
        places = range(told.shape[1]) if positive is None else [positive]
        return [_Ranked.of(self.examples.truth == place, told[:, place]) for place in places]

    def _of_probabilities(self, weights: FloatArray) -> dict[str, float]:
        told = self.examples.probabilities
        if told is None or told.shape[1] < 2:
            return {}
        losses, squares = self._row_losses
        total = weights.sum()
        found = {"log_loss": float(weights @ losses / total), "brier_score_loss": float(weights @ squares / total)}
        if self.examples.labels.positive is not None:
            found["roc_auc"], found["precision_recall_auc"] = self._ranks[0].areas(weights)
            return found
        if told.shape[1] > _RANKED:
            return found
        areas = np.array([ranked.areas(weights)[0] for ranked in self._ranks])
        shares = np.bincount(self.examples.truth, weights, minlength=told.shape[1]) / total
        found["roc_auc"] = float(areas @ shares if self.examples.average == "weighted" else areas.mean())
        return found


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Examples from the highest score down, with the starts of the groups of equal scores."""

    order: IntArray
    is_positive: FloatArray
    starts: IntArray

    @classmethod
    def of(cls, is_positive: "np.ndarray[tuple[int], np.dtype[np.bool_]]", scores: FloatArray) -> "_Ranked":
        order = np.argsort(-scores, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])
        return cls(order, is_positive[order].astype(np.float64), starts)

    def areas(self, weights: FloatArray) -> tuple[float, float]:
        """Below the ROC curve, and the average precision; NaN where either class has no weight."""
        ordered = weights[self.order]
        positives = np.add.reduceat(ordered * self.is_positive, self.starts)
        everything = np.add.reduceat(ordered, self.starts)
        hits, all_so_far = np.cumsum(positives), np.cumsum(everything)
        total = hits[-1]
        misses = all_so_far - hits
        if total <= 0 or misses[-1] <= 0:
            return float("nan"), float("nan")
        before = np.r_[0.0, hits[:-1]]
        roc = float(((everything - positives) * (before + hits)).sum() / 2 / total / misses[-1])
        area = float(positives @ _share(hits, all_so_far) / total)
        return roc, area


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Part by whole; 0 where there is nothing."""
    shares: FloatArray = np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
    return shares
