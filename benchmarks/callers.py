"""How long a training script waits for ``log_metric``."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.servers import PEER, Server, environment
from benchmarks.table import Row

BAR_MS = 0.003
ROUNDS = 3
SYNCHRONOUS = "sent at once; the journal is not there yet"

# The same words for both packages.
SCRIPT = """
import json, sys, time
import {package} as tracking
address, calls = sys.argv[1], int(sys.argv[2])
tracking.set_tracking_uri(address)
tracking.set_experiment("callers")
times = []
with tracking.start_run():
    for step in range(calls):
        start = time.perf_counter()
        tracking.log_metric("loss", 1 / (step + 1), step=step)
        times.append((time.perf_counter() - start) * 1000)
print(json.dumps(times), file=sys.stderr)
"""


def rows(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """Log from a process of its own, in turns."""
    direct: dict[str, list[float]] = {"mlflow": [], "runstone": []}
    remote: dict[str, list[float]] = {"mlflow": [], "runstone": []}
    for _ in range(ROUNDS):
        for package, calls, server in (("mlflow", 40, mlflow), ("runstone", 400, ours)):
            direct[package] += waits(package, f"sqlite:///{folder}/direct-{package}.db", calls, folder)
            remote[package] += waits(package, server.address, calls, folder)
    return [
        Row("`log_metric`, SQLite file, caller's wait, p50", "ms wall", *_medians(direct), BAR_MS, SYNCHRONOUS),
        Row("`log_metric`, server, caller's wait, p50", "ms wall", *_medians(remote), BAR_MS, SYNCHRONOUS),
    ]


def _medians(times: dict[str, list[float]]) -> tuple[float, float]:
    return median(times["mlflow"]), median(times["runstone"])


def waits(package: str, address: str, calls: int, folder: Path) -> list[float]:
    """The time of each call in ms, the first ones left out."""
    python = str(PEER) if package == "mlflow" else sys.executable
    command = [python, "-W", "ignore", "-c", SCRIPT.format(package=package), address, str(calls)]
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"logging with {package} to {address} failed:\n{done.stderr[-2000:]}")
    times: list[float] = json.loads(done.stderr.strip().splitlines()[-1])
    return times[10:]
