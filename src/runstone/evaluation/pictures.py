"""Pictures of an evaluation, with MLflow's names where it has them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps, rc_context
from matplotlib.figure import Figure

from runstone.evaluation.document import Comparison, Curve, Evaluation
from runstone.evaluation.explanations import Explained
from runstone.media import figures

_SIZE = (6.4, 4.8)
# Where names of any length stand beside an axis its room has to be measured, which takes as long as drawing.
_MEASURED = {"confusion_matrix", "permutation_importance_plot", "shap_summary_plot", "comparison_plot"}
_NAME = 32
_DOTS = 300
_FAINT = {"color": "0.6", "linewidth": 1, "linestyle": "--"}


def pictures(found: Evaluation, explained: Explained | None) -> dict[str, bytes]:
    """The pictures as PNG, by the name of the file.

    Args:
        found: What they show.
        explained: The SHAP values, where there are some.
    """
    drawers: dict[str, Callable[[Any, Evaluation], None] | None] = {
        "roc_curve_plot": _roc if found.roc else None,
        "precision_recall_curve_plot": _precision_recall if found.precision_recall else None,
        "lift_curve_plot": _lift if found.lift else None,
        "calibration_curve_plot": _calibration if found.calibration else None,
        "confusion_matrix": _confusion if found.confusion else None,
        "residuals_plot": _residuals if found.residuals else None,
        "forecast_plot": _forecast if found.series else None,
        "permutation_importance_plot": _importance if found.importance else None,
        "shap_summary_plot": None if explained is None else lambda axes, found: _shap(axes, explained, found.positive),
        "comparison_plot": _comparison if found.comparison and found.comparison.metrics else None,
    }
    return {
        f"{name}.png": _drawn(draw, found, is_measured=name in _MEASURED)
        for name, draw in drawers.items()
        if draw is not None
    }


def _drawn(draw: Callable[[Any, Evaluation], None], found: Evaluation, *, is_measured: bool) -> bytes:
    # Names are shown as they are: a dollar sign begins no formula.
    with rc_context({"text.parse_math": False}):
        figure = Figure(figsize=_SIZE, dpi=100, layout="constrained" if is_measured else None)
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes, found)
        return figures.encode(figure, ".png")


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _lines(axes: Any, curves: Sequence[Curve], **look: Any) -> None:
    for curve in curves:
        area = "" if curve.area is None else f", area {curve.area:.3f}"
        axes.plot(curve.x, curve.y, label=f"{_short(curve.label)}{area}", **look)
    axes.legend(frameon=False)


def _roc(axes: Any, found: Evaluation) -> None:
    axes.plot([0, 1], [0, 1], **_FAINT)
    _lines(axes, found.roc)
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC")


def _precision_recall(axes: Any, found: Evaluation) -> None:
    _lines(axes, found.precision_recall)
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 1.02), title="Precision and recall")


def _lift(axes: Any, found: Evaluation) -> None:
    axes.axhline(1, **_FAINT)
    _lines(axes, found.lift)
    axes.set(xlabel="share of the examples, highest scores first", ylabel="lift", title="Lift")


def _calibration(axes: Any, found: Evaluation) -> None:
    axes.plot([0, 1], [0, 1], **_FAINT)
    _lines(axes, found.calibration, marker="o", markersize=4)
    axes.set(xlabel="predicted probability", ylabel="share of positives", title="Calibration")


def _confusion(axes: Any, found: Evaluation) -> None:
    assert found.confusion is not None
    labels, counts = [_short(label) for label in found.confusion.labels], found.confusion.counts
    shares = [[count / (sum(row) or 1) for count in row] for row in counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(labels))
    axes.set(xlabel="predicted", ylabel="true", title="Confusion matrix")
    axes.set_xticks(places, labels)
    axes.set_yticks(places, labels)
    if len(labels) <= 20:
        for row, line in enumerate(counts):
            for column, count in enumerate(line):
                color = "white" if shares[row][column] > 0.5 else "black"
                axes.text(column, row, f"{count:g}", ha="center", va="center", color=color)


def _residuals(axes: Any, found: Evaluation) -> None:
    assert found.residuals is not None
    axes.axhline(0, **_FAINT)
    axes.scatter(found.residuals.prediction, found.residuals.residual, s=10, alpha=0.6)
    axes.set(xlabel="prediction", ylabel="target less prediction", title="Residuals")


def _forecast(axes: Any, found: Evaluation) -> None:
    series = found.series[0]
    places = range(len(series.time))
    axes.plot(places, series.target, color="black", linewidth=1.2, label="came")
    axes.plot(places, series.prediction, label="predicted")
    if series.baseline is not None:
        axes.plot(places, series.baseline, label="predicted by the other model", **_FAINT)
    if series.lower is not None and series.upper is not None:
        axes.fill_between(places, series.lower, series.upper, alpha=0.2, linewidth=0)
    shown = [round(place * (len(series.time) - 1) / 4) for place in range(5)] if len(series.time) > 4 else list(places)
    axes.set_xticks(shown, [str(series.time[place])[:10] for place in shown])
    axes.set_title(f"Forecast {_short(series.name)}".strip())
    axes.legend(frameon=False)


def _importance(axes: Any, found: Evaluation) -> None:
    assert found.importance is not None
    features = found.importance.features[:15][::-1]
    means = [feature.mean for feature in features]
    ends = [[feature.mean - feature.low for feature in features], [feature.high - feature.mean for feature in features]]
    places = range(len(features))
    axes.set_yticks(places, [_short(feature.name) for feature in features])
    axes.barh(places, means, xerr=ends, ecolor="0.4", capsize=2)
    axes.set(xlabel=f"loss of {found.importance.metric} when shuffled", title="Importance")


_UNITS = {
    "prediction": "the prediction",
    "log_prediction": "the logarithm of the prediction",
    "probability": "the probability",
    "log_odds": "the log-odds",
}


def _shap(axes: Any, explained: Explained, positive: str | None) -> None:
    """The values of each example, or the means of each label where there are several."""
    features, labels = explained.shap.features[:15][::-1], explained.shap.labels
    axes.set_yticks(range(len(features)), [_short(feature.name) for feature in features])
    unit = _UNITS[explained.shap.unit] + (f" of {_short(positive)}" if positive is not None else "")
    if labels:
        lefts = np.zeros(len(features))
        for place, label in enumerate(labels[:10]):
            widths = np.array([feature.by_label[place] for feature in features])
            axes.barh(range(len(features)), widths, left=lefts, label=_short(label))
            lefts = lefts + widths
        axes.legend(frameon=False)
        axes.set(xlabel=f"mean of the absolute SHAP values, of {unit}", title="SHAP")
        return
    random = np.random.default_rng(0)
    for height, feature in enumerate(features):
        place = explained.names.index(feature.name)
        values = explained.values[:_DOTS, place, 0]
        places = height + random.uniform(-0.25, 0.25, len(values))
        axes.scatter(values, places, s=6, c=_ranks(explained.rows, place)[:_DOTS], cmap="coolwarm", vmin=0, vmax=1)
    axes.axvline(0, **_FAINT)
    axes.set(xlabel=f"SHAP value, of {unit}", title="SHAP")
    low, high = colormaps["coolwarm"]([0.0, 1.0])
    axes.plot([], [], "o", markersize=4, color=low, label="low value of the feature")
    axes.plot([], [], "o", markersize=4, color=high, label="high value")
    axes.legend(frameon=False, fontsize="small")


def _ranks(rows: Any, place: int) -> Any:
    """Where each value of a feature stands among all, from 0 to 1; in the middle where they have no order."""
    values = pd.Series(rows[:, place] if isinstance(rows, np.ndarray) else rows.iloc[:, place].array)
    if not pd.api.types.is_numeric_dtype(values):
        return np.full(len(values), 0.5)
    return values.astype(np.float64).rank(pct=True).fillna(0.5).to_numpy()


def _comparison(axes: Any, found: Evaluation) -> None:
    compared: Comparison | None = found.comparison
    assert compared is not None
    # Each in its own unit: seen as a share of the other model's value.
    rows = [(name, each, abs(each.baseline or 0) or 1.0) for name, each in compared.metrics.items()][::-1]
    for place, (_, each, unit) in enumerate(rows):
        color = {"candidate": "tab:green", "baseline": "tab:red", None: "0.5"}[each.better]
        if each.low is not None and each.high is not None:
            axes.plot([each.low / unit, each.high / unit], [place, place], color=color, linewidth=2)
        axes.plot([(each.difference or 0) / unit], [place], "o", color=color)
    axes.axvline(0, **_FAINT)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axes.set(xlabel=f"difference to {_short(compared.baseline)}, as a share of its value", title="Comparison")
