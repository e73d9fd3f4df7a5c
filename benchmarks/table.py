"""Rows and curves of figures, and the page that shows them."""

import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

BEGIN = "<!-- table: written by `make bench` -->"
END = "<!-- table: end -->"


@dataclass(frozen=True)
class Row:
    """One thing that was measured on all sides.

    Attributes:
        what: What was done.
        unit: Unit of the figures.
        mlflow: The genuine figure; ``None`` where there is none.
        ours: Our figure; ``None`` where there is none yet.
        bar: What the design wants, in the unit; ``None`` where it names nothing for this.
        note: A word to the reader.
        fasttrackml: FastTrackML's figure; ``None`` where there is none.
        on: The database below all of them.
        is_rate: Whether more is better.
    """

    what: str
    unit: str
    mlflow: float | None
    ours: float | None
    bar: float | None = None
    note: str = ""
    fasttrackml: float | None = None
    on: str = "SQLite"
    is_rate: bool = False

    @property
    def cells(self) -> list[str]:
        """What stands in the columns."""
        bar = "-" if self.bar is None else shown(self.bar)
        figures = [shown(self.mlflow), shown(self.fasttrackml), shown(self.ours)]
        return [self.what, self.unit, self.on, *figures, self._ratio, bar, self._met, self.note]

    @property
    def _ratio(self) -> str:
        if not self.mlflow or not self.ours or self.ours < 0:  # a slowdown that drowns in the noise is no share
            return "-"
        return f"{shown(self.ours / self.mlflow if self.is_rate else self.mlflow / self.ours)}x"

    @property
    def _met(self) -> str:
        if self.bar is None or self.ours is None:
            return "-"
        return "yes" if (self.ours >= self.bar if self.is_rate else self.ours <= self.bar) else "**no**"


HEAD = ["what", "unit", "on", "MLflow", "FastTrackML", "Runstone", "ratio", "bar", "met", "note"]


def row(what: str, unit: str, figures: Mapping[str, float], **fields: object) -> Row:
    """A row from figures by the name of the server."""
    return Row(what, unit, figures.get("mlflow"), figures.get("ours"), fasttrackml=figures.get("fasttrackml"), **fields)  # type: ignore[arg-type]  # the fields of a row


@dataclass(frozen=True)
class Curve:
    """What a unit of work costs as more is there.

    Attributes:
        what: What was done.
        unit: Unit of the figures.
        of: What there is more and more of.
        sizes: How much there was, rising.
        figures: The cost at each of them.
        on: The database below.
    """

    what: str
    unit: str
    of: str
    sizes: Sequence[int]
    figures: Sequence[float]
    on: str = "SQLite"

    @property
    def cells(self) -> list[str]:
        """What stands in the columns."""
        steps = [f"{size:,}: {shown(figure)}" for size, figure in zip(self.sizes, self.figures, strict=True)]
        return [
            self.what,
            self.unit,
            self.on,
            self.of,
            ", ".join(steps),
            f"{shown(self.figures[-1] / self.figures[0])}x",
        ]


CURVE_HEAD = ["what", "unit", "on", "with more", "cost at each size", "last / first"]


@dataclass(frozen=True)
class Results:
    """What one group of benchmarks found.

    Attributes:
        where: The machine, the day and the versions.
        rows: Its rows.
        curves: Its curves.
    """

    where: str
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def shown(value: float | None) -> str:
    """A figure with two or three digits that say something."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def markdown(groups: Mapping[str, Results], picture: str) -> str:
    """Where each group was measured, the table, and the curves with their picture."""
    where = list(dict.fromkeys(found.where for found in groups.values()))
    lines = [f"- {each}: {', '.join(name for name in groups if groups[name].where == each)}" for each in where]
    lines += ["", *_table(HEAD, [row.cells for found in groups.values() for row in found.rows])]
    curves = [curve for found in groups.values() for curve in found.curves]
    if curves:
        lines += ["", *_table(CURVE_HEAD, [curve.cells for curve in curves])]
        lines += ["", f"![What a unit of work costs as more is there]({picture})"]
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(cells)} |" for cells in rows)]


def machine(mlflow: str) -> str:
    """Where, when and with what something was measured."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    day = datetime.now(UTC).date().isoformat()
    cores = f"{os.cpu_count()} cores ({model[1] if model else platform.machine()})"
    memory = f"{psutil.virtual_memory().total / 1e9:.0f} GB"
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    load = f"load average {os.getloadavg()[0]:.1f} before"
    return f"{day}, {load}, {cores}, {memory}, {system}, {python}, Runstone {version('runstone')}, MLflow {mlflow}"


def write(page: Path, text: str) -> None:
    """Put text between the two marks of a page.

    Raises:
        ValueError: The page lacks a mark.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has to hold the lines {BEGIN!r} and {END!r}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
