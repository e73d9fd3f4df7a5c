"""Files through the server: one of 500 MB, and a thousand small ones."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import PEER, Server, environment
from benchmarks.table import Row

LARGE_MB = 500
SMALL_FILES = 1000
BAR_S = 5.0  # 100 MB/s
BAR_MB = 50.0
LOOK_S = 0.02

# The same words for both packages. The first, small transfer loads what a transfer needs.
SCRIPT = """
import json, os, resource, shutil, sys, time
import {package} as tracking
address, folder, what = sys.argv[1:]
def memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
tracking.set_tracking_uri(address)
tracking.set_experiment("transfers")
with tracking.start_run() as run:
    tracking.log_text("warm", "warm.txt")
    tracking.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="warm.txt", dst_path="warm")
    before = memory_mb()
    start = time.perf_counter()
    tracking.log_artifacts(folder, what)
    up = time.perf_counter() - start
    start = time.perf_counter()
    place = tracking.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=what, dst_path="down")
    down = time.perf_counter() - start
print(json.dumps([up, down, memory_mb() - before]), file=sys.stderr)
"""


def rows(mlflow: Server, ours: Server, folder: Path) -> list[Row]:
    """Send and fetch from a process of its own, in turns."""
    large, small = folder / "large", folder / "small"
    _make(large, 1, LARGE_MB * 1_000_000)
    _make(small, SMALL_FILES, 1000)
    found: list[Row] = []
    for source, what, is_large in ((large, f"{LARGE_MB} MB", True), (small, f"{SMALL_FILES} files of 1 KB", False)):
        theirs, own = _measured("mlflow", mlflow, source), _measured("runstone", ours, source)
        bar, room = (BAR_S, BAR_MB) if is_large else (None, None)
        found += [
            Row(f"{what} up through the server", "s wall", theirs[0], own[0], bar, "hashed by both sides, on the disk"),
            Row(f"{what} down through the server", "s wall", theirs[1], own[1], bar, "hash compared by the client"),
            Row(f"{what} up and down, server", "s CPU", theirs[3], own[3]),
            Row(f"{what} up and down, growth of the client's memory", "MB", theirs[2], own[2], room),
            Row(f"{what} up and down, growth of the server's memory", "MB", theirs[4], own[4], room),
        ]
    return found


def _make(folder: Path, files: int, size: int) -> None:
    folder.mkdir()
    block = bytes(range(256)) * 4000
    for number in range(files):
        with (folder / f"{number:04}.bin").open("wb") as file:
            for start in range(0, size, len(block)):
                file.write(block[: size - start])


def _measured(package: str, server: Server, source: Path) -> tuple[float, float, float, float, float]:
    """Seconds up and down, growth of the client in MB, CPU seconds of the server, growth of the server in MB."""
    python = str(PEER) if package == "mlflow" else sys.executable
    here = source.parent / f"{source.name}-{package}"
    here.mkdir()
    command = [python, "-W", "ignore", "-c", SCRIPT.format(package=package), server.address, str(source), source.name]
    cpu = server.cpu_s
    with _largest(server) as largest:
        before = server.memory_mb[1]
        done = subprocess.run(
            command, cwd=here, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"sending files with {package} failed:\n{done.stderr[-2000:]}")
    up, down, client = json.loads(done.stderr.strip().splitlines()[-1])
    shutil.rmtree(here)
    return up, down, client, server.cpu_s - cpu, max(largest) - before


@contextmanager
def _largest(server: Server) -> Iterator[list[float]]:
    """Look at a server's memory while the block runs."""
    seen = [0.0]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_S):
            seen.append(server.memory_mb[1])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()
