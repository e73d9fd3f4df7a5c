"""What the server counts for Prometheus. Where several processes serve, what one of them answers is of all of them."""

import mmap
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from runstone.errors import RunstoneError
from runstone.stores.base import Activity

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_UPDATE_EVERY_S = 5
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measures:
    """Counts requests, and what the store did for them."""

    def __init__(self, activity: Callable[[], Activity]) -> None:
        """Begin at zero.

        Args:
            activity: Says what the store did by now.
        """
        self._activity = activity
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "runstone_requests", "Requests that were answered.", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "runstone_request_seconds", "Time to answer.", ("route",), buckets=_BUCKETS, registry=registry
        )
        self._flying = _sum_of_workers("runstone_requests_in_flight", "Requests under way.", registry)
        self._workers = _sum_of_workers("runstone_workers", "Processes that serve.", registry)
        self._resident = _sum_of_workers("runstone_resident_bytes", "Memory of the processes.", registry)
        self._waiting = _sum_of_workers("runstone_writer_queue", "Changes that wait to be written.", registry)
        self._database = Gauge(
            "runstone_database_bytes", "Size of the database.", registry=registry, multiprocess_mode="livemax"
        )
        self._cpu = Counter("runstone_cpu_seconds", "CPU time of the processes.", registry=registry)
        self._commits = Counter("runstone_commits", "Transactions that were committed.", registry=registry)
        self._changes = Counter("runstone_changes", "Changes in these transactions: many share one.", registry=registry)
        self._by_answer: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._last = Activity(0, 0, 0, 0)
        self._last_cpu_s = 0.0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def start(self) -> None:
        """Keep the numbers of this process fresh for the others."""
        self._update()
        if _SHARED in os.environ:
            threading.Thread(target=self._keep_fresh, name="runstone-measures", daemon=True).start()

    def stop(self) -> None:
        """Update no more."""
        self._stop.set()

    def begin(self) -> None:
        """A request came."""
        self._flying.inc()

    def end(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered.

        Args:
            route: Path of the endpoint, or a word for a group of paths.
            method: HTTP method.
            status: What was answered; 0 where the client went away first.
            seconds: How long that took.
        """
        self._flying.dec()
        key = (route, method, status)
        counters = self._by_answer.get(key)
        if counters is None:
            known = method if method in _METHODS else "other"
            counters = self._by_answer[key] = (
                self._requests.labels(route, known, str(status)),
                self._seconds.labels(route),
            )
        counters[0].inc()
        counters[1].observe(seconds)

    def text(self) -> bytes:
        """All numbers in Prometheus' format."""
        self._update()
        folder = os.environ.get(_SHARED)
        if not folder:
            return generate_latest(self._registry)
        _forget_the_dead(Path(folder))
        together = CollectorRegistry()
        together.register(_OfAll(Path(folder)))
        return generate_latest(together)

    def _keep_fresh(self) -> None:
        while not self._stop.wait(_UPDATE_EVERY_S):
            self._update()

    def _update(self) -> None:
        with self._lock:
            with suppress(RunstoneError):  # a database that is away: then above all the other numbers are wanted
                self._look_at_store()
            cpu_s = time.process_time()
            self._cpu.inc(max(0.0, cpu_s - self._last_cpu_s))
            self._last_cpu_s = cpu_s
            self._workers.set(1)
            self._resident.set(_resident_bytes())

    def _look_at_store(self) -> None:
        former, self._last = self._last, self._activity()
        self._waiting.set(self._last.waiting)
        self._database.set(self._last.database_bytes)
        self._commits.inc(self._last.commits - former.commits)
        self._changes.inc(self._last.changes - former.changes)


@contextmanager
def shared_by_processes() -> Iterator[None]:
    """Let processes that are started in the block, and load this module, count together."""
    with tempfile.TemporaryDirectory(prefix="runstone-measures-") as folder:
        os.environ[_SHARED] = folder
        try:
            yield
        finally:
            os.environ.pop(_SHARED, None)


class _OfAll(Collector):
    """The numbers of all processes. The library's own fails on a file that a process is only about to fill."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        begun = [str(file) for file in self._folder.glob("*.db") if _size(file)]
        found: Iterable[Metric] = MultiProcessCollector.merge(begun)  # type: ignore[no-untyped-call]  # typed in part
        return found


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # of a process that ended
        return 0


def _sum_of_workers(name: str, about: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, about, registry=registry, multiprocess_mode="livesum")


def _forget_the_dead(folder: Path) -> None:
    """Leave out what a process that has ended had under way; what it counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:
            pass  # it is there, but not ours


def _resident_bytes() -> int:
    """Memory that this process holds; 0 where the system does not tell it in a file."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * mmap.PAGESIZE
