"""Processes that write one file directly, without a server."""

import multiprocessing
import time
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks.table import Row
from runstone.entities import Metric
from runstone.stores.sql.store import SqlStore

WRITERS = 4
BATCHES = 150
BATCH = 1000
WAIT_S = 60


def rows(folder: Path) -> list[Row]:
    """Values that four processes write together in a second, and the longest wait of one of them."""
    uri = f"sqlite:///{folder}/shared.db"
    store = SqlStore(uri)
    run_ids = [store.create_run("0").info.run_id for _ in range(WRITERS)]
    store.close()
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(WRITERS + 1), context.SimpleQueue()
    children = [context.Process(target=_write, args=(uri, run_id, start, told)) for run_id in run_ids]
    for child in children:
        child.start()
    start.wait(WAIT_S)
    began = time.perf_counter()
    waits = [told.get() for _ in children]
    took = time.perf_counter() - began
    for child in children:
        child.join(WAIT_S)
        if child.exitcode:
            raise RuntimeError(f"a writer ended with {child.exitcode}")
    rate = WRITERS * BATCHES * BATCH / took
    what = "four processes log to one file"
    return [
        Row(f"{what}: values a second together", "1/s", None, rate, 500_000, "batches of 1000", is_rate=True),
        Row(f"{what}: longest wait for one batch", "ms wall", None, max(waits)),
    ]


def _write(uri: str, run_id: str, start: Barrier, told: "SimpleQueue[float]") -> None:
    store = SqlStore(uri)
    batches = [
        [
            Metric(f"m{key}", step / 7, step, step)
            for step in range(n * 100, n * 100 + 100)
            for key in range(BATCH // 100)
        ]
        for n in range(BATCHES)
    ]
    longest = 0.0
    start.wait(WAIT_S)
    for batch in batches:
        began = time.perf_counter()
        store.log_batch(run_id, metrics=batch)
        longest = max(longest, time.perf_counter() - began)
    store.close()
    told.put(longest * 1000)
