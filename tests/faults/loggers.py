"""Processes that log until they are killed, and say of each call that it has returned."""

import os
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import runstone
from runstone.journal import leftovers
from runstone.journal.leftovers import Sent
from runstone.stores.base import TrackingStore
from tests.faults.forks import context

WAIT_S = 60
_ID = 32


def log_call(number: int, key: str = "loss") -> None:
    """Log as a script does: metrics, now and then a param, and a tag that is set again and again."""
    if number % 10 == 3:
        runstone.log_param(f"p{number}", number)
    elif number % 10 == 7:
        runstone.set_tag("last", number)
    else:
        runstone.log_metric(key, number / 8, step=number)


def _log(uri: str, folder: str, is_offline: bool, calls: int, told: Connection) -> None:
    os.chdir(folder)
    runstone.set_tracking_uri(uri)
    runstone.offline(is_offline)
    pipe = told.fileno()
    os.write(pipe, runstone.start_run().info.run_id.encode())
    for number in range(calls):
        log_call(number)
        os.write(pipe, b".")
    threading.Event().wait()  # what waits is sent until the end comes


class Logger:
    """A process that starts a run and logs one call after another to it.

    Attributes:
        run_id: The run, once its process has said so.
        acknowledged: Calls that have returned.
    """

    def __init__(self, uri: str, folder: Path, *, is_offline: bool, calls: int = 1 << 15) -> None:
        self._told, tell = context.Pipe(duplex=False)
        self._process = context.Process(target=_log, args=(uri, str(folder), is_offline, calls, tell))
        self._process.start()
        tell.close()
        self.run_id = ""
        self.acknowledged = 0

    def wait_until_it_logs(self) -> None:
        """Return when the run is started."""
        assert self._told.poll(WAIT_S), "the logging process did not come up"

    def kill(self) -> None:
        """End it as a crash does, wherever it stands, and read what it has said."""
        self._process.kill()
        self._process.join(WAIT_S)
        said = b""
        with closing(self._told):
            while more := os.read(self._told.fileno(), 1 << 16):
                said += more
        self.run_id = said[:_ID].decode() if len(said) >= _ID else ""
        self.acknowledged = max(0, len(said) - _ID)


def send_all(folder: Path, store: TrackingStore, uri: str) -> list[Sent]:
    """Send what waits in a folder's journals; nobody may log to them any more."""
    within = folder / ".runstone"
    found = leftovers.find(within)
    assert not any(leftover.is_alive for leftover in found)
    return [leftovers.send(leftover, store, uri) for leftover in found]


def numbers_of(store: TrackingStore, run_id: str, key: str = "loss") -> list[int]:
    """Which calls a store has, in order; a value that is there twice is twice among them."""
    data = store.get_run(run_id).data
    history = store.metric_history(run_id, key)
    assert all(metric.value == metric.step / 8 for metric in history)
    assert all(value == name[1:] for name, value in data.params.items())
    last = [int(data.tags["last"])] if "last" in data.tags else []
    tags = range(7, last[0] + 1, 10) if last else []
    return sorted([*(metric.step for metric in history), *map(int, data.params.values()), *tags])


def check(store: TrackingStore, loggers: Iterable[Logger]) -> dict[str, int]:
    """Hold a store against what was acknowledged; returns what was counted.

    All calls that have returned are there once, in full; of the one that was killed in the middle it may be either.
    """
    counts: Counter[str] = Counter()
    for logger in loggers:
        if not logger.run_id:
            counts["killed before the run was there"] += 1
            continue
        numbers = numbers_of(store, logger.run_id)
        assert numbers == list(range(len(numbers))), f"the run {logger.run_id} is not there whole, or more than once"
        assert logger.acknowledged <= len(numbers) <= logger.acknowledged + 1
        counts["runs"] += 1
        counts["calls acknowledged"] += logger.acknowledged
        counts["not acknowledged and there"] += len(numbers) - logger.acknowledged
    return dict(counts)
