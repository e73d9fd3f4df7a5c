"""The picture of the curves."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.table import Curve


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw the cost of a unit over the size, one field for each thing there is more of."""
    kinds = list(dict.fromkeys(curve.of for curve in curves))
    with mpl.rc_context({"svg.hashsalt": "runstone", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(5 * len(kinds), 3.6), layout="constrained")
        for axes, kind in zip(figure.subplots(1, len(kinds), squeeze=False)[0], kinds, strict=True):
            for curve in curves:
                if curve.of == kind:
                    line = "-" if curve.on == "SQLite" else "--"
                    named = f"{curve.what} ({curve.unit}, {curve.on})"
                    axes.plot(curve.sizes, curve.figures, line, marker="o", label=named)
            axes.set(xscale="log", yscale="log", xlabel=kind)
            axes.grid(visible=True, alpha=0.3)
            axes.legend(fontsize=7)
        figure.savefig(path, format="svg", metadata={"Date": None})
