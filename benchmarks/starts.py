"""What it costs until something happens: imports, help, a server, a small answer."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import load
from benchmarks.servers import PEER, Server, environment, settle
from benchmarks.servers import ours as our_server
from benchmarks.table import Row

ROUNDS = 3
SMALL = load.get("experiments/get?experiment_id=0")


def command_rows(folder: Path) -> list[Row]:
    """CPU time of commands, in turns, the least of each: a busy machine only adds."""
    found: dict[str, list[float]] = {}
    commands = {
        "import mlflow": [str(PEER), "-c", "import mlflow"],
        "import runstone": [sys.executable, "-c", "import runstone"],
        "mlflow --help": [str(PEER), "-m", "mlflow", "--help"],
        "runstone --help": [sys.executable, "-m", "runstone", "--help"],
    }
    for turn in range(ROUNDS):  # the first one fills caches
        for name, command in commands.items():
            cpu = cpu_s(command, folder)
            if turn:
                found.setdefault(name, []).append(cpu)
    least = {name: min(times) for name, times in found.items()}
    return [
        Row("import, CPU", "s", least["import mlflow"], least["import runstone"], 0.1),
        Row("`--help`, CPU", "s", least["mlflow --help"], least["runstone --help"], 0.25),
    ]


def cpu_s(command: Sequence[str], folder: Path) -> float:
    """CPU time of a command and what it starts."""
    started = subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {started.returncode}")
    return usage.ru_utime + usage.ru_stime


def server_rows(mlflow: Server, ours: Server) -> list[Row]:
    """From the command to the first answer. To be called before either has worked."""
    settle(mlflow)
    their_processes, their_memory = mlflow.memory_mb
    our_processes, our_memory = ours.memory_mb
    note = f"{their_processes} processes against {our_processes}"
    return [
        Row("server: command to first answer, empty SQLite, CPU", "s", mlflow.start_cpu_s, ours.start_cpu_s, 1),
        Row("server: command to rest, CPU", "s", mlflow.cpu_s, ours.cpu_s),
        Row("server: resident memory at rest", "MB", their_memory, our_memory, 100, note),
    ]


def answer_rows(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """A small answer over a kept connection, by one worker and by several."""
    with our_server(folder / "two", workers=2) as two:
        theirs: list[float] = []
        one_worker: list[float] = []
        two_workers: list[float] = []
        for _ in range(ROUNDS):
            theirs += load.run(mlflow.address, [[SMALL] * 20])[0]
            one_worker += load.run(ours.address, [[SMALL] * 200])[0]
            two_workers += load.run(two.address, [[SMALL] * 200])[0]
    return [
        Row("small answer over a kept connection, 1 worker, p50", "ms wall", None, median(one_worker), 1),
        Row(
            "small answer over a kept connection, several workers, p50",
            "ms wall",
            median(theirs),
            median(two_workers),
            1,
            "MLflow's default of 4 against 2",
        ),
    ]
