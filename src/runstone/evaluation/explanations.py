"""How much each feature moves what a model says: SHAP values, where the library ``shap`` is installed.

Models of trees are explained by their trees (Lundberg and others, 2020), where what that says adds up to what the model
says; all others are asked about mixtures of the examples (Lundberg and Lee, 2017).
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from time import perf_counter
from typing import Any, Literal

import numpy as np
import pandas as pd

from runstone.evaluation.classes import Labels
from runstone.evaluation.examples import Examples, FloatArray, IntArray
from runstone.evaluation.feature_records import Shap, ShapFeature
from runstone.evaluation.kinds import Judged, Kind, settled
from runstone.evaluation.models import Model
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import told_error

Unit = Literal["prediction", "log_prediction", "probability", "log_odds"]

_ROWS = {"tree": 1000, "kernel": 200, "permutation": 200}
_FEWEST = 20
_TRIED = 10
_BACKGROUND = 50
_CELLS = 10_000_000  # of a table of mixtures
_SHOWN = 30
_QUICK_S = 5.0
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What is kept, and the values behind it, which the picture shows.

    Attributes:
        shap: What is kept.
        values: float64, shape (rows, features, outputs).
        rows: The features of the same rows: a frame, or an array.
        names: Of the features.
    """

    shap: Shap
    values: FloatArray
    rows: Any
    names: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A model as a function from rows to numbers."""

    found: Examples
    model: Model
    predictions: str | None
    kind: Kind
    options: Options
    labels: Labels | None

    def __call__(self, features: Any) -> FloatArray:
        """What it says: predictions, or the probability of the label that is looked for, or of each of several.

        A classifier that tells no probabilities is sure of its label.

        Args:
            features: Rows, as the model takes them.

        Returns:
            float64, shape (rows, outputs).
        """
        assert self.found.targets is not None
        targets = pd.Series(np.repeat(self.found.targets.to_numpy()[:1], len(features)))
        plain = Examples(pd.DataFrame(index=targets.index), features, self.found.feature_names, targets)
        said = self.kind.judge(plain, self.model, self.predictions, self.options)
        if self.labels is None:
            return np.asarray(said.predicted)[:, np.newaxis]
        told = said.probabilities
        if told is None:
            told = (said.predicted[:, np.newaxis] == np.arange(len(self.labels.known))).astype(np.float64)
        return np.asarray(told if self.labels.positive is None else told[:, [self.labels.positive]])


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """A way to explain rows.

    Attributes:
        algorithm: Its name.
        unit: What the values add up to.
        background: How many examples stand for a feature that is not known.
        explain: The values of rows, by number: float64, shape (rows, features, outputs).
        row_s: Seconds that one row takes.
    """

    algorithm: str
    unit: Unit
    background: int
    explain: Callable[[IntArray], FloatArray]
    row_s: float


def explained(
    found: Examples, model: Model, predictions: str | None, judged: Judged, kind: Kind, options: Options
) -> tuple[Explained | None, list[str]]:
    """The SHAP values of a sample of the examples, and why they were left out.

    Args:
        found: The examples, with targets.
        model: What predicts.
        predictions: The column of what it gives that counts.
        judged: What it said of the examples.
        kind: Its type.
        options: Whether and how it is explained.
    """
    if options.log_model_explainability is False or not found.feature_names or len(found) < 2:
        return None, []
    if find_spec("shap") is None:
        wanted = options.explainability_algorithm is not None
        return None, ["SHAP values need the library shap: pip install shap"] if wanted else []
    plain = replace(settled(options, judged), history=None)  # mixtures of examples are of no series
    asked = _Asked(found, model, predictions, kind, plain, getattr(judged, "labels", None))
    try:
        with _undisturbed(options.seed):
            return _explained(asked)
    except Exception as error:  # noqa: BLE001  # no explanation is worth an evaluation
        note = (
            f"SHAP values were left out, for computing them failed with {told_error(error)}; "
            "evaluator_config={'log_model_explainability': False} does not try"
        )
        return None, [note]


@contextmanager
def _undisturbed(seed: int) -> Iterator[None]:
    """Let the library use NumPy's global generator, and warn, with no trace of either."""
    state = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)


def _explained(asked: _Asked) -> tuple[Explained | None, list[str]]:
    found, options = asked.found, asked.options
    rows = np.random.default_rng(options.seed).permutation(len(found)).astype(np.int64)
    way = _by_trees(asked, rows[:_TRIED]) if options.explainability_algorithm is None else None
    if way is None:
        way = _by_asking(asked, options.explainability_algorithm or "kernel", rows)
    count = min(len(rows), options.explainability_nsamples or _ROWS[way.algorithm])
    least = min(count, _FEWEST)
    if options.log_model_explainability is None:
        while count >= least and count * way.row_s > _QUICK_S:
            count //= 2
    if count < least:
        note = (
            f"SHAP values were left out: they would take about {way.row_s:.2g} s for each example; "
            "evaluator_config={'log_model_explainability': True} computes them"
        )
        return None, [note]
    values = way.explain(rows[:count])
    if not np.isfinite(values).all():
        raise ValueError("some of the values are not finite")
    return _kept(asked, way, values, rows[:count]), []


def _kept(asked: _Asked, way: _Way, values: FloatArray, rows: IntArray) -> Explained:
    means = np.abs(values).mean(axis=0)
    totals, labels = means.sum(axis=1), asked.labels
    several = [] if labels is None or labels.positive is not None else labels.texts
    order = np.argsort(-totals, kind="stable")
    names = asked.found.feature_names
    features = [
        ShapFeature(names[place], float(totals[place]), means[place].tolist() if several else [])
        for place in order[:_SHOWN]
    ]
    left_out = max(0, len(names) - _SHOWN)
    kept = Shap(way.algorithm, way.unit, len(rows), features, way.background, several, left_out)
    return Explained(kept, values, _rows(asked.found.features, rows), names)


def _rows(features: Any, rows: IntArray) -> Any:
    return features[rows] if isinstance(features, np.ndarray) else features.iloc[rows]


def _by_trees(asked: _Asked, few: IntArray) -> _Way | None:
    """By the trees of a model; ``None`` where it has none, or where they do not add up to what it says."""
    import shap

    features = asked.found.features
    try:
        explainer = shap.TreeExplainer(asked.model.native)

        def explain(rows: IntArray) -> tuple[FloatArray, FloatArray]:
            seen = asked.model.native_rows(_rows(features, rows))
            told = explainer(seen, check_additivity=False)
            values = np.asarray(told.values, dtype=np.float64).reshape(len(rows), len(asked.found.feature_names), -1)
            base = np.asarray(told.base_values, dtype=np.float64).reshape(len(rows), -1)
            return _outputs(values, asked), _outputs(base, asked)

        values, base = explain(few)
        begin = perf_counter()
        explain(few)
        row_s = (perf_counter() - begin) / len(few)
    except Exception:  # noqa: BLE001  # a model without trees is asked
        return None
    unit = _unit(base + values.sum(axis=1), asked(_rows(features, few)), is_classifier=asked.labels is not None)
    return None if unit is None else _Way("tree", unit, 0, lambda rows: explain(rows)[0], row_s)


def _outputs(values: FloatArray, asked: _Asked) -> FloatArray:
    """What trees say, in the order of the outputs of the model: its labels, or the one that is looked for."""
    labels = asked.labels
    if labels is None:
        return values
    known = asked.model.labels or labels.known
    if values.shape[-1] == 1 and labels.positive is not None:  # of the second of two labels
        return values if known.index(labels.known[labels.positive]) == 1 else -values
    wanted = labels.known if labels.positive is None else [labels.known[labels.positive]]
    return values[..., [known.index(label) for label in wanted]]


def _unit(total: FloatArray, said: FloatArray, *, is_classifier: bool) -> Unit | None:
    """What the values add up to, as seen by what the model says of the same rows."""

    def same(values: FloatArray) -> bool:
        allowed = _TOLERANCE * float(np.abs(said).max())
        return values.shape == said.shape and bool(np.allclose(values, said, rtol=_TOLERANCE, atol=allowed))

    if same(total):
        return "probability" if is_classifier else "prediction"
    with np.errstate(over="ignore"):
        powers = np.exp(total)
        if not is_classifier:
            return "log_prediction" if same(powers) else None
        shares = powers / (1 + powers) if total.shape[1] == 1 else powers / powers.sum(axis=1, keepdims=True)
    return "log_odds" if same(shares) else None


def _by_asking(asked: _Asked, algorithm: str, rows: IntArray) -> _Way:
    """By what a model says of rows whose features are taken from several examples.

    The library mixes numbers of rows, so that each value of a feature has the type that it had.
    """
    import shap

    features, count = asked.found.features, len(asked.found.feature_names)
    mixtures = min(2 ** min(count, 40), 2 * count + 512) if algorithm == "kernel" else 10 * (2 * count + 1)
    size = int(np.clip(_CELLS // (mixtures * count), 5, _BACKGROUND))
    # Others than those that are explained, where there are enough.
    background = rows[-size:]

    def matrix(chosen: IntArray) -> FloatArray:
        return np.repeat(chosen[:, np.newaxis], count, axis=1).astype(np.float64)

    def ask(mixed: FloatArray) -> FloatArray:
        said = asked(_mixed(features, mixed.astype(np.int64)))
        return said[:, 0] if said.shape[1] == 1 else said

    if algorithm == "kernel":
        kernel = shap.KernelExplainer(ask, matrix(background))

        def values(chosen: IntArray) -> Any:
            return kernel.shap_values(matrix(chosen), nsamples=mixtures, l1_reg=False, silent=True)
    else:
        masker = shap.maskers.Independent(matrix(background), max_samples=size)
        explainer = shap.Explainer(ask, masker, algorithm=algorithm, seed=asked.options.seed)

        def values(chosen: IntArray) -> Any:
            return explainer(matrix(chosen), silent=True).values

    def explain(chosen: IntArray) -> FloatArray:
        return np.asarray(values(chosen), dtype=np.float64).reshape(len(chosen), count, -1)

    tried = matrix(np.resize(rows, min(2000, mixtures * size)))
    begin = perf_counter()
    ask(tried)
    row_s = (perf_counter() - begin) * mixtures * size / len(tried)
    unit: Unit = "prediction" if asked.labels is None else "probability"
    return _Way(algorithm, unit, len(background), explain, row_s)


def _mixed(features: Any, rows: IntArray) -> Any:
    """Rows whose features are those of several rows.

    Args:
        features: A frame, or an array.
        rows: For each new row and each feature the row that it is taken from, int64, shape (rows, features).
    """
    if isinstance(features, np.ndarray):
        return features[rows, np.arange(rows.shape[1])]
    columns = {place: features.iloc[:, place].array.take(rows[:, place]) for place in range(rows.shape[1])}
    return pd.DataFrame(columns).set_axis(features.columns, axis=1)
