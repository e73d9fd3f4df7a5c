"""Clients that log to a server which may go away, and remember what it has acknowledged."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from runstone.entities import Experiment
from runstone.stores.base import TrackingStore

API = "/api/2.0/mlflow"
KEYS = 5
WAIT_S = 60


class Trainer:
    """Makes a run and logs batches to it over one kept connection until there is no answer.

    Attributes:
        name: Name of the run.
        run_id: The run, once the server has acknowledged it.
        acknowledged: Numbers of the batches that were answered.
        lost: Numbers of the batches that were sent and not answered.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.run_id: str | None = None
        self.acknowledged: list[int] = []
        self.lost: list[int] = []

    def work(self, address: str, answered: Callable[[], bool]) -> None:
        """Log until ``answered``, which is told of each answer, says no or the server is gone."""
        connection = _connect(address)
        try:
            if self.run_id is None:
                made = _post(connection, "runs/create", experiment_id="0", run_name=self.name, start_time=1)
                self.run_id = made["run"]["info"]["run_id"]
            while answered():
                self.log(connection, len(self.acknowledged) + len(self.lost))
        except (OSError, HTTPException):
            pass  # what was lost is noted
        finally:
            connection.close()

    def log(self, connection: HTTPConnection, number: int) -> None:
        """Log one batch."""
        assert self.run_id is not None
        try:
            _post(connection, "runs/log-batch", **batch(self.run_id, number))
        except (OSError, HTTPException):
            self.lost.append(number)
            raise
        self.acknowledged.append(number)

    def repeat(self, address: str) -> None:
        """Send what was lost once more, as a client does that had no answer."""
        connection = _connect(address)
        lost, self.lost = self.lost, []
        for number in lost:
            self.log(connection, number)
        connection.close()


def batch(run_id: str, number: int) -> dict[str, Any]:
    """The body of a batch: some metrics at one step, and a param of its own."""
    metrics = [
        {"key": f"m{key}", "value": number + key / 8, "step": number, "timestamp": number} for key in range(KEYS)
    ]
    return {"run_id": run_id, "metrics": metrics, "params": [{"key": f"p{number}", "value": "x" * 500}]}


class Countdown:
    """Says yes to so many answers of all clients together, then does something once and says no."""

    def __init__(self, count: int, then: Callable[[], None]) -> None:
        self._left = count
        self._then = then
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        with self._lock:
            self._left -= 1
            is_last = self._left == 0
        if is_last:
            self._then()
        return True


def work_all(trainers: Collection[Trainer], address: str, answered: Callable[[], bool]) -> None:
    """Let all work at once until the server is gone or ``answered`` says no."""
    with ThreadPoolExecutor(len(trainers)) as pool:
        for done in [pool.submit(trainer.work, address, answered) for trainer in trainers]:
            done.result(WAIT_S)


def check(store: TrackingStore, trainers: Iterable[Trainer], experiment: Experiment | None = None) -> dict[str, int]:
    """Hold a store against what was acknowledged; returns what was counted.

    What was acknowledged is there once; what was lost is there once or not at all; nothing is there in part.
    """
    counts: Counter[str] = Counter()
    experiment_id = "0" if experiment is None else experiment.experiment_id
    runs = {run.info.run_name: run for run in _all_runs(store, experiment_id)}
    for trainer in trainers:
        run = runs.get(trainer.name)
        if trainer.run_id is None:
            counts["runs without an answer"] += 1
            counts["of these kept"] += run is not None
            continue
        assert run is not None, f"the run {trainer.name} was acknowledged and is gone"
        assert run.info.run_id == trainer.run_id
        numbers = [int(key[1:]) for key in run.data.params]
        assert all(run.data.params[f"p{number}"] == "x" * 500 for number in numbers)
        steps = sorted(numbers)
        assert set(trainer.acknowledged) <= set(steps), f"an acknowledged batch of {trainer.name} is gone"
        assert set(steps) <= {*trainer.acknowledged, *trainer.lost}
        for key in range(KEYS if steps else 0):
            history = [(metric.step, metric.value) for metric in store.metric_history(trainer.run_id, f"m{key}")]
            wanted = [(step, step + key / 8) for step in steps]
            assert history == wanted, f"a batch of {trainer.name} is there in part, or more than once"
        counts["runs"] += 1
        counts["batches acknowledged"] += len(trainer.acknowledged)
        counts["batches without an answer"] += len(trainer.lost)
        counts["of these whole"] += len(set(steps) & set(trainer.lost))
    return dict(counts)


def _all_runs(store: TrackingStore, experiment_id: str) -> Iterable[Any]:
    token = ""
    while True:
        page = store.search_runs([experiment_id], max_results=1000, page_token=token)
        yield from page
        token = page.token or ""
        if not token:
            return


def _connect(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    assert parts.hostname is not None
    return HTTPConnection(parts.hostname, parts.port, timeout=WAIT_S)


def _post(connection: HTTPConnection, call: str, **fields: Any) -> Any:
    connection.request("POST", f"{API}/{call}", json.dumps(fields), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, f"{call} was answered with {answer.status} {body!r}"
    return json.loads(body)
