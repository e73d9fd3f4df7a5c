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
# What is slow gets fewer calls, and fewer and shorter stretches of milliseconds.
CALLS = {"mlflow": 40, "mlflow, async": 200, "runstone": 100_000}
STRETCHES = {"mlflow": 4, "mlflow, async": 20, "runstone": 30}
LENGTHS = {"mlflow": 10, "mlflow, async": 10, "runstone": 100}
SENT = {"mlflow": 200, "mlflow, async": 400, "runstone": 100_000}

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

# Stretches of some milliseconds of work, in turns without a call, with a metric for each millisecond, one by one or all
# at once, and with a line for each call that is appended to a file, which the system takes by itself. The speed of a
# machine drifts by more than what is looked for, so that loops one after the other cannot be compared, and neighbours
# can. The work makes no objects, whose places in memory a call would change. The threads that send take from a loop at
# most what they use of a processor, which is counted while metrics come for seconds, and added; what a run captures at
# its start is no part of it.
LOOP = """
import json, os, sys, time
from statistics import median
import {package} as tracking
stretches = int(sys.argv[2])
options = {{"synchronous": False}} if sys.argv[3] == "async" else {{}}
tracking.set_tracking_uri(sys.argv[1])
tracking.set_experiment("callers")
numbers = list(range(1000))
line = b"x" * 110 + b"\\n"
file = os.open("lines", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
at_once, length = {at_once}, {length}
losses = {{f"loss of {{part}}": 0.5 for part in range(at_once)}}
def log(step):
    if at_once == 1:
        tracking.log_metric("loss", 0.5, step=step, **options)
    else:
        tracking.log_metrics(losses, step=step, **options)
def append(step):
    os.write(file, line)
def stretch(turn, sums, call=None):
    start = time.perf_counter()
    for step in range(turn * length // at_once, (turn + 1) * length // at_once):
        for _ in range(sums * at_once):
            sum(numbers)
        if call:
            call(step)
    return time.perf_counter() - start
def share(sums):
    logged, appended = [], []
    with tracking.start_run():
        time.sleep(2)
        for turn in range(stretches):
            without = stretch(turn, sums)
            logged.append(stretch(turn, sums, log) / without - 1)
            without = stretch(turn, sums)
            appended.append(stretch(turn, sums, append) / without - 1)
        start, work_cpu, cpu = time.perf_counter(), time.thread_time(), time.process_time()
        for turn in range(stretches):
            stretch(turn, sums, log)
        work_cpu = time.thread_time() - work_cpu
        if options:
            tracking.flush_async_logging()
        others = time.process_time() - cpu - work_cpu
        return median(logged) + others / (time.perf_counter() - start), median(appended)
sums = round(100 * length / 1000 / min(stretch(turn, 100) for turn in range(20)))  # that take a millisecond here
share(sums)
print(json.dumps([share(sums) for _ in range(3)]), file=sys.stderr)
"""

SENDS = """
import json, sys, time
import {package} as tracking
options = {{"synchronous": False}} if sys.argv[3] == "async" else {{}}
tracking.set_tracking_uri(sys.argv[1])
tracking.set_experiment("callers")
with tracking.start_run():
    start, cpu = time.perf_counter(), time.process_time()
    for step in range(int(sys.argv[2])):
        tracking.log_metric("loss", 0.5, step=step, **options)
    tracking.flush_async_logging()
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
    return [
        _row("`log_metric`, SQLite file, caller's wait, p50", direct, "mlflow"),
        _row("`log_metric`, server, caller's wait, p50", remote, "mlflow"),
        _row(f"`log_metric`, server, {_ASYNC}, caller's wait, p50", remote, "mlflow, async"),
        *_slowdowns(mlflow, ours, folder),
        *_sendings(mlflow, ours, folder),
    ]


_ASYNC = "MLflow's asynchronous way"


def _slowdowns(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """By how much a loop is longer that logs a metric for each millisecond of its work, singly or ten at once."""

    def longer(name: str, at_once: int) -> list[float]:
        address = (ours if name == "runstone" else mlflow).address
        shares = _told(LOOP, name, address, STRETCHES[name], folder, at_once=at_once, length=LENGTHS[name])
        return [100 * median(some) for some in zip(*shares, strict=True)]

    rows = []
    for what, at_once in (("10 metrics each 10 ms", 10), ("a metric each ms", 1)):
        found, append = longer("runstone", at_once)
        note = f"an append of a line instead of the call: {append:.2f} %"
        rows += [
            Row(f"loop with {what}, longer by", "%", longer("mlflow", at_once)[0], found, BAR_SLOWDOWN, note),
            Row(f"the same, {_ASYNC}", "%", longer("mlflow, async", at_once)[0], found, BAR_SLOWDOWN),
        ]
    return rows


def _sendings(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """How long it takes until all metrics are stored that were logged one by one, and what that costs both sides."""
    rates, clients, servers = {}, {}, {}
    for name, count in SENT.items():
        server = ours if name == "runstone" else mlflow
        before = server.cpu_s
        wall, cpu = _told(SENDS, name, server.address, count, folder)
        rates[name], clients[name] = count / wall, 1e6 * cpu / count
        servers[name] = 1e6 * (server.cpu_s - before) / count
    rows = []
    for peer, way in (("mlflow", ""), ("mlflow, async", f", {_ASYNC}")):
        what = f"metrics logged one by one to a server{way}"
        rows += [
            Row(f"{what}: stored a second", "1/s", rates[peer], rates["runstone"], is_rate=True),
            Row(f"{what}: client, each", "us CPU", clients[peer], clients["runstone"]),
            Row(f"{what}: server, each", "us CPU", servers[peer], servers["runstone"]),
        ]
    return rows


def _row(what: str, times: dict[str, list[float]], peer: str) -> Row:
    return Row(what, "ms wall", median(times[peer]), median(times["runstone"]), BAR_MS)


def waits(name: str, address: str, folder: Path) -> list[float]:
    """The time of each call in ms, the first ones left out."""
    times: list[float] = _told(WAITS, name, address, CALLS[name], folder)
    return times


def _told(script: str, name: str, address: str, count: int, folder: Path, **fields: int) -> Any:
    """What a script says in its last line.

    Args:
        script: It takes the address, the count and the way.
        name: The package, and the way after a comma.
        address: Where it logs to.
        count: How often.
        folder: Where it works.
        fields: What its text has besides.
    """
    package, _, way = name.partition(", ")
    python = str(PEER) if package == "mlflow" else sys.executable
    text = script.format(package=package, **fields)
    command = [python, "-W", "ignore", "-c", text, address, str(count), way]
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"logging with {package} to {address} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stderr.strip().splitlines()[-1])
