"""What a long curve costs: on the disk, read whole, and thinned for a chart."""

import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks import load
from benchmarks.servers import Server, environment
from benchmarks.table import Row, row
from benchmarks.writes import in_turns

POINTS = 1_000_000
# The genuine server reads so many; its time for a million is that of these, times the rest.
THEIRS = 50_000
PAGE = 25_000  # what MLflow's clients ask for at once
CHART = 2_000
SHORT = 200  # runs with 10 curves of 20 points
READS = {"mlflow": 1, "ours": 2}
CHARTS = {"ours": 20}
_BLOCK = 1000


def rows(mlflow: Server, ours: Server, *, points: int = POINTS, theirs: int = THEIRS) -> list[Row]:
    """Log a curve to both servers, compact ours, and read it in turns."""
    assert ours.database is not None
    runs = {"mlflow": _logged(mlflow, min(theirs, points)), "ours": _logged(ours, points)}
    short = load.new_runs(ours.address, SHORT)
    load.run(ours.address, [[request for run in short for request in short_curves(run)]])
    _compact(ours)
    long_size, short_size = bytes_a_point(ours.database, runs["ours"]), bytes_a_point(ours.database, *short)
    sizes = [
        row(
            "bytes a point, long curve, compacted", "B", {"ours": long_size}, bar=8, note="its row in the table `chunk`"
        ),
        row("bytes a point, 10 curves of 20 points a run, compacted", "B", {"ours": short_size}, bar=16),
    ]
    return [*sizes, *_reads([mlflow, ours], runs, points, min(theirs, points))]


def rows_of_ours(ours: Server, *, points: int = POINTS) -> list[Row]:
    """Log a curve to ours alone, compact it, and read it."""
    runs = {"ours": _logged(ours, points)}
    _compact(ours)
    return _reads([ours], runs, points)


def _logged(server: Server, points: int) -> str:
    run_id = load.new_runs(server.address, 1)[0]
    load.run(server.address, [curve(run_id, points)])
    return run_id


def _compact(server: Server) -> None:
    command = [sys.executable, "-m", "runstone", "db", "compact", server.uri]
    subprocess.run(command, env=environment(), check=True, capture_output=True)


def _reads(servers: Sequence[Server], runs: Mapping[str, str], points: int, theirs: int = 0) -> list[Row]:
    ours = servers[-1]

    def whole(server: Server, count: int) -> list[float]:
        return [time for _ in range(count) for time in read_whole(server, runs[server.name])]

    def chart(server: Server, count: int) -> list[float]:
        run = runs[server.name]
        call = f"metrics/get-history-bulk-interval?run_ids={run}&metric_key=loss&max_results={CHART}"
        return load.run(server.address, [[load.get(call)] * count])[0]

    read = in_turns(servers, whole, READS)
    thinned = in_turns([ours], chart, CHARTS)
    if theirs:
        read.cpu["mlflow"] *= points / theirs
    named = f"{points / 1e6:g}M points"
    return [
        row(
            f"full history of {named} to MLflow JSON, in pages, server CPU",
            "ms",
            read.cpu,
            bar=500,
            on=ours.on,
            note=f"MLflow's from {theirs:,} points" if theirs else "",
        ),
        row(
            f"chart: {named} to {CHART}, keeping lowest and highest, server CPU", "ms", thinned.cpu, bar=25, on=ours.on
        ),
    ]


def curve(run_id: str, points: int) -> list[bytes]:
    """Requests that log one noisy curve."""
    chance = random.Random(7)
    time = 1_700_000_000_000
    requests = []
    for first in range(0, points, _BLOCK):
        metrics = []
        for step in range(first, first + _BLOCK):
            time += chance.randrange(1, 40)
            value = 1 / (1 + step / 1e5) + chance.gauss(0, 0.01)
            metrics.append({"key": "loss", "value": value, "timestamp": time, "step": step})
        requests.append(load.post("runs/log-batch", run_id=run_id, metrics=metrics))
    return requests


def short_curves(run_id: str) -> list[bytes]:
    """Requests that log ten curves of twenty points, step by step."""
    chance = random.Random(run_id)
    start = 1_700_000_000_000
    steps = [
        [
            {"key": f"m{key}", "value": chance.gauss(0, 1), "timestamp": start + 1000 * step, "step": step}
            for key in range(10)
        ]
        for step in range(20)
    ]
    return [load.post("runs/log-batch", run_id=run_id, metrics=metrics) for metrics in steps]


def read_whole(server: Server, run_id: str) -> list[float]:
    """Read a history page by page, as MLflow's clients do; returns the time of all pages together, in ms."""
    token, took = "", 0.0
    while True:
        call = f"metrics/get-history?run_id={run_id}&metric_key=loss&max_results={PAGE}"
        times, answers = load.run(server.address, [[load.get(f"{call}&page_token={token}" if token else call)]])
        took += sum(times)
        # The token stands at the end; the client's own work with the rest is not what is measured.
        found = re.search(rb'"next_page_token": ?"([^"]+)"', answers[0][0][-2000:])
        token = found[1].decode() if found else ""
        if not token:
            return [took]


def bytes_a_point(database: Path, *run_ids: str) -> float:
    """Bytes on the disk of the points of runs, the rows around them included."""
    signs = ", ".join("?" * len(run_ids))
    query = f"""
        SELECT (sum(length(chunk.points)) + 60.0 * count(*)) / sum(chunk.size)
        FROM chunk JOIN run ON run.id = chunk.run_id WHERE run.uuid IN ({signs})
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as driver:
        return float(driver.execute(query, run_ids).fetchone()[0])
