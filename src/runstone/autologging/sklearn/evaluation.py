"""A fitted estimator measured on data: MLflow's names, scikit-learn's numbers."""

from collections.abc import Callable, Iterator
from math import isnan
from time import perf_counter
from typing import Any

from runstone.autologging.quiet import without_warnings
from runstone.autologging.sklearn import areas

# Predicting may be far slower than fitting: neighbours only remember, and count later. So many rows are tried first.
_PROBES = (200, 2000)
_MOST_S = 10.0

Measure = Callable[[], Any]


class Evaluation:
    """An estimator and the data that it is measured on.

    Attributes:
        predicted: What it predicts, once that was asked for.
        found: What was measured, by name.
    """

    def __init__(self, estimator: Any, features: Any, targets: Any, weights: Any, pos_label: Any) -> None:
        """Remember; nothing is computed yet.

        Args:
            estimator: Fitted.
            features: The data.
            targets: What should be predicted, for each row; ``None`` where there is nothing.
            weights: The weight of each row, or ``None``.
            pos_label: The class that precision and recall are about; ``None`` for their weighted mean.
        """
        self._estimator, self._features, self._targets = estimator, features, _plain(targets)
        self._weights, self._pos_label = weights, pos_label
        self.predicted: Any = None
        self.probabilities: Any = None
        self.found: dict[str, float] = {}

    def run(self, *, most_s: float) -> None:
        """Measure what can be measured; nothing where that would take too long.

        Args:
            most_s: Seconds that it may take, if that is more than ten.
        """
        if self._features is None or isinstance(self._features, Iterator):  # which the fit has read to its end
            return
        if type(_last(self._estimator)).__module__.startswith("sklearn.semi_supervised."):
            self._leave_out_unlabelled()
        if self._takes_longer(max(most_s, _MOST_S)):
            return
        import sklearn

        # What was fitted with has been looked at before.
        with without_warnings(), sklearn.config_context(skip_parameter_validation=True):
            self._measure()

    def _measure(self) -> None:
        if self._targets is not None and hasattr(self._estimator, "predict"):
            from sklearn.base import is_classifier, is_regressor

            if is_classifier(self._estimator):
                self._measure_classes()
            elif is_regressor(self._estimator):
                self._measure_numbers()
        if hasattr(self._estimator, "score"):
            self._add("score", self._score)

    def _measure_classes(self) -> None:
        from sklearn import metrics

        truth, weights = self._targets, self._weights
        self.predicted = predicted = self._estimator.predict(self._features)
        average: dict[str, Any] = {"average": "weighted"}
        if self._pos_label is not None and self._pos_label in self._two_classes():
            average = {"average": "binary", "pos_label": self._pos_label}
        counts: list[float] = []

        def count() -> float:
            counts.extend(
                metrics.precision_recall_fscore_support(
                    truth, predicted, sample_weight=weights, zero_division=0.0, **average
                )[:3]
            )
            return counts[0]

        self._add("precision_score", count)
        self._add("recall_score", lambda: counts[1])
        self._add("f1_score", lambda: counts[2])
        self._add("accuracy_score", lambda: metrics.accuracy_score(truth, predicted, sample_weight=weights))
        if hasattr(self._estimator, "predict_proba"):
            self._measure_probabilities()

    def _measure_probabilities(self) -> None:
        from sklearn import metrics

        truth, weights = self._targets, self._weights
        self.probabilities = chances = self._estimator.predict_proba(self._features)
        labels = getattr(self._estimator, "classes_", None)
        self._add("log_loss", lambda: metrics.log_loss(truth, chances, sample_weight=weights, labels=labels))
        self._add("roc_auc", self._area)

    def _area(self) -> Any:
        from sklearn import metrics

        truth, weights, chances = self._targets, self._weights, self.probabilities
        known = areas.of_pairs(truth, chances) if weights is None else None
        if known is not None:
            return known
        has_labels = len(getattr(truth, "shape", ())) == 2 and truth.shape[1] > 1  # several, each of which may be true
        return metrics.roc_auc_score(
            truth,
            chances[:, 1] if chances.shape[1] == 2 and not has_labels else chances,
            average="weighted",
            sample_weight=weights,
            multi_class="ovo" if weights is None else "ovr",  # pairs of classes know no weights
        )

    def curves(self) -> tuple[Any, Any, Any] | None:
        """The positive class, its ROC curve, and its precision by recall; ``None`` where there are not two classes.

        A curve is an array of points, float64, shape (n, 2).
        """
        labels = self._two_classes()
        if "accuracy_score" not in self.found or not labels:
            return None
        import sklearn

        try:
            with without_warnings(), sklearn.config_context(skip_parameter_validation=True):
                return self._curves(labels)
        except Exception:  # noqa: BLE001  # as for a number that cannot be measured
            return None

    def _curves(self, labels: list[Any]) -> tuple[Any, Any, Any] | None:
        import numpy as np
        from sklearn import metrics

        positive = self._pos_label if self._pos_label in labels else labels[1]
        if self.probabilities is not None:
            told = self.probabilities[:, labels.index(positive)]
        else:
            told = self._estimator.decision_function(self._features) * (1 if positive == labels[1] else -1)
        false, true, _ = metrics.roc_curve(self._targets, told, pos_label=positive, sample_weight=self._weights)
        precision, recall, _ = metrics.precision_recall_curve(
            self._targets, told, pos_label=positive, sample_weight=self._weights
        )
        roc, by_recall = np.column_stack([false, true]), np.column_stack([recall, precision])
        # Where a class has no weight, there is no rate.
        return (positive, roc, by_recall) if np.isfinite(roc).all() and np.isfinite(by_recall).all() else None

    def _two_classes(self) -> list[Any]:
        """The classes, where the estimator tells apart two of them, and that once for each row; else none."""
        labels = getattr(self._estimator, "classes_", None)
        of_two = getattr(labels, "shape", None) == (2,) and getattr(self.predicted, "ndim", 1) == 1
        return list(labels.tolist()) if labels is not None and of_two else []

    def confusion(self) -> tuple[list[list[float]], list[str]] | None:
        """How many rows of each class were taken for each class, and the names of the classes; ``None`` without any."""
        if "accuracy_score" not in self.found or getattr(self.predicted, "ndim", 1) > 1:
            return None
        import numpy as np

        truth, predicted = np.asarray(self._targets).ravel(), np.asarray(self.predicted)
        labels, places = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
        table = np.zeros((len(labels), len(labels)), dtype=np.int64 if self._weights is None else np.float64)
        np.add.at(table, (places[: len(truth)], places[len(truth) :]), 1 if self._weights is None else self._weights)
        return table.tolist(), [str(label) for label in labels]

    def _measure_numbers(self) -> None:
        from sklearn import metrics

        truth, weights = self._targets, self._weights
        self.predicted = predicted = self._estimator.predict(self._features)
        for measure in (
            metrics.mean_squared_error,
            metrics.mean_absolute_error,
            metrics.r2_score,
            metrics.root_mean_squared_error,
        ):
            self._add(measure.__name__, lambda: measure(truth, predicted, sample_weight=weights))  # noqa: B023  # now

    def _score(self) -> Any:
        from sklearn.base import ClassifierMixin, RegressorMixin

        usual = {ClassifierMixin.score: "accuracy_score", RegressorMixin.score: "r2_score"}
        known = self.found.get(usual.get(getattr(type(_last(self._estimator)), "score", None), ""))
        if known is not None:
            return known
        weights = {} if self._weights is None else {"sample_weight": self._weights}
        return self._estimator.score(self._features, self._targets, **weights)

    def _add(self, name: str, measure: Measure) -> None:
        """Measure what can be measured: a curve needs two classes, and a user's own scores may raise anything."""
        try:
            value = float(measure())
        except Exception:  # noqa: BLE001  # a model that cannot be measured so lacks this one number
            return
        if not isnan(value):
            self.found[name] = value

    def _leave_out_unlabelled(self) -> None:
        """Measure on the rows that have a label; -1 says to these estimators that one has none."""
        import numpy as np
        from sklearn.utils import _safe_indexing

        rows = np.flatnonzero(np.asarray(self._targets).ravel() != -1)
        self._features, self._targets = _safe_indexing(self._features, rows), _safe_indexing(self._targets, rows)

    def _takes_longer(self, most_s: float) -> bool:
        """Whether predicting all rows would, judged by a few of them."""
        rows = self._features.shape[0] if hasattr(self._features, "shape") else len(self._features)
        if rows <= 10 * _PROBES[-1] or not hasattr(self._estimator, "predict"):
            return False
        rows_of = self._features.iloc if hasattr(self._features, "iloc") else self._features
        if hasattr(rows_of, "tocsr"):  # sparse ones of other kinds have no rows to take
            rows_of = rows_of.tocsr()
        times = []
        for count in _PROBES:
            began = perf_counter()
            self._estimator.predict(rows_of[:count])
            times.append(perf_counter() - began)
        return (times[1] - times[0]) / (_PROBES[1] - _PROBES[0]) * rows > most_s


def _last(estimator: Any) -> Any:
    """The estimator at the end of a pipeline."""
    from sklearn.pipeline import Pipeline

    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    return estimator


def _plain(targets: Any) -> Any:
    """A column as an array, which every measure would make of it again."""
    return targets.to_numpy() if hasattr(targets, "to_numpy") and targets.ndim == 1 else targets
