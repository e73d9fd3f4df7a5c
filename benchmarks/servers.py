"""Servers as processes: ours and the others', started by their own commands, and what they cost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / ".venv-peer" / "bin" / "python"
FASTTRACKML = ROOT / ".venv-fasttrackml" / "bin" / "fml"
STARTS_WITHIN_S = 180
# A server is at rest when it uses less than this part of one core, over so long.
AT_REST = 0.1
LOOK_S = 3

# The genuine package reports home unless it is told not to.
QUIET = {"DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        name: ``ours``, ``mlflow`` or ``fasttrackml``.
        address: Where it answers.
        process: What was started; its children count with it.
        start_cpu_s: CPU time from the command until it answered.
        uri: Address of its store.
        database: File of its store; ``None`` for one that another server keeps.
        below: The process of the database server, whose work counts with it.
    """

    name: str
    address: str
    process: psutil.Process
    start_cpu_s: float
    uri: str
    database: Path | None
    below: psutil.Process | None = None

    @property
    def on(self) -> str:
        """The kind of the database."""
        return "SQLite" if self.below is None else "PostgreSQL"

    @property
    def cpu_s(self) -> float:
        """CPU time of the process tree so far, user and system, and of the database server's."""
        return _cpu_s(self.process) + (0 if self.below is None else _cpu_s(self.below))

    @property
    def memory_mb(self) -> tuple[int, float]:
        """Number of processes, and their resident memory together."""
        tree = _tree(self.process)
        return len(tree), sum(each.memory_info().rss for each in tree) / 1e6


@dataclass(frozen=True)
class Postgres:
    """A database of a PostgreSQL server.

    Attributes:
        uri: Its address.
        process: The server.
    """

    uri: str
    process: psutil.Process


@contextmanager
def ours(folder: Path, *, workers: int = 1, postgres: Postgres | None = None) -> Iterator[Server]:
    """Run ``runstone server`` on an empty database while the block runs."""
    command = [sys.executable, "-m", "runstone", "server", "--workers", str(workers)]
    with _running("ours", command, folder, postgres) as server:
        yield server


@contextmanager
def genuine(folder: Path, *, postgres: Postgres | None = None) -> Iterator[Server]:
    """Run ``mlflow server`` with its defaults (four workers) on an empty database while the block runs."""
    with _running("mlflow", [str(PEER), "-m", "mlflow", "server"], folder, postgres) as server:
        yield server


@contextmanager
def fasttrackml(folder: Path, *, postgres: Postgres | None = None) -> Iterator[Server]:
    """Run ``fml server`` on an empty database while the block runs."""
    with _running("fasttrackml", [str(FASTTRACKML), "server", "--log-level", "error"], folder, postgres) as server:
        yield server


def _options(name: str, folder: Path, address: str, uri: str) -> list[str]:
    """Where a server listens and what it works on, in its own words."""
    if name == "fasttrackml":
        place = uri.replace("sqlite:///", "sqlite://")
        listen = address.removeprefix("http://")
        return ["--listen-address", listen, "--database-uri", place, "--default-artifact-root", str(folder / "files")]
    options = ["--backend-store-uri", uri, "--artifacts-destination", str(folder / "files")]
    return [*options, "--port", address.rpartition(":")[2]]


def settle(server: Server) -> None:
    """Wait until a server has come to rest: the genuine one goes on importing long after its first answer."""
    end = time.monotonic() + STARTS_WITHIN_S
    used = float("inf")
    while used > AT_REST * LOOK_S and time.monotonic() < end:
        before = server.cpu_s
        time.sleep(LOOK_S)
        used = server.cpu_s - before


def environment() -> dict[str, str]:
    """The environment of a child, without settings of this shell. Both sides may keep what they compile."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNSTONE_", "MLFLOW_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **QUIET, "PATH": f"{PEER.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


@contextmanager
def _running(name: str, command: list[str], folder: Path, postgres: Postgres | None) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / f"{name}.db" if postgres is None else None
    uri = f"sqlite:///{database}" if postgres is None else postgres.uri
    address = f"http://127.0.0.1:{_free_port()}"
    command = [*command, *_options(name, folder, address, uri)]
    with (folder / "server.txt").open("w") as said:
        started = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=said, stderr=said, start_new_session=True
        )
        try:
            process = psutil.Process(started.pid)
            _wait_until_healthy(started, address, folder / "server.txt")
            below = None if postgres is None else postgres.process
            yield Server(name, address, process, _cpu_s(process), uri, database, below)
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _wait_until_healthy(started: subprocess.Popen[bytes], address: str, said: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end and started.poll() is None:
        try:
            # It may say that it is healthy before its tables are there.
            with urlopen(f"{address}/api/2.0/mlflow/experiments/get?experiment_id=0", timeout=10):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the server did not come up:\n{said.read_text()[-2000:]}")


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    total = 0.0
    for each in _tree(process):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended meanwhile; its parent has its time then
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
