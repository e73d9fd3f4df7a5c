"""The figures of the demonstration, as PNG files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_BLUE, _ORANGE = "#2f6fb3", "#d9772b"
_DPI = 110
_ROWS, _COLUMNS, _GAP = 3, 4, 2


def confusion_matrix(place: Path, counts: Integers, names: Sequence[str]) -> None:
    """Draw how often each class was taken for which.

    Args:
        place: File to write.
        counts: int64, shape (n, n); rows are the truth, columns what the model said.
        names: Names of the n classes.
    """
    figure, axes = _axes(5.2, 4.8)
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            colour = "white" if counts[row, column] > counts.max() / 2 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="the model says", ylabel="it is", title="Confusion matrix, validation set")
    figure.savefig(place, dpi=_DPI)


def misread(place: Path, images: Floats, truth: Integers, said: Integers, sure: Floats) -> None:
    """Draw images that were taken for something else, the surest mistakes first.

    Args:
        place: File to write.
        images: float64, shape (n, 8, 8), grey values.
        truth: int64, shape (n,).
        said: int64, shape (n,), what the model said.
        sure: float64, shape (n,), how sure it was, 0 to 1.
    """
    order = np.argsort(-sure)[: _ROWS * _COLUMNS]
    side = images.shape[1] + 2 * _GAP
    rows = max(1, -(-len(order) // _COLUMNS))
    sheet = np.zeros((rows * (side + _GAP), _COLUMNS * side))
    figure, axes = _axes(6, 0.6 + 1.6 * rows, left=0.02, bottom=0.02, top=1 - 0.45 / (0.6 + 1.6 * rows), right=0.98)
    for at, which in enumerate(order):
        top, left = at // _COLUMNS * (side + _GAP) + 2 * _GAP, at % _COLUMNS * side + _GAP
        sheet[top : top + images.shape[1], left : left + images.shape[2]] = images[which]
        text = f"{truth[which]} read as {said[which]} ({sure[which]:.0%})"
        axes.text(left + images.shape[2] / 2, top - 1, text, ha="center", va="bottom", fontsize=9)
    axes.imshow(sheet, cmap="gray_r")
    axes.set_axis_off()
    axes.set_title(f"{len(truth)} of the digits misread, the surest mistakes first")
    figure.savefig(place, dpi=_DPI)


def roc_curve(place: Path, curve: tuple[Floats, Floats], area: float) -> None:
    """Draw a receiver operating characteristic.

    Args:
        place: File to write.
        curve: Rates of false and of true positives, float64, shape (n,) each.
        area: Area under the curve.
    """
    figure, axes = _axes(5, 4.4)
    axes.plot(*curve, color=_BLUE, label=f"area {area:.4f}")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle=":", label="chance")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC curve, validation set")
    axes.legend(loc="lower right")
    figure.savefig(place, dpi=_DPI)


def importances(place: Path, weights: Mapping[str, float]) -> None:
    """Draw the twelve features that matter most.

    Args:
        place: File to write.
        weights: Importance by feature.
    """
    top = sorted(weights.items(), key=lambda item: abs(item[1]))[-12:]
    figure, axes = _axes(6.8, 4.4, left=0.3)
    axes.barh([name for name, _ in top], [value for _, value in top], color=_BLUE)
    axes.set(title="What the model looks at")
    figure.savefig(place, dpi=_DPI)


def coefficient_path(place: Path, alphas: Floats, coefficients: Floats, names: Sequence[str], best: float) -> None:
    """Draw how the coefficients of a linear model shrink as it is held back more.

    Args:
        place: File to write.
        alphas: float64, shape (n,), the strengths of the penalty.
        coefficients: float64, shape (n, m).
        names: Names of the m features.
        best: Strength with the lowest error.
    """
    figure, axes = _axes(6.6, 4.4)
    for name, values in zip(names, coefficients.T, strict=True):
        axes.plot(alphas, values, label=name)
    axes.axvline(best, color="0.4", linestyle=":", label="lowest error")
    axes.set(xscale="log", xlabel="alpha", ylabel="coefficient", title="Coefficients along the path")
    axes.legend(fontsize=8, ncols=2)
    figure.savefig(place, dpi=_DPI)


def predicted_and_measured(place: Path, measured: Floats, predicted: Floats) -> None:
    """Draw each patient's measured value against the predicted one.

    Args:
        place: File to write.
        measured: float64, shape (n,).
        predicted: float64, shape (n,).
    """
    figure, axes = _axes(5, 4.6)
    ends = [float(min(measured.min(), predicted.min())), float(max(measured.max(), predicted.max()))]
    axes.plot(ends, ends, color="0.6", linestyle=":", label="perfect")
    axes.scatter(measured, predicted, s=18, color=_ORANGE, alpha=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set(xlabel="measured", ylabel="predicted", title="Disease progression after one year")
    axes.legend()
    figure.savefig(place, dpi=_DPI)


def _axes(width: float, height: float, **edges: float) -> tuple[Figure, Axes]:
    """A figure of this size in inches with one pair of axes. Fixed edges cost half of what a measured layout does."""
    figure = Figure(figsize=(width, height))
    figure.subplots_adjust(**({"left": 0.14, "bottom": 0.13, "top": 0.91, "right": 0.97} | edges))
    axes: Axes = figure.subplots()
    return figure, axes
