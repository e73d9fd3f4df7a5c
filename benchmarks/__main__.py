"""Measure, print, keep what was found, and rewrite ``docs/explanation/benchmarks.md`` from all that is kept.

``python -m benchmarks [--print] [GROUP...]``: all groups or some; with ``--print`` nothing is kept or rewritten.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from benchmarks import (
    autologs,
    callers,
    crowd,
    histories,
    many_runs,
    models,
    picture,
    processes,
    scaling,
    searches,
    starts,
    table,
    transfers,
    writes,
)
from benchmarks.servers import PEER, ROOT, ours
from benchmarks.stage import Stage
from benchmarks.table import Curve, Results, Row

PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"
PICTURE = ROOT / "docs" / "_static" / "scaling.svg"
KEPT = ROOT / "benchmarks" / "results"

Found = list[Row] | list[Curve]


def _starts(stage: Stage) -> list[Row]:
    commands = starts.command_rows(stage.folder)
    return [
        *commands,
        *starts.server_rows(stage.mlflow, stage.ours),
        *starts.answer_rows(stage.mlflow, stage.ours, stage.folder),
    ]


def _on_postgres(stage: Stage) -> list[Row]:
    return writes.rows(stage.on_postgres) if stage.on_postgres else []


def _searches(stage: Stage) -> list[Row]:
    rows = searches.rows(stage.mlflow, stage.ours)
    if stage.cluster is not None:
        with ours(stage.folder / "searches-pg", postgres=stage.database()) as server:
            rows += searches.rows_of_ours(server)
    for on_postgres in stage.engines:
        with stage.with_runs(many_runs.RUNS, on_postgres=on_postgres) as server:
            rows += many_runs.rows(server)
    return rows


def _histories(stage: Stage) -> list[Row]:
    rows = histories.rows(stage.mlflow, stage.ours)
    if stage.cluster is not None:
        with ours(stage.folder / "histories-pg", postgres=stage.database()) as server:
            rows += histories.rows_of_ours(server)
    return rows


def _crowd(stage: Stage) -> list[Row]:
    with ours(stage.folder / "crowd") as server:
        return crowd.rows(server)


def _scaling(stage: Stage) -> list[Curve]:
    curves = []
    for on_postgres in stage.engines:
        database = stage.database() if on_postgres else None
        with ours(stage.folder / f"points-{on_postgres}", postgres=database) as server:
            curves += scaling.over_points(server)
        curves += scaling.over_runs(partial(stage.with_runs, on_postgres=on_postgres))
    return curves


# In the order of the page. What is measured from the start comes first.
GROUPS: dict[str, Callable[[Stage], Found]] = {
    "starts": _starts,
    "writes": lambda stage: writes.rows(stage.settled),
    "postgres": _on_postgres,
    "processes": lambda stage: processes.rows(stage.folder),
    "callers": lambda stage: callers.rows(stage.mlflow, stage.ours, stage.folder),
    "searches": _searches,
    "histories": _histories,
    "models": lambda stage: models.rows(stage.folder / "models"),
    "transfers": lambda stage: transfers.rows(stage.mlflow, stage.ours, stage.folder),
    "autologs": lambda stage: autologs.rows(stage.folder),
    "crowd": _crowd,
    "scaling": _scaling,
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Runstone beside its peers.")
    parser.add_argument("group", nargs="*", help=f"one of {', '.join(GROUPS)}; all if none is named")
    parser.add_argument("--print", action="store_true", help="keep nothing, leave the page alone")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.group if name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {unknown[0]!r}; there are {', '.join(GROUPS)}")
    if not PEER.exists():
        print("the genuine MLflow is not installed: run `make peer`", file=sys.stderr)
        return 1
    started = time.monotonic()
    where = table.machine(_version_of_mlflow())
    print(" | ".join(table.HEAD), flush=True)
    with tempfile.TemporaryDirectory(prefix="runstone-bench-") as folder, Stage(Path(folder)) as stage:
        for name, measure in GROUPS.items():
            if not given.group or name in given.group:
                begun = time.monotonic()
                results = _results(where, measure(stage))
                print(f"{name} took {time.monotonic() - begun:.0f} s", flush=True)
                if not given.print:
                    keep(name, results)
    if not given.print:
        show()
        print(f"written to {PAGE.relative_to(ROOT)}")
    print(f"took {time.monotonic() - started:.0f} s")
    return 0


def _results(where: str, found: Found) -> Results:
    for each in found:
        print(" | ".join(each.cells), flush=True)
    rows = [each for each in found if isinstance(each, Row)]
    return Results(where, rows, [each for each in found if isinstance(each, Curve)])


def keep(name: str, results: Results) -> None:
    """Keep what a group found in place of what it found before."""
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def kept() -> dict[str, Results]:
    """What each group found when it was measured last."""
    paths = {name: KEPT / f"{name}.json" for name in GROUPS}
    return {name: msgspec.json.decode(path.read_bytes(), type=Results) for name, path in paths.items() if path.exists()}


def show() -> None:
    """Write the page and the picture from what is kept."""
    groups = kept()
    curves = [curve for found in groups.values() for curve in found.curves]
    if curves:
        picture.draw(curves, PICTURE)
    table.write(PAGE, table.markdown(groups, "../_static/scaling.svg"))


def _version_of_mlflow() -> str:
    command = [str(PEER), "-c", "from importlib.metadata import version; print(version('mlflow'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
