"""The results: rows, and the page that shows them."""

import os
import platform
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

BEGIN = "<!-- table: written by `make bench` -->"
END = "<!-- table: end -->"


@dataclass(frozen=True)
class Row:
    """One thing that was measured on both sides.

    Attributes:
        what: What was done.
        unit: Unit of the figures.
        mlflow: The genuine figure; ``None`` where there is none.
        ours: Our figure; ``None`` where there is none yet.
        bar: What the design wants, in the unit; ``None`` where it names nothing for this.
        note: A word to the reader.
    """

    what: str
    unit: str
    mlflow: float | None
    ours: float | None
    bar: float | None = None
    note: str = ""

    @property
    def cells(self) -> list[str]:
        """What stands in the columns."""
        ratio = f"{shown(self.mlflow / self.ours)}x" if self.mlflow and self.ours else "-"
        met = "-" if self.bar is None or self.ours is None else ("yes" if self.ours <= self.bar else "**no**")
        bar = "-" if self.bar is None else shown(self.bar)
        return [self.what, self.unit, shown(self.mlflow), shown(self.ours), ratio, bar, met, self.note]


HEAD = ["what", "unit", "MLflow", "Runstone", "ratio", "bar", "met", "note"]


def shown(value: float | None) -> str:
    """A figure with two or three digits that say something."""
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def markdown(rows: list[Row], mlflow: str) -> str:
    """The facts of the machine, and the table."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    lines += [f"| {' | '.join(row.cells)} |" for row in rows]
    return f"{machine(mlflow)}\n\n" + "\n".join(lines) + "\n"


def machine(mlflow: str) -> str:
    """Where and when this was measured, a fact a line."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    day = datetime.now(UTC).date().isoformat()
    cores = f"{os.cpu_count()} cores ({model[1] if model else platform.machine()})"
    memory = f"{psutil.virtual_memory().total / 1e9:.0f} GB"
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return (
        f"- Day: {day}; load average at the end {os.getloadavg()[0]:.1f}\n"
        f"- Machine: {cores}, {memory}, {system}\n"
        f"- Versions: {python}, Runstone {version('runstone')}, MLflow {mlflow}"
    )


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
