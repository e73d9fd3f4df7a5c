"""What a model looks at: how much its predictions suffer when the values of one feature are shuffled.

This is permutation importance (Breiman, 2001), as scikit-learn computes it.
"""

from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from sklearn import metrics as sk
from sklearn.inspection import permutation_importance

from runstone.evaluation.examples import Examples
from runstone.evaluation.feature_records import Feature, Importance
from runstone.evaluation.kinds import Judged, Kind, settled
from runstone.evaluation.models import Model
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import counted

_ROWS = 1000
_SHOWN = 30
_QUICK_S = 5.0


class _Asked:
    """A model as scikit-learn's function takes one."""

    def fit(self) -> None:
        """It is fitted."""


def importance(
    found: Examples, model: Model, predictions: str | None, judged: Judged, kind: Kind, options: Options
) -> tuple[Importance | None, list[str]]:
    """The importance of the features, and why it was left out.

    Args:
        found: The examples, with targets.
        model: What predicts.
        predictions: The column of what it gives that counts.
        judged: What it said of the examples.
        kind: Its type.
        options: How often features are shuffled, and whether at all.
    """
    if options.log_model_explainability is False or not found.feature_names or len(counted(found)) < 2:
        return None, []
    part = _sample(found, options)
    plain = settled(options, judged)

    def score(_: Any, features: Any, targets: Any) -> float:
        said = kind.judge(replace(part, features=features, targets=targets), model, predictions, plain)
        measured = sk.accuracy_score if kind.importance_metric == "accuracy_score" else sk.r2_score
        return float(measured(said.truth, said.predicted, sample_weight=said.weights))

    begin = perf_counter()
    score(None, part.features, part.targets)
    takes = (perf_counter() - begin) * options.importance_repeats * len(found.feature_names)
    if takes > _QUICK_S and options.log_model_explainability is None:
        note = (
            f"the importance of the {len(found.feature_names)} features was left out: it would take about "
            f"{takes:.0f} s; evaluator_config={{'log_model_explainability': True}} measures it"
        )
        return None, [note]
    shuffled = permutation_importance(
        _Asked(),
        part.features,
        part.targets,
        scoring=score,
        n_repeats=options.importance_repeats,
        random_state=options.seed,
    )["importances"]
    features = [
        Feature(name, float(values.mean()), float(values.min()), float(values.max()))
        for name, values in zip(found.feature_names, shuffled, strict=True)
    ]
    features.sort(key=lambda feature: -feature.mean)
    left_out = max(0, len(features) - _SHOWN)
    repeats = int(options.importance_repeats)
    return Importance(
        "permutation", kind.importance_metric, repeats, len(part), features[:_SHOWN], left_out=left_out
    ), []


def _sample(found: Examples, options: Options) -> Examples:
    rows, most = counted(found), options.explainability_nsamples or _ROWS
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(options.seed).choice(rows, most, replace=False))
    features = found.features[rows] if isinstance(found.features, np.ndarray) else found.features.iloc[rows]
    assert found.targets is not None
    weights = None if found.weights is None else found.weights[rows]
    return Examples(found.frame.iloc[rows], features, found.feature_names, found.targets.iloc[rows], weights)
