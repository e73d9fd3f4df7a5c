"""How long a training script waits for ``log_metric``, and what the sending costs it."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.servers import PEER, Server, environment
from benchmarks.table import Row

BAR_MS = 0.003
BAR_SLOWDOWN = 1.0
ROUNDS = 3
CALLS = {"mlflow": 40, "mlflow, async": 200, "runstone": 100_000}
SENT = 100_000

# The same words for both packages.
WAITS = """
import json, sys, time
import {package} as tracking
address, calls = sys.argv[1], int(sys.argv[2])
options = {{"synchronous": False}} if sys.argv[3] == "async" else {{}}
tracking.set_tracking_uri(address)
tracking.set_experiment("callers")
times = []
with tracking.start_run():
    for step in range(calls):
        start = time.perf_counter()
        tracking.log_metric("loss", 1 / (step + 1), step=step, **options)
        times.append((time.perf_counter() - start) * 1000)
    if options:
        tracking.flush_async_logging()
print(json.dumps(times[10:]), file=sys.stderr)
"""

# Stretches of some milliseconds of work, every other one with a metric for each millisecond. What the thread that sends
# takes away is in them all, so a run without any metric stands beside.
LOOP = """
import json, sys, time
import runstone
runstone.set_tracking_uri(sys.argv[1])
runstone.set_experiment("callers")
def work():
    total = 0
    for number in range({work}):
        total += number
    return total
def loop(logs):
    times = []
    for stretch in range(200):
        start = time.perf_counter()
        for step in range(10):
            work()
            if logs:
                runstone.log_metric("loss", 0.5, step=10 * stretch + step)
        times.append(time.perf_counter() - start)
    return times
loop(False)
found = []
for _ in range(3):
    without = loop(False)
    with runstone.start_run():
        logged = loop(True)
    found.append(sum(sorted(logged)[20:-20]) / sum(sorted(without)[20:-20]))
print(json.dumps(found), file=sys.stderr)
"""

SENDS = """
import json, sys, time
import runstone
runstone.set_tracking_uri(sys.argv[1])
runstone.set_experiment("callers")
with runstone.start_run():
    start, cpu = time.perf_counter(), time.process_time()
    for step in range(int(sys.argv[2])):
        runstone.log_metric("loss", 0.5, step=step)
    runstone.flush_async_logging()
    print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]), file=sys.stderr)
"""


def rows(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """Log from a process of its own, in turns."""
    direct: dict[str, list[float]] = {name: [] for name in CALLS}
    remote: dict[str, list[float]] = {name: [] for name in CALLS}
    for _ in range(ROUNDS):
        for name in CALLS:
            file = f"sqlite:///{folder}/direct-{name.partition(',')[0]}.db"
            direct[name] += waits(name, file, folder)
            remote[name] += waits(name, (ours if name == "runstone" else mlflow).address, folder)
    slowdown = 100 * (median(_told(LOOP.format(work=_work()), [ours.address], folder)) - 1)
    wall, cpu = _told(SENDS, [ours.address, str(SENT)], folder)
    return [
        _row("`log_metric`, SQLite file, caller's wait, p50", direct, "mlflow"),
        _row("`log_metric`, server, caller's wait, p50", remote, "mlflow"),
        _row("`log_metric`, server, MLflow's asynchronous way, caller's wait, p50", remote, "mlflow, async"),
        Row("loop that logs 1,000 metrics a second, longer by", "%", None, slowdown, BAR_SLOWDOWN),
        Row("metrics logged and sent to a server, client's CPU each", "us CPU", None, 1e6 * cpu / SENT),
        Row("metrics logged and sent to a server, until all are stored", "us wall", None, 1e6 * wall / SENT),
    ]


def _row(what: str, times: dict[str, list[float]], peer: str) -> Row:
    return Row(what, "ms wall", median(times[peer]), median(times["runstone"]), BAR_MS)


def waits(name: str, address: str, folder: Path) -> list[float]:
    """The time of each call in ms, the first ones left out."""
    package, _, way = name.partition(", ")
    times: list[float] = _told(WAITS.format(package=package), [address, str(CALLS[name]), way], folder, package=package)
    return times


def _work() -> int:
    """How many additions take about a millisecond here."""
    command = [
        sys.executable,
        "-m",
        "timeit",
        "-n",
        "50",
        "-r",
        "5",
        "-u",
        "usec",
        "for number in range(10000): number + 1",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return round(10_000 * 1000 / float(said.split("best of 5: ")[1].split()[0]))


def _told(script: str, arguments: list[str], folder: Path, *, package: str = "runstone") -> Any:
    """What a script says in its last line."""
    python = str(PEER) if package == "mlflow" else sys.executable
    command = [python, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"logging with {package} to {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stderr.strip().splitlines()[-1])
