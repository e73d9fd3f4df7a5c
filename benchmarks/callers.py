"""How long a training script waits for ``log_metric``, and what the sending costs it."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.servers import PEER, Server, environment
from benchmarks.table import Row

# What a loop spends in the calls, what its threads use of a processor, and what an append alone would take, each as a
# part of its work.
Shares = tuple[float, float, float]

BAR_MS = 0.003
BAR_SLOWDOWN = 1.0
ROUNDS = 3
# What is slow gets fewer calls, and shorter loops, in milliseconds of work.
CALLS = {"mlflow": 40, "mlflow, async": 200, "runstone": 100_000}
LOOPS = {"mlflow": 40, "mlflow, async": 400, "runstone": 4000}
AT_ONCE = {1: "a metric each ms", 10: "10 metrics each 10 ms"}
SENT = {"mlflow": 200, "mlflow, async": 400, "runstone": 100_000}

# The same words for both packages. What reading the clock takes is no part of a call.
WAITS = """
import json, sys, time
from statistics import median
import {package} as tracking
def clock():
    start = time.perf_counter()
    return time.perf_counter() - start
address, calls = sys.argv[1], int(sys.argv[2])
is_async = sys.argv[3] == "async"
tracking.set_tracking_uri(address)
tracking.set_experiment("callers")
times = []
with tracking.start_run():
    for step in range(calls):
        loss = 1 / (step + 1)
        start = time.perf_counter()
        tracking.log_metric("loss", loss, step=step{options})
        times.append((time.perf_counter() - start) * 1000)
    if is_async:
        tracking.flush_async_logging()
own = median(clock() for _ in range(10_000)) * 1000
print(json.dumps([time - own for time in times[10:]]), file=sys.stderr)
"""

# A loop with a metric for each millisecond of its work, one by one or several at once. It is longer by what it spends
# in the calls, and at most by what the threads that send use of a processor besides. The speed of a machine drifts by
# more than that, so that loops with and without calls cannot be compared; one that calls nothing tells only what the
# measuring takes. Caches are as cold as work leaves them; what a run captures at its start is no part of it. The
# system's own part, a line that is appended to a file, is measured alike, and keeps the interpreter: `os.write` lets it
# go, which wakes whoever waits for it. What else the machine does can double all of these for minutes; the median of
# the rounds is told beside the least.
LOOP = """
import ctypes, json, os, sys, time
from statistics import median
import {package} as tracking
calls = int(sys.argv[2])
is_async = sys.argv[3] == "async"
tracking.set_tracking_uri(sys.argv[1])
tracking.set_experiment("callers")
numbers = list(range(1000))
line = b"x" * 110 + b"\\n"
write = ctypes.PyDLL(None).write
file = os.open("lines", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
at_once = {at_once}
losses = {{f"loss of {{part}}": 0.5 for part in range(at_once)}}
def log(step):
    if at_once == 1:
        tracking.log_metric("loss", 0.5, step=step{options})
    else:
        tracking.log_metrics(losses, step=step{options})
def append(step):
    write(file, line, 111)
def nothing(step):
    pass
def work(sums):
    start = time.perf_counter()
    for _ in range(sums):
        sum(numbers)
    return time.perf_counter() - start
def loop(sums, call, rounds=calls):
    worked = called = 0.0
    for step in range(rounds):
        worked += work(sums)
        start = time.perf_counter()
        call(step)
        called += time.perf_counter() - start
    return called / worked
def shares(sums):
    with tracking.start_run():
        loop(sums, log)
        time.sleep(2)
        start, mine, cpu = time.perf_counter(), time.thread_time(), time.process_time()
        in_calls = loop(sums, log)
        mine = time.thread_time() - mine
        if is_async:
            tracking.flush_async_logging()
        others = (time.process_time() - cpu - mine) / (time.perf_counter() - start)
        own = loop(sums, nothing, calls // 4)
        return in_calls - own, others, loop(sums, append, calls // 4) - own
sums = round(at_once * 100 / 1000 / min(work(100) for _ in range(100)))  # that take a millisecond for each metric
print(json.dumps([shares(sums) for _ in range(2)]), file=sys.stderr)
"""

SENDS = """
import json, sys, time
import {package} as tracking
is_async = sys.argv[3] == "async"
tracking.set_tracking_uri(sys.argv[1])
tracking.set_experiment("callers")
with tracking.start_run():
    start, cpu = time.perf_counter(), time.process_time()
    for step in range(int(sys.argv[2])):
        tracking.log_metric("loss", 0.5, step=step{options})
    tracking.flush_async_logging()
    print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]), file=sys.stderr)
"""


def rows(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """Log from a process of its own, in turns."""
    direct: dict[str, list[float]] = {name: [] for name in CALLS}
    remote: dict[str, list[float]] = {name: [] for name in CALLS}
    shares: dict[tuple[str, int], list[Shares]] = {(name, at_once): [] for name in LOOPS for at_once in AT_ONCE}
    for _ in range(ROUNDS):
        for name in CALLS:
            address = (ours if name == "runstone" else mlflow).address
            direct[name].append(wait(name, f"sqlite:///{folder}/direct-{name.partition(',')[0]}.db", folder))
            remote[name].append(wait(name, address, folder))
            for at_once in AT_ONCE:
                shares[name, at_once] += _told(LOOP, name, address, LOOPS[name] // at_once, folder, at_once=at_once)
    return [
        _row("`log_metric`, SQLite file, caller's wait, p50", direct, "mlflow"),
        _row("`log_metric`, server, caller's wait, p50", remote, "mlflow"),
        _row(f"`log_metric`, server, {_ASYNC}, caller's wait, p50", remote, "mlflow, async"),
        *_slowdowns(shares),
        *_sendings(mlflow, ours, folder),
    ]


_ASYNC = "MLflow's asynchronous way"


def _slowdowns(shares: dict[tuple[str, int], list[Shares]]) -> list[Row]:
    """By how much a loop is longer that logs a metric for each millisecond of its work, singly or ten at once.

    Args:
        shares: Of each round, by who logs and how many at once.
    """

    def longer(name: str, at_once: int) -> list[float]:
        return sorted(100 * (call + others) for call, others, _ in shares[name, at_once])

    rows = []
    for at_once, what in AT_ONCE.items():
        call, others, append = (
            100 * share for share in min(shares["runstone", at_once], key=lambda some: sum(some[:2]))
        )
        least, *_ = rounds = longer("runstone", at_once)
        note = (
            f"{call:.2f} in the calls and {others:.2f} for threads; an append alone {append:.2f}; "
            f"the median of {len(rounds)} rounds {median(rounds):.2f}"
        )
        rows += [
            Row(f"loop with {what}, longer by", "%", longer("mlflow", at_once)[0], least, BAR_SLOWDOWN, note),
            Row(f"the same, {_ASYNC}", "%", longer("mlflow, async", at_once)[0], least, BAR_SLOWDOWN),
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
    return Row(what, "ms wall", min(times[peer]), min(times["runstone"]), BAR_MS)


def wait(name: str, address: str, folder: Path) -> float:
    """The median time of a call in ms, the first ones left out."""
    times: list[float] = _told(WAITS, name, address, CALLS[name], folder)
    return median(times)


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
    options = ", synchronous=False" if way == "async" else ""
    text = script.format(package=package, options=options, **fields)
    command = [python, "-W", "ignore", "-c", text, address, str(count), way]
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"logging with {package} to {address} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stderr.strip().splitlines()[-1])
