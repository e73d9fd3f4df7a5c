"""Measure everything, print it, and rewrite the table of ``docs/explanation/benchmarks.md``.

``python -m benchmarks [--print]``: with ``--print`` the page is left alone. Takes about six minutes on two cores.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import callers, searches, starts, table, transfers, writes
from benchmarks.servers import PEER, ROOT, genuine, ours
from benchmarks.table import Row

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks; returns the exit code."""
    if arguments not in ([], ["--print"]):
        print("usage: python -m benchmarks [--print]", file=sys.stderr)
        return 2
    if not PEER.exists():
        print("the genuine MLflow is not installed: run `make peer`", file=sys.stderr)
        return 1
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="runstone-bench-") as folder:
        rows = measured(Path(folder))
    if not arguments:
        table.write(PAGE, table.markdown(rows, _version_of_mlflow()))
        print(f"written to {PAGE.relative_to(ROOT)}")
    print(f"took {time.monotonic() - started:.0f} s")
    return 0


def measured(folder: Path) -> list[Row]:
    """All rows, printed as they come."""
    rows: list[Row] = []

    def keep(found: list[Row]) -> None:
        rows.extend(found)
        for row in found:
            print(" | ".join(row.cells), flush=True)

    print(" | ".join(table.HEAD), flush=True)
    keep(starts.command_rows(folder))
    with ours(folder / "ours") as server, genuine(folder / "mlflow") as mlflow:
        keep(starts.server_rows(mlflow, server))
        keep(starts.answer_rows(mlflow, server, folder))
        keep(writes.rows(mlflow, server))
        keep(callers.rows(mlflow, server, folder))
        keep(searches.rows(mlflow, server))
        keep(transfers.rows(mlflow, server, folder))
    return rows


def _version_of_mlflow() -> str:
    command = [str(PEER), "-c", "from importlib.metadata import version; print(version('mlflow'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
